//! What readers found, so that the next one need not look again: kept until the commit that may change it.
//!
//! As `known`, for rows that readers ask for and writes seldom change. Who looks into the database first hears how often
//! the member's rows of that kind had changed; what it found is kept only if that is still true.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use contracts::id::MemberId;

use super::tail::Tails;
use super::token::ApiToken;
use crate::domain::dataset::Revision;
use crate::domain::time::Timestamp;

/// Most that is kept of one kind, in bytes as stored; when full, it starts again.
const MOST: usize = 4 << 20;

/// Rows of one kind, as last committed.
pub(super) struct Rows<K, V>(Mutex<State<K, V>>);

struct State<K, V> {
    members: HashMap<MemberId, Slot<K, V>>,
    bytes: usize,
}

struct Slot<K, V> {
    changes: u64,
    /// When they last changed, or were first asked for.
    since: Timestamp,
    rows: HashMap<K, V>,
}

/// The rows as they were when somebody began to look.
pub(super) struct Look {
    changes: u64,
    pub(super) since: Timestamp,
}

impl<K, V> Default for Rows<K, V> {
    fn default() -> Self {
        Self(Mutex::new(State { members: HashMap::new(), bytes: 0 }))
    }
}

impl<K: Eq + Hash, V: Clone> Rows<K, V> {
    fn lock(&self) -> MutexGuard<'_, State<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is kept, and otherwise what to give back with what will be found.
    pub(super) fn get(&self, member: &MemberId, key: &K, now: Timestamp) -> (Option<V>, Look) {
        let mut state = self.lock();
        if !state.members.contains_key(member) {
            let slot = Slot { changes: 0, since: now, rows: HashMap::new() };
            state.members.insert(member.clone(), slot);
        }
        match state.members.get(member) {
            Some(slot) => (slot.rows.get(key).cloned(), Look { changes: slot.changes, since: slot.since }),
            None => (None, Look { changes: 0, since: now }),
        }
    }

    /// Keeps what was found, unless it may have changed since.
    pub(super) fn put(&self, member: &MemberId, key: K, found: V, bytes: usize, look: &Look) {
        let mut state = self.lock();
        if state.bytes + bytes > MOST {
            state.bytes = 0;
            state.members.values_mut().for_each(|slot| slot.rows = HashMap::new());
        }
        if let Some(slot) = state.members.get_mut(member).filter(|slot| slot.changes == look.changes) {
            slot.rows.insert(key, found);
            state.bytes += bytes;
        }
    }

    /// A commit may have changed the member's rows.
    fn changed(&self, member: &MemberId, at: Timestamp) {
        if let Some(slot) = self.lock().members.get_mut(member) {
            slot.changes += 1;
            slot.since = at;
            // Their bytes are counted on until all is forgotten.
            slot.rows = HashMap::new();
        }
    }

    fn forget(&self, at: Timestamp) {
        let mut state = self.lock();
        state.bytes = 0;
        for slot in state.members.values_mut() {
            slot.changes += 1;
            slot.since = at;
            slot.rows = HashMap::new();
        }
    }
}

/// What a write may change of what readers found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Catalogue,
    Tokens,
    Statements,
    /// Entries of the log are erased.
    Entries,
}

/// Datasets of a page: after which one, and at most how many.
pub(super) type Place = (String, i64);

/// Revisions in the order of their datasets, and when they were read.
pub(super) type Shown = (Timestamp, Arc<[Arc<Revision>]>);

/// Everything that readers found.
#[derive(Default)]
pub(super) struct Found {
    /// Newest revisions by dataset.
    pub(super) heads: Rows<String, Arc<Revision>>,
    pub(super) pages: Rows<Place, Shown>,
    /// By the digest of their secret.
    pub(super) tokens: Rows<String, Arc<ApiToken>>,
    /// The member's own newest statement and its end.
    pub(super) statements: Rows<(), Option<(String, Timestamp)>>,
    pub(super) tails: Tails,
}

impl Found {
    pub(super) fn changed(&self, kind: Kind, member: &MemberId, at: Timestamp) {
        match kind {
            Kind::Catalogue => {
                self.heads.changed(member, at);
                self.pages.changed(member, at);
            }
            Kind::Tokens => self.tokens.changed(member, at),
            Kind::Statements => self.statements.changed(member, at),
            Kind::Entries => self.tails.forget(member),
        }
    }

    pub(super) fn forget(&self, at: Timestamp) {
        self.heads.forget(at);
        self.pages.forget(at);
        self.tokens.forget(at);
        self.statements.forget(at);
        self.tails.forget_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_before_a_change_is_not_kept() {
        let (rows, member) = (Rows::<u8, &str>::default(), MemberId::parse("m").unwrap());
        let (found, early) = rows.get(&member, &1, Timestamp(5));
        assert_eq!((found, early.since), (None, Timestamp(5)));
        rows.put(&member, 1, "old", 1, &early);
        assert_eq!(rows.get(&member, &1, Timestamp(6)).0, Some("old"));
        rows.changed(&member, Timestamp(7));
        let (found, late) = rows.get(&member, &1, Timestamp(8));
        assert_eq!((found, late.since), (None, Timestamp(7)));
        rows.put(&member, 1, "old", 1, &early);
        assert_eq!(rows.get(&member, &1, Timestamp(8)).0, None, "read before the change");
        rows.put(&member, 1, "new", 1, &late);
        assert_eq!(rows.get(&member, &1, Timestamp(8)).0, Some("new"));
        rows.put(&member, 2, "large", MOST, &late);
        assert_eq!(rows.get(&member, &1, Timestamp(8)).0, None, "full");
    }
}
