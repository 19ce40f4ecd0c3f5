//! Rows as last committed, so that a request needs no visit to the database to find them again.
//!
//! Only the writer changes these rows, and only one process writes: what is known is what is stored. Nothing is
//! answered from here that a write does not decide: [`super::Tx`] sees its own batch's changes first, and a failed
//! commit forgets everything.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use contracts::id::MemberId;

/// Most rows of a kind; when full, it starts again.
const MOST: usize = 4096;

type Key = (MemberId, String);

/// Committed rows of one kind.
pub(super) struct Table<T>(Mutex<HashMap<Key, T>>);

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Table<T> {
    fn lock(&self) -> MutexGuard<'_, HashMap<Key, T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, member: &MemberId, id: &str) -> Option<T> {
        self.lock().get(&(member.clone(), id.to_owned())).cloned()
    }

    pub(super) fn clear(&self) {
        self.lock().clear();
    }
}

/// What the present batch read or wrote of one kind. `None`: only the database knows.
pub(super) struct Overlay<T> {
    rows: HashMap<Key, Option<T>>,
    /// Written by the present write.
    touched: Vec<Key>,
}

impl<T> Default for Overlay<T> {
    fn default() -> Self {
        Self { rows: HashMap::new(), touched: Vec::new() }
    }
}

impl<T: Clone> Overlay<T> {
    /// The row as this batch would leave it.
    pub(super) fn get(&self, table: &Table<T>, member: &MemberId, id: &str) -> Option<T> {
        let key = (member.clone(), id.to_owned());
        match self.rows.get(&key) {
            Some(row) => row.clone(),
            None => table.lock().get(&key).cloned(),
        }
    }

    /// The row was read within the batch.
    pub(super) fn read(&mut self, member: &MemberId, id: &str, row: &T) {
        self.rows.insert((member.clone(), id.to_owned()), Some(row.clone()));
    }

    /// The present write changes the row; without it, what became of it is read again when asked for.
    pub(super) fn written(&mut self, member: &MemberId, id: &str, row: Option<&T>) {
        let key = (member.clone(), id.to_owned());
        self.touched.push(key.clone());
        self.rows.insert(key, row.cloned());
    }

    pub(super) fn start_write(&mut self) {
        self.touched.clear();
    }

    /// The present write is undone: what it changed is as the writes before it left it.
    pub(super) fn undo(&mut self) {
        for key in self.touched.drain(..) {
            self.rows.insert(key, None);
        }
    }

    /// The batch is on disk.
    pub(super) fn committed(&mut self, table: &Table<T>) {
        if self.rows.is_empty() {
            return;
        }
        let mut known = table.lock();
        for (key, row) in self.rows.drain() {
            match row {
                Some(row) => {
                    if known.len() >= MOST && !known.contains_key(&key) {
                        known.clear();
                    }
                    known.insert(key, row);
                }
                None => {
                    known.remove(&key);
                }
            }
        }
    }
}

/// The kinds of rows that every request looks at again.
macro_rules! kinds {
    ($($field:ident: $kind:ty),*) => {
        #[derive(Default)]
        pub(super) struct Known {
            $(pub(super) $field: Table<$kind>,)*
            pub(super) openings: super::opening::Openings,
        }

        #[derive(Default)]
        pub(super) struct Changes {
            $(pub(super) $field: Overlay<$kind>,)*
        }

        impl Known {
            pub(super) fn clear(&self) {
                $(self.$field.clear();)*
                self.openings.clear();
            }
        }

        impl Changes {
            pub(super) fn start_write(&mut self) {
                $(self.$field.start_write();)*
            }
            pub(super) fn undo(&mut self) {
                $(self.$field.undo();)*
            }
            pub(super) fn committed(&mut self, known: &Known) {
                $(self.$field.committed(&known.$field);)*
            }
        }
    };
}
kinds! {
    negotiations: std::sync::Arc<crate::domain::negotiation::Negotiation>,
    agreements: std::sync::Arc<crate::domain::agreement::Agreement>,
    transfers: std::sync::Arc<crate::domain::transfer::Transfer>,
    sources: std::sync::Arc<super::dataset::Kept>,
    datasets: u64,
    messages: i64,
    answers: std::sync::Arc<Vec<super::inbox::First>>
}
