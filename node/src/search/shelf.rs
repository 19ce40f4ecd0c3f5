//! One member's datasets, as anybody finds them and as those do who see them in full.
//!
//! Words that only some may find are kept apart from those that anybody finds, and are looked at dataset by dataset:
//! neither an answer nor the time it takes depends on what its asker may not know of.

use std::collections::BTreeMap;

use contracts::id::DatasetId;
use ontology::rung::Rung;
use sha2::{Digest, Sha256};

use super::document::{Document, Shown, document};
use super::lexicon::Lexicon;
use super::place::Gazetteer;
use super::words::{Stems, fold};
use crate::domain::dataset::{Revision, Visibility, visibility};

/// One of the datasets: places in [`Shelf::slots`].
pub(super) type Slot = u32;

#[derive(Default)]
pub(super) struct Shelf {
    pub(super) places: BTreeMap<DatasetId, Slot>,
    pub(super) slots: Vec<Kept>,
    pub(super) open: Side,
    pub(super) closed: Side,
    /// Kinds and values of facets.
    pub(super) facets: Vec<(&'static str, String)>,
    facet_numbers: BTreeMap<(&'static str, String), u32>,
}

/// Words of one side of the catalogue.
#[derive(Default)]
pub(super) struct Side {
    pub(super) stems: Lexicon,
    pub(super) words: Lexicon,
    /// The same words, folded.
    folded: Vec<Box<str>>,
    /// By stem: the datasets that have it, with its weight there. Of the open side only.
    pub(super) postings: Vec<Vec<(Slot, u8)>>,
}

#[derive(Default)]
pub(super) struct Kept {
    revision: i64,
    /// As anybody finds it.
    pub(super) open: Option<Entry>,
    /// As those find it who see more of it than anybody.
    pub(super) closed: Option<Entry>,
}

pub(super) struct Entry {
    pub(super) shown: Shown,
    /// Which dataset at which revision, in few bytes.
    pub(super) tag: [u8; 12],
    pub(super) stems: Box<[(u32, u8)]>,
    pub(super) words: Box<[u32]>,
    pub(super) facets: Box<[u32]>,
}

impl Shelf {
    /// Takes in a dataset's newest revision; an older one than known changes nothing.
    pub(super) fn put(&mut self, revision: &Revision, stems: &Stems, gazetteer: &Gazetteer) {
        let next = Slot::try_from(self.slots.len()).unwrap_or(Slot::MAX);
        let slot = *self.places.entry(revision.dataset.clone()).or_insert(next);
        if slot == next {
            self.slots.push(Kept::default());
        }
        let Some(kept) = self.slots.get_mut(slot as usize) else { return };
        if kept.revision >= revision.number {
            return;
        }
        kept.revision = revision.number;
        let (open, closed) = (kept.open.take(), kept.closed.take());
        open.iter().for_each(|entry| self.open.remove(slot, entry));
        closed.iter().for_each(|entry| self.closed.remove(slot, entry));
        let Some(described) = revision.described() else { return };
        let d = &described.description;
        let written = |full| document(revision, d, full, stems, gazetteer);
        let seen = visibility(d.exposed(), false);
        let open = (seen > Visibility::Nothing).then(|| written(seen == Visibility::Full));
        let closed = (seen < Visibility::Full).then(|| written(true));
        let open = open.map(|document| self.enter(document, Some(slot)));
        let closed = closed.map(|document| self.enter(document, None));
        if let Some(kept) = self.slots.get_mut(slot as usize) {
            (kept.open, kept.closed) = (open, closed);
        }
    }

    /// Puts what anybody finds of a dataset in the place of what was there.
    pub(super) fn replace(&mut self, id: &DatasetId, document: Option<Document>) {
        let next = Slot::try_from(self.slots.len()).unwrap_or(Slot::MAX);
        let slot = *self.places.entry(id.clone()).or_insert(next);
        if slot == next {
            self.slots.push(Kept::default());
        }
        let old = self.slots.get_mut(slot as usize).and_then(|kept| kept.open.take());
        old.iter().for_each(|entry| self.open.remove(slot, entry));
        let open = document.map(|document| self.enter(document, Some(slot)));
        if let Some(kept) = self.slots.get_mut(slot as usize) {
            kept.open = open;
        }
    }

    fn enter(&mut self, document: Document, open: Option<Slot>) -> Entry {
        let side = if open.is_some() { &mut self.open } else { &mut self.closed };
        let mut stems: Vec<(u32, u8)> =
            document.stems.iter().map(|(stem, weight)| (side.stems.add(stem), *weight)).collect();
        stems.sort_unstable();
        if let Some(slot) = open {
            side.postings.resize_with(side.stems.len(), Vec::new);
            for (stem, weight) in &stems {
                let list = &mut side.postings[*stem as usize];
                let at = list.partition_point(|(other, _)| *other < slot);
                list.insert(at, (slot, *weight));
            }
        }
        let words = document.words.iter().map(|word| side.words.add(word)).collect();
        let known = side.folded.len();
        let new = (known..side.words.len()).filter_map(|number| u32::try_from(number).ok());
        let new: Vec<Box<str>> = new.map(|number| fold(side.words.text(number)).into()).collect();
        side.folded.extend(new);
        let facets = document.facets.into_iter().map(|facet| self.facet(facet)).collect();
        let mut tag = [0; 12];
        let said = (document.shown.id.as_str(), document.shown.full.as_ref().map(|full| full.revision));
        tag.copy_from_slice(&Sha256::digest(format!("{said:?}").as_bytes())[..12]);
        Entry { shown: document.shown, tag, stems: stems.into(), words, facets }
    }

    fn facet(&mut self, facet: (&'static str, String)) -> u32 {
        let next = u32::try_from(self.facets.len()).unwrap_or(u32::MAX);
        let number = *self.facet_numbers.entry(facet.clone()).or_insert(next);
        if number == next {
            self.facets.push(facet);
        }
        number
    }
    /// The number of a facet's value, when some dataset ever had it.
    pub(super) fn facet_number(&self, kind: &'static str, value: &str) -> Option<u32> {
        self.facet_numbers.get(&(kind, value.to_owned())).copied()
    }

    /// The datasets at the rung where a partner may be named.
    pub(super) fn for_partners(&self) -> impl Iterator<Item = (Slot, &DatasetId)> {
        let named = |entry: &Entry| entry.shown.rung == Some(Rung::PartenairesNommes);
        (0..).zip(&self.slots).filter_map(move |(slot, kept)| {
            kept.closed.as_ref().filter(|entry| named(entry)).map(|entry| (slot, &entry.shown.id))
        })
    }
}

impl Side {
    /// A word as written, and folded.
    pub(super) fn word(&self, number: u32) -> (&str, &str) {
        (self.words.text(number), self.folded.get(number as usize).map_or("", |folded| folded))
    }
    fn remove(&mut self, slot: Slot, entry: &Entry) {
        for (stem, _) in &entry.stems {
            self.stems.remove(*stem);
            if let Some(list) = self.postings.get_mut(*stem as usize)
                && let Ok(at) = list.binary_search_by_key(&slot, |(other, _)| *other)
            {
                list.remove(at);
            }
        }
        entry.words.iter().for_each(|word| self.words.remove(*word));
    }
}
