//! Texts by number, with how many documents have them.

use std::collections::HashMap;
use std::sync::Arc;

#[derive(Default)]
pub(super) struct Lexicon {
    numbers: HashMap<Arc<str>, u32>,
    entries: Vec<(Arc<str>, u32)>,
}

impl Lexicon {
    /// The number of a text, counted once more.
    pub(super) fn add(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            self.entries[*number as usize].1 += 1;
            return *number;
        }
        let number = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        let text: Arc<str> = text.into();
        self.entries.push((Arc::clone(&text), 1));
        self.numbers.insert(text, number);
        number
    }
    pub(super) fn remove(&mut self, number: u32) {
        if let Some((_, count)) = self.entries.get_mut(number as usize) {
            *count = count.saturating_sub(1);
        }
    }
    /// The number of a text that some document has.
    pub(super) fn number(&self, text: &str) -> Option<u32> {
        self.numbers.get(text).copied().filter(|number| self.count(*number) > 0)
    }
    pub(super) fn text(&self, number: u32) -> &str {
        self.entries.get(number as usize).map_or("", |(text, _)| text)
    }
    pub(super) fn count(&self, number: u32) -> u32 {
        self.entries.get(number as usize).map_or(0, |(_, count)| *count)
    }
    /// As many numbers as were ever given.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
    /// The numbers of texts that some document has.
    pub(super) fn used(&self) -> impl Iterator<Item = u32> + '_ {
        (0..).zip(&self.entries).filter(|(_, (_, count))| *count > 0).map(|(number, _)| number)
    }
}
