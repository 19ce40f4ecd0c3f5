//! How many of the datasets found have which value of each facet.

use std::collections::BTreeMap;

use super::shelf::{Entry, Shelf};
use crate::domain::time::Timestamp;

/// Values shown of one facet: the most frequent ones.
const VALUES: usize = 30;

/// Steps of freshness: changed since at most so many days.
const FRESH: [(&str, i64); 4] = [("7d", 7), ("30d", 30), ("365d", 365), ("older", i64::MAX)];

/// The step of freshness that an instant has.
pub(super) fn freshness(modified: Timestamp, now: Timestamp) -> &'static str {
    let days = (now.millis() - modified.millis()) / (24 * 3600 * 1000);
    FRESH.iter().find(|(_, most)| days <= *most).map_or("older", |(step, _)| step)
}

pub(super) fn is_step(text: &str) -> bool {
    FRESH.iter().any(|(step, _)| *step == text)
}

/// Counts, the greatest first, then by value.
pub(super) fn count<'a>(
    shelf: &Shelf,
    entries: impl Iterator<Item = &'a Entry>,
    now: Timestamp,
) -> BTreeMap<&'static str, Vec<(String, usize)>> {
    let mut counts = vec![0_usize; shelf.facets.len()];
    let mut fresh: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in entries {
        for number in &entry.facets {
            if let Some(count) = counts.get_mut(*number as usize) {
                *count += 1;
            }
        }
        if let Some(full) = &entry.shown.full {
            *fresh.entry(freshness(full.modified, now)).or_default() += 1;
        }
    }
    let mut out: BTreeMap<&'static str, Vec<(String, usize)>> = BTreeMap::new();
    for ((kind, value), count) in shelf.facets.iter().zip(counts).filter(|(_, count)| *count > 0) {
        out.entry(kind).or_default().push((value.clone(), count));
    }
    if !fresh.is_empty() {
        out.insert("freshness", fresh.into_iter().map(|(step, count)| (step.to_owned(), count)).collect());
    }
    for values in out.values_mut() {
        values.sort_by(|(a, n), (b, m)| m.cmp(n).then_with(|| a.cmp(b)));
        values.truncate(VALUES);
    }
    out
}
