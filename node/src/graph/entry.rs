//! One dataset in the projection, and which of its parts an asker may see.

use std::sync::Arc;

use contracts::id::OfferId;
use ontology::rung::Rung;

use super::condition::Condition;
use super::terms::Ids;
use crate::domain::dataset::{Asker, Revision, Visibility, visibility};
use crate::domain::time::Timestamp;

/// A dataset at its newest revision.
pub struct Entry {
    pub revision: i64,
    /// When that revision was made.
    pub at: Timestamp,
    /// Since when what is said of its existence alone is as it is.
    pub(super) bare_since: Timestamp,
    /// Since when others may no longer know of it, if they once did.
    pub(super) ended: Option<Timestamp>,
    /// Nobody but the member knew of it before this revision.
    pub(super) is_new: bool,
    /// Nothing when withdrawn: kept all the same, so that an older revision cannot come back.
    pub rung: Option<Rung>,
    pub(super) full: Box<[Ids]>,
    /// At rungs where some may know of its existence alone.
    pub(super) bare: Box<[Ids]>,
    /// Digest of what `bare` says.
    pub(super) bare_tag: u64,
    pub(super) offers: Box<[Shown]>,
}

/// An offer with its distributions.
pub(super) struct Shown {
    pub(super) id: OfferId,
    pub(super) condition: Arc<Condition>,
    pub(super) triples: Box<[Ids]>,
}

/// The parts of a dataset that an asker may see. Never [`Visibility::Nothing`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    pub visibility: Visibility,
    /// Places of the offers shown.
    pub offers: Vec<u16>,
    /// The passing of time alone can change this.
    pub timed: bool,
}

impl Entry {
    /// A dataset of which nothing is said.
    pub(super) fn withdrawn(revision: &Revision) -> Self {
        Self {
            revision: revision.number,
            at: revision.at,
            bare_since: revision.at,
            ended: None,
            is_new: false,
            rung: None,
            full: Box::default(),
            bare: Box::default(),
            bare_tag: 0,
            offers: Box::default(),
        }
    }

    /// What everybody is told of it, in few bytes; nothing when that is nothing.
    pub(super) fn announced(&self) -> Option<(Visibility, u64)> {
        match visibility(self.rung?, false) {
            Visibility::Nothing => None,
            Visibility::Existence => Some((Visibility::Existence, self.bare_tag)),
            Visibility::Full => Some((Visibility::Full, self.revision.unsigned_abs())),
        }
    }

    /// Others than the member know of it.
    pub fn is_announced(&self) -> bool {
        self.rung.is_some_and(Rung::announced)
    }

    /// What this asker may see; nothing when it may not know of the dataset.
    pub fn parts(&self, asker: Asker<'_>, now: Timestamp) -> Option<Parts> {
        let rung = self.rung?;
        let met = (0_u16..).zip(&self.offers).filter(|(_, offer)| offer.condition.may_be_met(asker, now));
        let offers: Vec<u16> = met.map(|(place, _)| place).collect();
        let named = asker != Asker::Anonymous && !offers.is_empty();
        let timed = self.offers.iter().any(|offer| offer.condition.is_timed());
        match if asker == Asker::Member { Visibility::Full } else { visibility(rung, named) } {
            Visibility::Nothing => None,
            Visibility::Existence => {
                // No offer makes more of it for a stranger, at any time: that some end is no stranger's business.
                let timed = timed && asker != Asker::Anonymous;
                Some(Parts { visibility: Visibility::Existence, offers: Vec::new(), timed })
            }
            Visibility::Full => Some(Parts { visibility: Visibility::Full, offers, timed }),
        }
    }

    /// What everybody may see of it, if nobody sees more.
    pub(super) fn parts_for_all(&self, visibility: Visibility) -> Parts {
        let shown =
            (0_u16..).zip(&self.offers).filter(|(_, offer)| offer.condition.is_for_all() == Some(true));
        let offers = match visibility {
            Visibility::Full => shown.map(|(place, _)| place).collect(),
            Visibility::Existence | Visibility::Nothing => Vec::new(),
        };
        Parts { visibility, offers, timed: false }
    }
    /// Whoever asks is shown the same offers, at any time.
    pub(super) fn offers_are_for_all(&self) -> bool {
        self.offers.iter().all(|offer| offer.condition.is_for_all().is_some())
    }
    /// The passing of time alone can change what is shown.
    pub(super) fn is_timed(&self) -> bool {
        self.offers.iter().any(|offer| offer.condition.is_timed())
    }

    /// The triples of these parts. Some may come twice.
    pub fn triples<'a>(&'a self, parts: &'a Parts) -> impl Iterator<Item = Ids> + 'a {
        let first = match parts.visibility {
            Visibility::Full => &self.full,
            Visibility::Existence | Visibility::Nothing => &self.bare,
        };
        let offers = parts.offers.iter().filter_map(|place| self.offers.get(usize::from(*place)));
        first.iter().chain(offers.flat_map(|offer| offer.triples.iter())).copied()
    }

    /// Identifiers of the offers among these parts.
    pub fn offer_ids<'a>(&'a self, parts: &'a Parts) -> impl Iterator<Item = &'a OfferId> {
        parts.offers.iter().filter_map(|place| self.offers.get(usize::from(*place))).map(|offer| &offer.id)
    }

    /// When what these parts say became so.
    pub fn since(&self, parts: &Parts) -> Timestamp {
        match parts.visibility {
            Visibility::Full => self.at,
            Visibility::Existence | Visibility::Nothing => self.bare_since,
        }
    }

    /// What these parts say, in few bytes: differs whenever they differ. A description nobody but partners may read
    /// changes it for partners only.
    pub(super) fn tag(&self, parts: &Parts) -> (u64, Vec<u16>) {
        let said = match parts.visibility {
            Visibility::Full => self.revision.unsigned_abs(),
            Visibility::Existence | Visibility::Nothing => self.bare_tag,
        };
        (said, parts.offers.clone())
    }

    pub(super) fn every_part(&self) -> impl Iterator<Item = &[Ids]> {
        [&*self.full, &*self.bare].into_iter().chain(self.offers.iter().map(|offer| &*offer.triples))
    }
}
