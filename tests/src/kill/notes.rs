//! What the nodes answered: each answer is a promise that a crash must not break.

use std::collections::BTreeMap;
use std::sync::Mutex;

/// Which of the two nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    Provider,
    Consumer,
}

impl Side {
    pub const BOTH: [Self; 2] = [Self::Provider, Self::Consumer];

    pub fn other(self) -> Self {
        match self {
            Self::Provider => Self::Consumer,
            Self::Consumer => Self::Provider,
        }
    }
}

/// A finished pull, as the consumer's node told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    pub transfer: String,
    pub reference: String,
    pub bytes: u64,
    pub sha256: String,
    /// Digest of the published file.
    pub expected: String,
    pub file: String,
}

/// A log's head, as served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub size: u64,
    pub root: [u8; 32],
}

/// Everything that was answered.
#[derive(Debug, Default, Clone)]
pub struct Kept {
    /// Furthest state seen of each process, by side and identifier.
    pub negotiations: BTreeMap<(Side, String), String>,
    pub transfers: BTreeMap<(Side, String), String>,
    /// Contracts whose revocation was accepted, and where.
    pub revoked: BTreeMap<String, Side>,
    pub done: Vec<Done>,
    pub heads: BTreeMap<Side, Vec<Head>>,
}

/// Collects from many tasks.
#[derive(Default)]
pub struct Notes(Mutex<Kept>);

/// States in order; a process never goes back.
pub const NEGOTIATION: [&str; 7] =
    ["REQUESTED", "OFFERED", "ACCEPTED", "AGREED", "VERIFIED", "FINALIZED", "TERMINATED"];
/// Suspended and started alternate: only ends are promises.
pub const TRANSFER: [&str; 4] = ["REQUESTED", "STARTED", "COMPLETED", "TERMINATED"];

/// Place of a state in its order; a suspended transfer was started.
pub fn rank(order: &[&str], state: &str) -> usize {
    let state = if state == "SUSPENDED" { "STARTED" } else { state };
    order.iter().position(|known| *known == state).unwrap_or_else(|| panic!("unknown state {state}"))
}

impl Notes {
    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap()
    }

    pub fn negotiation(&self, side: Side, id: &str, state: &str) {
        further(&mut self.lock().negotiations, &NEGOTIATION, side, id, state);
    }

    pub fn transfer(&self, side: Side, id: &str, state: &str) {
        further(&mut self.lock().transfers, &TRANSFER, side, id, state);
    }

    pub fn revoked(&self, side: Side, contract: &str) {
        self.lock().revoked.insert(contract.to_owned(), side);
    }

    pub fn done(&self, done: Done) {
        self.lock().done.push(done);
    }

    /// The last head is enough between two kills: it contains those before.
    pub fn head(&self, side: Side, head: Head) {
        let mut kept = self.lock();
        let heads = kept.heads.entry(side).or_default();
        match heads.last() {
            Some(last) if *last == head => {}
            _ => heads.push(head),
        }
    }

    pub fn kept(&self) -> Kept {
        self.lock().clone()
    }
}

fn further(to: &mut BTreeMap<(Side, String), String>, order: &[&str], side: Side, id: &str, state: &str) {
    let known = to.entry((side, id.to_owned())).or_insert_with(|| state.to_owned());
    if rank(order, state) > rank(order, known) {
        *known = state.to_owned();
    }
}
