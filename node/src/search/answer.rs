//! From a question to an answer: which datasets, in which order, with which counts.

use sha2::{Digest, Sha256};

use super::filter::Filter;
use super::place::Gazetteer;
use super::question::{Found, Question};
use super::seen::Seen;
use super::shelf::{Entry, Slot};
use super::words::{Stems, fold, words};
use super::{facet, typo};
use crate::domain::time::Timestamp;

/// Most words of a question that count.
const WORDS: usize = 12;
/// Words tried instead of one that no dataset has.
const CORRECTIONS: usize = 3;

struct Hit<'a> {
    entry: &'a Entry,
    score: f64,
}

/// Answers a question: hits from `skip` on.
pub(super) fn answer(
    seen: &Seen<'_>,
    question: &Question,
    gazetteer: &Gazetteer,
    now: Timestamp,
    skip: usize,
    limit: usize,
) -> Found {
    let filter = Filter::of(seen.shelf, question, gazetteer, now);
    let mut corrections = Vec::new();
    let mut partial = false;
    let mut hits: Vec<Hit<'_>> = match asked(&question.text) {
        words if words.is_empty() => seen.all().map(|(_, entry)| Hit { entry, score: 0.0 }).collect(),
        words => {
            let (sums, most) = scores(seen, &words, &mut corrections);
            partial = most < words.len();
            let of = |(slot, entry): (Slot, _)| {
                let (score, count) = sums.get(slot as usize)?;
                (*count == most && most > 0).then_some(Hit { entry, score: *score })
            };
            seen.all().filter_map(of).collect()
        }
    };
    hits.retain_mut(|hit| match filter.passes(hit.entry) {
        Some(nearness) => {
            // Without words, what concerns a place most closely comes first.
            if question.text.trim().is_empty() {
                hit.score = nearness;
            }
            true
        }
        None => false,
    });
    // They are in the order of their identifiers, and stay so where they are equally good.
    hits.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut digest = Sha256::new();
    for hit in &hits {
        digest.update(hit.entry.tag);
    }
    let mut tag = [0; 12];
    tag.copy_from_slice(&digest.finalize()[..12]);
    Found {
        total: hits.len(),
        facets: facet::count(seen.shelf, hits.iter().map(|hit| hit.entry), now),
        hits: hits.iter().skip(skip).take(limit).map(|hit| hit.entry.shown.clone()).collect(),
        corrections,
        partial: partial && !hits.is_empty(),
        tag,
    }
}

/// The words of a question, each once.
fn asked(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in words(text) {
        if out.len() < WORDS && !out.contains(&word) {
            out.push(word);
        }
    }
    out
}

/// For each slot: score, and how many of the words its dataset has; and the most that one has.
///
/// A word counts the more the fewer datasets have it, of those this asker may find and no others (BM25 without
/// lengths).
fn scores(
    seen: &Seen<'_>,
    words: &[String],
    corrections: &mut Vec<(String, Vec<String>)>,
) -> (Vec<(f64, usize)>, usize) {
    let stems = Stems::default();
    let visible = seen.all().count();
    let mut sums: Vec<(f64, usize)> = vec![(0.0, 0); seen.shelf.slots.len()];
    for word in words {
        let mut having = seen.having(&stems.asked(word));
        let mut worth = 1.0;
        if having.is_empty() {
            let instead = nearly(seen, word);
            let of: Vec<String> = instead.iter().flat_map(|word| stems.asked(word)).collect();
            having = seen.having(&of);
            worth = 0.5;
            if !instead.is_empty() {
                corrections.push((word.clone(), instead));
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of datasets are far below 2^52")]
        let rare = (1.0 + (visible as f64 - having.len() as f64 + 0.5) / (having.len() as f64 + 0.5)).ln();
        for (slot, weight) in having {
            if let Some((score, count)) = sums.get_mut(slot as usize) {
                let weight = f64::from(weight);
                *score += worth * rare * weight / (weight + 4.0);
                *count += 1;
            }
        }
    }
    let most = sums.iter().map(|(_, count)| *count).max().unwrap_or(0);
    (sums, most)
}

/// The words nearest to one that no dataset has: fewest slips first, then by the alphabet.
fn nearly(seen: &Seen<'_>, word: &str) -> Vec<String> {
    let folded: Vec<char> = fold(word).chars().collect();
    let most = typo::allowed(folded.len());
    let mut found: Vec<(usize, &str)> = seen
        .words()
        .filter(|(_, other)| other.len().abs_diff(folded.len()) <= most || !other.is_ascii())
        .filter_map(|(shown, other)| {
            let other: Vec<char> = other.chars().collect();
            Some((typo::distance(&folded, &other, most)?, shown))
        })
        .collect();
    found.sort_unstable();
    let least = found.first().map_or(0, |(slips, _)| *slips);
    let nearest = found.into_iter().take_while(|(slips, _)| *slips == least).map(|(_, word)| word.to_owned());
    let mut nearest: Vec<String> = nearest.collect();
    nearest.dedup();
    nearest.truncate(CORRECTIONS);
    nearest
}
