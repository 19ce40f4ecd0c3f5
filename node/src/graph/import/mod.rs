//! DCAT written by others: read strictly, then leniently; bounded; nothing is ever fetched.

mod dates;
mod document;
mod feed;
mod mentions;
mod own;
mod parse;
mod places;
mod record;
mod salvage;
mod values;
mod wire;

pub use document::{Document, Subject};
pub use feed::{FeedPage, feed};
pub use own::{Own, own};
pub use parse::read;
pub use record::{Records, records};
pub use values::key;
pub use wire::Wire;

use contracts::harvest::Fault;

/// What a document may hold at most.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    pub triples: usize,
    pub blank_nodes: usize,
    pub records: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { triples: 2_000_000, blank_nodes: 500_000, records: 50_000 }
    }
}

/// Triples about one record, the nodes it is made of included.
pub(super) const RECORD_TRIPLES: usize = 5_000;
/// Longest text of a record, in bytes.
pub(super) const LONGEST: usize = 100_000;
/// Faults of syntax that a document may have before it is no such document at all.
const MOST_FAULTS: usize = 1_000;

/// A document that cannot be read at all: why, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(pub Fault);

pub(super) fn fault(code: &str, found: impl Into<Option<String>>) -> Fault {
    let found = found.into().map(|text: String| text.chars().take(300).collect());
    Fault { code: code.into(), found, ..Fault::default() }
}

#[cfg(test)]
mod tests;
