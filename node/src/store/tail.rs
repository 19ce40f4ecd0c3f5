//! The newest entries of members' logs, as committed: who follows a log need not visit the database for what it waits for.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use contracts::id::MemberId;

use super::Entry;

/// Most entries of one log.
const MOST: usize = 128;

#[derive(Default)]
pub(super) struct Tails(Mutex<HashMap<MemberId, VecDeque<Arc<Entry>>>>);

impl Tails {
    fn lock(&self) -> MutexGuard<'_, HashMap<MemberId, VecDeque<Arc<Entry>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Entries were committed, behind all before.
    pub(super) fn grown(&self, entries: Vec<(MemberId, Entry)>) {
        let mut tails = self.lock();
        for (member, entry) in entries {
            let tail = tails.entry(member).or_default();
            if tail.len() == MOST {
                tail.pop_front();
            }
            tail.push_back(Arc::new(entry));
        }
    }

    /// Entries of the member may be no longer what they were.
    pub(super) fn forget(&self, member: &MemberId) {
        self.lock().remove(member);
    }

    pub(super) fn forget_all(&self) {
        self.lock().clear();
    }

    /// Entries from an index on, at most so many; nothing when only the database knows.
    pub(super) fn from(&self, member: &MemberId, from: u64, most: usize) -> Option<Vec<Arc<Entry>>> {
        let tails = self.lock();
        let tail = tails.get(member)?;
        let skipped = usize::try_from(from.checked_sub(tail.front()?.index)?).ok()?;
        Some(tail.iter().skip(skipped).take(most).cloned().collect())
    }
}
