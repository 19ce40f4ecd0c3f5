//! Texts and short names.

use contracts::contract::check_text;
use contracts::framework::Words;

use super::{Fault, Faults, Noun, Wrong};

/// Longest line and longest block of words, in bytes.
const LINE: usize = 200;
const BLOCK: usize = 20_000;
/// Longest short name.
const SLUG: usize = 60;

/// One line in each language.
pub(super) fn line(found: &mut Faults, at: &str, words: &Words) {
    each(found, at, words, LINE, false);
}

/// Paragraphs in each language.
pub(super) fn block(found: &mut Faults, at: &str, words: &Words) {
    each(found, at, words, BLOCK, true);
}

fn each(found: &mut Faults, at: &str, words: &Words, most: usize, lines: bool) {
    for (lang, text) in [("fr", &words.fr), ("en", &words.en)] {
        let at = format!("{at}/{lang}");
        if text.trim().is_empty() {
            found.add(at, Wrong::Empty);
        } else if text.len() > most {
            found.add(at, Wrong::Long { most });
        } else if (!lines && text.contains('\n')) || check_text(text).is_err() {
            found.add(at, Wrong::Characters);
        }
    }
}

/// A short name, which stands in addresses and other documents.
pub(super) fn slug(found: &mut Faults, at: &str, name: &str) {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.is_empty() || name.len() > SLUG || !name.bytes().all(plain) {
        found.add(at, Wrong::Slug(name.to_owned()));
    }
}

/// Things that must be told apart by their names.
pub(super) fn distinct<'a>(found: &mut Faults, at: &str, names: impl Iterator<Item = &'a str>) {
    let mut known = Vec::new();
    for name in names {
        if known.contains(&name) {
            found.add(at, Wrong::Twice(name.to_owned()));
        }
        known.push(name);
    }
}

/// A name that must be one of those that are known.
pub(super) fn known(found: &mut Faults, at: String, noun: Noun, name: &str, known: bool) {
    if !known {
        found.0.push(Fault { at, wrong: Wrong::Unknown { noun, name: name.to_owned() } });
    }
}

/// A list that must say something, and not more than is read.
pub(super) fn some(found: &mut Faults, at: &str, length: usize) {
    const MOST: usize = 100;
    match length {
        0 => found.add(at, Wrong::Empty),
        1..=MOST => {}
        _ => found.add(at, Wrong::Long { most: MOST }),
    }
}
