//! What is found of a dataset: its words, each with a weight, and what hits and facets show.

use std::collections::{BTreeMap, BTreeSet};

use contracts::dataset::{Description, Place};
use contracts::id::DatasetId;
use ontology::rung::Rung;
use ontology::status::Status;

use super::place::{Box4, Gazetteer};
use super::words::{Stems, fold, words};
use crate::domain::dataset::Revision;
use crate::domain::freshness::stale_since;
use crate::domain::time::Timestamp;

/// Longest beginning of a description shown beside a hit, in characters.
const SUMMARY: usize = 240;

/// What a hit shows. What only those may know who see the dataset in full is in `full`.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    pub id: DatasetId,
    /// Nothing of datasets of others that say none.
    pub rung: Option<Rung>,
    /// By language.
    pub title: Vec<(String, String)>,
    pub producer: String,
    /// Codes of European data themes.
    pub themes: Vec<&'static str>,
    pub full: Option<Full>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Full {
    pub revision: i64,
    pub modified: Timestamp,
    /// Code of its European frequency, where it says one.
    pub frequency: Option<&'static str>,
    pub status: Option<Status>,
    /// Beginning of the description, by language.
    pub summary: Vec<(String, String)>,
    pub formats: Vec<String>,
    /// The territories it is about: kind and code.
    pub places: Vec<(&'static str, String)>,
    pub bbox: Option<Box4>,
}

impl Full {
    /// Since when it is stale by its own frequency.
    pub fn stale_since(&self, now: Timestamp) -> Option<Timestamp> {
        stale_since(self.frequency?, self.modified, now)
    }
}

/// A dataset as one kind of asker may find it.
pub(super) struct Document {
    pub(super) shown: Shown,
    /// Stems with their weights.
    pub(super) stems: BTreeMap<String, u8>,
    /// Its words as written, for those who nearly write them.
    pub(super) words: BTreeSet<String>,
    /// Kind and value of each facet it counts in; wider territories included.
    pub(super) facets: BTreeSet<(&'static str, String)>,
}

/// What may be found of a dataset by those who see it in full, or of its existence.
pub(super) fn document(
    revision: &Revision,
    description: &Description,
    full: bool,
    stems: &Stems,
    gazetteer: &Gazetteer,
) -> Document {
    let d = description;
    let mut text = Weighed { stems, out: BTreeMap::new(), words: BTreeSet::new() };
    for (lang, title) in d.title.iter() {
        text.add(title, lang, 12);
    }
    text.add(&d.producer.name, &d.lang, 5);
    for theme in &d.theme {
        text.add(theme.fr, "fr", 3);
        text.add(theme.en, "en", 3);
    }
    let mut facets: BTreeSet<(&'static str, String)> =
        d.theme.iter().map(|theme| ("theme", theme.code.to_owned())).collect();
    facets.insert(("producer", d.producer.name.clone()));
    facets.insert(("rung", d.exposed().code().to_owned()));
    let details = full.then(|| {
        for (lang, value) in d.description.iter() {
            text.add(value, lang, 1);
        }
        for keyword in &d.keywords {
            text.add(keyword, &d.lang, 8);
        }
        for place in &d.location {
            text.add(place.label.as_deref().unwrap_or_default(), &d.lang, 5);
            text.add(&gazetteer.label(place.kind, &place.code).unwrap_or_default(), "fr", 5);
            text.add(&place.code, "fr", 5);
        }
        let formats: Vec<String> = d
            .format
            .iter()
            .map(|media| media.format.map_or_else(|| media.media_type.clone(), |known| known.code.to_owned()))
            .collect();
        facets.insert(("status", d.status.code().to_owned()));
        facets.extend(formats.iter().map(|format| ("format", format.clone())));
        for Place { kind, code, .. } in &d.location {
            facets.extend(gazetteer.within(*kind, code).into_iter().map(|(kind, code)| (kind.code(), code)));
        }
        Full {
            revision: revision.number,
            modified: revision.at,
            frequency: Some(d.frequency.code),
            status: Some(d.status),
            summary: d.description.iter().map(|(lang, value)| (lang.to_owned(), beginning(value))).collect(),
            formats,
            places: d.location.iter().map(|place| (place.kind.code(), place.code.clone())).collect(),
            bbox: d.bbox.or_else(|| {
                gazetteer.bounds(d.location.iter().map(|place| (place.kind, place.code.as_str())))
            }),
        }
    });
    Document {
        shown: Shown {
            id: revision.dataset.clone(),
            rung: Some(d.exposed()),
            title: d.title.iter().map(|(lang, title)| (lang.to_owned(), title.to_owned())).collect(),
            producer: d.producer.name.clone(),
            themes: d.theme.iter().map(|theme| theme.code).collect(),
            full: details,
        },
        stems: text.out,
        words: text.words,
        facets,
    }
}

pub(super) struct Weighed<'a> {
    pub(super) stems: &'a Stems,
    pub(super) out: BTreeMap<String, u8>,
    pub(super) words: BTreeSet<String>,
}

impl Weighed<'_> {
    pub(super) fn add(&mut self, text: &str, lang: &str, weight: u8) {
        for word in words(text) {
            for stem in self.stems.of(&word, lang) {
                let sum = self.out.entry(stem).or_default();
                *sum = sum.saturating_add(weight);
            }
            // What is not folded is shown to those who misspelt it; numbers are never misspelt words.
            if fold(&word).chars().any(char::is_alphabetic) {
                self.words.insert(word);
            }
        }
    }
}

pub(super) fn beginning(text: &str) -> String {
    match text.char_indices().nth(SUMMARY) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}
