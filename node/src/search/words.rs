//! Words of a text: split, folded, stemmed.
//!
//! Accents are folded after stemming and before it: readers leave them out, and the French algorithm reads endings by
//! them, so that each word has up to two stems and is found by either.

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longest word kept, in characters: identifiers run together are cut.
const LONGEST: usize = 40;

/// Words that say nothing about a dataset; folded.
const EMPTY: [&str; 60] = [
    "a", "an", "and", "au", "aux", "avec", "by", "ce", "ces", "cet", "cette", "d", "dans", "de", "des", "du",
    "elle", "en", "est", "et", "for", "from", "il", "in", "is", "it", "l", "la", "le", "les", "leur",
    "leurs", "lors", "m", "n", "ne", "of", "on", "or", "ou", "par", "pas", "pour", "qu", "que", "qui", "s",
    "sa", "se", "ses", "son", "sont", "sur", "t", "that", "the", "to", "un", "une", "with",
];

/// The words of a text in lower case, with their accents; apostrophes and hyphens part words.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c))
        .map(|word| word.nfc().flat_map(char::to_lowercase).take(LONGEST).collect::<String>())
        .filter(|word| !word.is_empty() && EMPTY.binary_search(&fold(word).as_str()).is_err())
}

/// A word without accents and ligatures.
pub(super) fn fold(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.nfd().filter(|c| !is_combining_mark(*c)) {
        match c {
            'œ' => out.push_str("oe"),
            'æ' => out.push_str("ae"),
            'ß' => out.push_str("ss"),
            other => out.push(other),
        }
    }
    out
}

/// The stems of words, in the languages that texts are in.
pub(super) struct Stems {
    fr: Stemmer,
    en: Stemmer,
}

impl Default for Stems {
    fn default() -> Self {
        Self { fr: Stemmer::create(Algorithm::French), en: Stemmer::create(Algorithm::English) }
    }
}

impl Stems {
    /// The stems of a word in a text of this language (BCP 47); French where it is neither of ours.
    pub(super) fn of(&self, word: &str, lang: &str) -> Vec<String> {
        let stemmer = if lang.starts_with("en") { &self.en } else { &self.fr };
        distinct([fold(&stemmer.stem(word)), fold(&stemmer.stem(&fold(word)))])
    }
    /// The stems of a word that is asked for: its language is not known.
    pub(super) fn asked(&self, word: &str) -> Vec<String> {
        let mut all = self.of(word, "fr");
        all.extend(self.of(word, "en"));
        distinct(all)
    }
}

fn distinct(all: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for one in all {
        if !out.contains(&one) {
            out.push(one);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_meet_whatever_their_accents_and_endings() {
        let stems = Stems::default();
        for (written, asked) in [
            ("Énergies", "energie"),
            ("données", "donnees"),
            ("distribuée", "distribués"),
            ("œuvres", "oeuvre"),
            ("consommations", "Consommation"),
            ("prélèvements", "prelevement"),
            ("E\u{301}coles", "école"),
        ] {
            let of = |text: &str| stems.of(&words(text).next().unwrap(), "fr");
            assert!(of(written).iter().any(|stem| of(asked).contains(stem)), "{written} {asked}");
        }
        assert!(EMPTY.is_sorted(), "looked up by halves");
        let all: Vec<_> = words("Les volumes d'eau de l’usine, 35238-B").collect();
        assert_eq!(all, ["volumes", "eau", "usine", "35238", "b"]);
    }
}
