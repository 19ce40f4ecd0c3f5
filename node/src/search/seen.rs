//! What one asker may find.

use super::shelf::{Entry, Shelf, Side, Slot};

/// Who asks, as far as the catalogue of one member tells askers apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Eyes {
    /// Sees in full what others see less of at these slots only, in their order.
    Named(Vec<Slot>),
    /// The member itself.
    Member,
}

/// The datasets an asker may find, each as that asker may.
pub(super) struct Seen<'a> {
    pub(super) shelf: &'a Shelf,
    pub(super) eyes: &'a Eyes,
}

impl<'a> Seen<'a> {
    /// Sees the closed side of a slot.
    pub(super) fn closed(&self, slot: Slot) -> bool {
        match self.eyes {
            Eyes::Named(slots) => slots.binary_search(&slot).is_ok(),
            Eyes::Member => self.shelf.slots.get(slot as usize).is_some_and(|kept| kept.closed.is_some()),
        }
    }
    pub(super) fn entry(&self, slot: Slot) -> Option<&'a Entry> {
        let kept = self.shelf.slots.get(slot as usize)?;
        match self.closed(slot) {
            true => kept.closed.as_ref(),
            false => kept.open.as_ref(),
        }
    }
    /// In the order of their identifiers.
    pub(super) fn all(&self) -> impl Iterator<Item = (Slot, &'a Entry)> + '_ {
        self.shelf.places.values().filter_map(|slot| Some((*slot, self.entry(*slot)?)))
    }
    /// Those whose closed side this asker sees.
    pub(super) fn all_closed(&self) -> impl Iterator<Item = (Slot, &'a Entry)> + '_ {
        let named: &[Slot] = match self.eyes {
            Eyes::Named(slots) => slots,
            Eyes::Member => &[],
        };
        let every = (0..).zip(&self.shelf.slots).filter(|_| *self.eyes == Eyes::Member);
        let every = every.filter_map(|(slot, kept)| Some((slot, kept.closed.as_ref()?)));
        let some = named
            .iter()
            .filter_map(|slot| Some((*slot, self.shelf.slots.get(*slot as usize)?.closed.as_ref()?)));
        every.chain(some)
    }

    /// Datasets that have one of these stems: slot and greatest weight, each once, by slot.
    pub(super) fn having(&self, stems: &[String]) -> Vec<(Slot, u8)> {
        let (open, closed) = (&self.shelf.open, &self.shelf.closed);
        let mut out: Vec<(Slot, u8)> = Vec::new();
        for number in numbers(open, stems) {
            let list = open.postings.get(number as usize).map(Vec::as_slice).unwrap_or_default();
            out.extend(list.iter().filter(|(slot, _)| !self.closed(*slot)));
        }
        let wanted = numbers(closed, stems);
        for (slot, entry) in self.all_closed() {
            let weight = |number: &u32| entry.stems.binary_search_by_key(number, |(stem, _)| *stem).ok();
            out.extend(wanted.iter().filter_map(weight).map(|at| (slot, entry.stems[at].1)));
        }
        out.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        out.dedup_by_key(|(slot, _)| *slot);
        out
    }

    /// Every word this asker may find, as written and folded.
    pub(super) fn words(&self) -> impl Iterator<Item = (&'a str, &'a str)> + '_ {
        let (open, closed) = (&self.shelf.open, &self.shelf.closed);
        let mut more: Vec<u32> =
            self.all_closed().flat_map(|(_, entry)| entry.words.iter().copied()).collect();
        more.sort_unstable();
        more.dedup();
        open.words
            .used()
            .map(|number| open.word(number))
            .chain(more.into_iter().map(|number| closed.word(number)))
    }
}

fn numbers(side: &Side, stems: &[String]) -> Vec<u32> {
    stems.iter().filter_map(|stem| side.stems.number(stem)).collect()
}
