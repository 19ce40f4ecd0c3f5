//! What may be found in the members' catalogues: words, facets and places, a projection in memory.
//!
//! An answer is computed from what its asker may know of and from nothing else: how rare a word is, which words are
//! near to a misspelt one, every count.

mod answer;
mod copies;
mod document;
mod facet;
mod filter;
mod lexicon;
mod place;
mod question;
mod seen;
mod shelf;
mod typo;
mod words;

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use contracts::harvest::Record;
use contracts::id::{DatasetId, MemberId};

pub use copies::From;
pub use document::{Full, Shown};
pub use place::{Box4, Gazetteer};
pub use question::{FACETS, Found, Question};

use crate::domain::dataset::{Asker, Revision};
use crate::domain::time::Timestamp;
use seen::{Eyes, Seen};
use shelf::Shelf;
use words::Stems;

/// The catalogues of all members, to be searched.
#[derive(Default)]
pub struct Search {
    shelves: RwLock<HashMap<MemberId, Shelf>>,
    copies: RwLock<HashMap<MemberId, copies::Copies>>,
    stems: std::sync::LazyLock<Stems>,
    pub gazetteer: Gazetteer,
}

impl Search {
    pub fn new(gazetteer: Gazetteer) -> Self {
        Self { gazetteer, ..Self::default() }
    }

    /// Takes in a dataset's newest revision; an older one than known changes nothing.
    pub fn put(&self, member: &MemberId, revision: &Revision) {
        let mut shelves = self.shelves.write().unwrap_or_else(PoisonError::into_inner);
        shelves.entry(member.clone()).or_default().put(revision, &self.stems, &self.gazetteer);
    }

    /// Takes in a dataset of somebody else.
    pub fn put_copy(&self, member: &MemberId, source: &str, record: &Record) {
        let mut copies = self.copies.write().unwrap_or_else(PoisonError::into_inner);
        copies.entry(member.clone()).or_default().put(source, record, &self.stems, &self.gazetteer);
    }
    /// Forgets datasets of others by their origins; of a whole source when there are none.
    pub fn drop_copies(&self, member: &MemberId, source: &str, origins: &[String]) {
        let mut copies = self.copies.write().unwrap_or_else(PoisonError::into_inner);
        let Some(copies) = copies.get_mut(member) else { return };
        let all = if origins.is_empty() { copies.of_source(source) } else { origins.to_vec() };
        all.iter().for_each(|origin| copies.remove(origin));
    }
    /// What is found among datasets of others, and where each hit came from.
    pub fn find_copies(
        &self,
        member: &MemberId,
        question: &Question,
        now: Timestamp,
        (skip, limit): (usize, usize),
    ) -> (Found, Vec<Option<From>>) {
        let copies = self.copies.read().unwrap_or_else(PoisonError::into_inner);
        let none = copies::Copies::default();
        let copies = copies.get(member).unwrap_or(&none);
        let eyes = Eyes::Named(Vec::new());
        let found = answer::answer(
            &Seen { shelf: &copies.shelf, eyes: &eyes },
            question,
            &self.gazetteer,
            now,
            skip,
            limit,
        );
        let from = found.ids().map(|id| copies.from(id).cloned()).collect();
        (found, from)
    }

    /// What an asker finds in a member's catalogue: hits from `skip` on. `named` says whether a dataset for named
    /// partners is shown in full to this asker.
    pub fn find(
        &self,
        member: &MemberId,
        asker: Asker<'_>,
        named: impl Fn(&DatasetId) -> bool,
        question: &Question,
        now: Timestamp,
        (skip, limit): (usize, usize),
    ) -> Found {
        let shelves = self.shelves.read().unwrap_or_else(PoisonError::into_inner);
        let none = Shelf::default();
        let shelf = shelves.get(member).unwrap_or(&none);
        let eyes = match asker {
            Asker::Member => Eyes::Member,
            Asker::Anonymous => Eyes::Named(Vec::new()),
            Asker::Participant(_) => {
                Eyes::Named(shelf.for_partners().filter(|(_, id)| named(id)).map(|(slot, _)| slot).collect())
            }
        };
        answer::answer(&Seen { shelf, eyes: &eyes }, question, &self.gazetteer, now, skip, limit)
    }
}

/// Whether a text is a step of freshness that can be asked for.
pub fn is_freshness(text: &str) -> bool {
    facet::is_step(text)
}

#[cfg(test)]
mod tests;
