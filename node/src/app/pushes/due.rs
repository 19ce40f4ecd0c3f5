//! The pushes to attempt, in memory.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use contracts::id::{MemberId, Pid};
use tokio::sync::Notify;
use tokio::time::Instant;

pub(super) type Key = (MemberId, Pid);

/// One push.
#[derive(Debug)]
struct Entry {
    /// `None` while it is attempted.
    at: Option<Instant>,
    /// Attempts without progress.
    attempts: u32,
    /// Something changed during the attempt: look once more after it.
    again: bool,
}

/// The pushes to attempt, and when.
#[derive(Debug, Default)]
pub struct Pushes {
    entries: Mutex<HashMap<Key, Entry>>,
    pub(super) wake: Notify,
}

impl Pushes {
    fn entries(&self) -> MutexGuard<'_, HashMap<Key, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A transfer may have something to push, now.
    pub fn due(&self, member: &MemberId, transfer: &Pid) {
        let now = Instant::now();
        let mut entries = self.entries();
        let new = Entry { at: Some(now), attempts: 0, again: false };
        let entry = entries.entry((member.clone(), transfer.clone())).or_insert(new);
        match entry.at {
            Some(_) => (entry.at, entry.attempts) = (Some(now), 0),
            None => entry.again = true,
        }
        drop(entries);
        self.wake.notify_one();
    }

    /// Takes one that is due.
    pub(super) fn take(&self, now: Instant) -> Option<(Key, u32)> {
        let mut entries = self.entries();
        let (key, entry) = entries.iter_mut().find(|(_, e)| e.at.is_some_and(|at| at <= now))?;
        entry.at = None;
        Some((key.clone(), entry.attempts))
    }

    pub(super) fn next(&self) -> Option<Instant> {
        self.entries().values().filter_map(|e| e.at).min()
    }

    pub(super) fn ended(&self, key: &Key, outcome: Option<(Duration, bool)>) {
        let mut entries = self.entries();
        let Some(entry) = entries.get_mut(key) else { return };
        match outcome {
            _ if std::mem::take(&mut entry.again) => (entry.at, entry.attempts) = (Some(Instant::now()), 0),
            Some((wait, progress)) => {
                entry.at = Some(Instant::now() + wait);
                entry.attempts = if progress { 1 } else { entry.attempts.saturating_add(1) };
            }
            None => drop(entries.remove(key)),
        }
    }
}
