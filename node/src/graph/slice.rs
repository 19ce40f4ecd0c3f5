//! A page of a catalogue before it is written: which datasets, at which revisions, in which parts.

use contracts::id::DatasetId;
use sha2::{Digest, Sha256};

use super::entry::{Entry, Parts};
use crate::domain::dataset::Visibility;
use crate::domain::time::Timestamp;

/// Which datasets of a member are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Subset {
    /// Those at the rung `ouvert` only.
    pub open: bool,
    /// Those that changed after this instant only.
    pub since: Option<Timestamp>,
}

/// Where a page begins: in the catalogue as it was at an instant, after a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    pub at: Timestamp,
    pub after: DatasetId,
}

/// A dataset of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub dataset: DatasetId,
    pub revision: i64,
    pub since: Timestamp,
    pub parts: Parts,
    pub(super) tag: (u64, Vec<u16>),
    /// It has changed since the catalogue this page is of: the revision of that time is to be shown, if there was one.
    pub changed: bool,
    /// As far as this asker may know, nothing was said of it before.
    pub(super) is_first: bool,
}

impl Seen {
    pub(super) fn of(dataset: &DatasetId, entry: &Entry, parts: Parts, changed: bool) -> Self {
        let (since, tag) = (entry.since(&parts), entry.tag(&parts));
        let is_first = parts.visibility != Visibility::Full || entry.is_new;
        Self { dataset: dataset.clone(), revision: entry.revision, since, parts, tag, changed, is_first }
    }
}

/// A page of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    pub seen: Vec<Seen>,
    /// The instant whose catalogue this is a page of: its last change that this asker could notice.
    pub at: Timestamp,
    /// When anything in the catalogue that everybody is told of last changed.
    pub changed: Timestamp,
    pub next: Option<Position>,
}

impl Slice {
    /// What is on the page, in few bytes: differs whenever the page differs. `around` is everything else that the
    /// answer depends on.
    pub fn tag(&self, around: &str) -> String {
        let mut digest = Sha256::new();
        digest.update(around.as_bytes());
        digest.update(self.at.millis().to_le_bytes());
        digest.update([u8::from(self.next.is_some())]);
        for seen in &self.seen {
            digest.update([0, u8::from(seen.parts.visibility == Visibility::Full), u8::from(seen.changed)]);
            digest.update(seen.dataset.as_str());
            digest.update(seen.tag.0.to_le_bytes());
            digest.update((seen.tag.1.len() as u64).to_le_bytes());
            seen.tag.1.iter().for_each(|offer| digest.update(offer.to_le_bytes()));
        }
        hex::encode(&digest.finalize()[..16])
    }

    /// Nothing on the page changes by the passing of time alone.
    pub fn is_still(&self) -> bool {
        self.seen.iter().all(|seen| !seen.parts.timed)
    }
}
