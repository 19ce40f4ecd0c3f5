//! What may be found of datasets of others, as they were last read.

use std::collections::{BTreeMap, BTreeSet};

use contracts::harvest::Record;
use contracts::id::DatasetId;
use ontology::dcat::{find, format::Format, frequency, territory::Kind, theme};
use ontology::rung::Rung;
use ontology::status::Status;

use super::document::{Document, Full, Shown, Weighed, beginning};
use super::place::Gazetteer;
use super::shelf::Shelf;
use super::words::Stems;
use crate::domain::freshness;

/// Datasets of others, and where each came from.
#[derive(Default)]
pub(super) struct Copies {
    pub(super) shelf: Shelf,
    from: BTreeMap<DatasetId, From>,
}

/// Where a dataset of somebody else came from, and where it is described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct From {
    pub source: String,
    pub url: Option<String>,
}

impl Copies {
    pub(super) fn put(&mut self, source: &str, record: &Record, stems: &Stems, gazetteer: &Gazetteer) {
        let Ok(id) = DatasetId::parse(record.origin.as_str()) else { return };
        let address = |text: &str| text.starts_with("https://") || text.starts_with("http://");
        let url =
            record.page.clone().or_else(|| Some(record.subject.clone()).filter(|subject| address(subject)));
        self.from.insert(id.clone(), From { source: source.to_owned(), url });
        self.shelf.replace(&id, Some(document(&id, record, stems, gazetteer)));
    }

    pub(super) fn remove(&mut self, origin: &str) {
        let Ok(id) = DatasetId::parse(origin) else { return };
        self.from.remove(&id);
        self.shelf.replace(&id, None);
    }

    pub(super) fn of_source(&self, source: &str) -> Vec<String> {
        let all = self.from.iter().filter(|(_, from)| from.source == source);
        all.map(|(id, _)| id.to_string()).collect()
    }

    pub(super) fn from(&self, id: &DatasetId) -> Option<&From> {
        self.from.get(id)
    }
}

fn document(id: &DatasetId, record: &Record, stems: &Stems, gazetteer: &Gazetteer) -> Document {
    let mut text = Weighed { stems, out: BTreeMap::new(), words: BTreeSet::new() };
    let lang = |tag: &str| if tag == "en" { "en" } else { "fr" };
    record.title.iter().for_each(|(tag, title)| text.add(title, lang(tag), 12));
    record.description.iter().for_each(|(tag, value)| text.add(value, lang(tag), 1));
    record.keywords.iter().for_each(|word| text.add(word, "fr", 8));
    let publisher = record.publisher.as_ref().map(|by| by.name.as_str());
    let producer = record.producer.as_deref().or(publisher).unwrap_or_default();
    text.add(producer, "fr", 5);
    text.add(publisher.unwrap_or_default(), "fr", 5);
    let themes: Vec<_> = record.themes.iter().filter_map(|code| find(theme::THEMES, code)).collect();
    for theme in &themes {
        text.add(theme.fr, "fr", 3);
        text.add(theme.en, "en", 3);
    }
    let places: Vec<(Kind, String)> = record
        .places
        .iter()
        .filter_map(|place| place.split_once(':'))
        .filter_map(|(kind, code)| Some((Kind::parse(kind)?, code.to_owned())))
        .collect();
    for (kind, code) in &places {
        text.add(&gazetteer.label(*kind, code).unwrap_or_default(), "fr", 5);
        text.add(code, "fr", 5);
    }
    let formats: BTreeSet<String> = record
        .distributions
        .iter()
        .filter_map(|d| {
            d.format.clone().or_else(|| Some(Format::find(d.media_type.as_deref()?)?.code.to_owned()))
        })
        .collect();
    let mut facets: BTreeSet<(&'static str, String)> =
        themes.iter().map(|theme| ("theme", theme.code.to_owned())).collect();
    facets.insert(("producer", producer.to_owned()));
    facets.extend(formats.iter().map(|format| ("format", format.clone())));
    let (rung, status) =
        (record.rung.as_deref().and_then(Rung::parse), record.status.as_deref().and_then(Status::parse));
    facets.extend(rung.map(|rung| ("rung", rung.code().to_owned())));
    facets.extend(status.map(|status| ("status", status.code().to_owned())));
    for (kind, code) in &places {
        facets.extend(gazetteer.within(*kind, code).into_iter().map(|(kind, code)| (kind.code(), code)));
    }
    let frequency = record.frequency.as_deref().and_then(|code| find(frequency::FREQUENCIES, code));
    let full = Full {
        revision: 0,
        modified: freshness::modified(record).unwrap_or_default(),
        frequency: frequency.map(|term| term.code),
        status,
        summary: record.description.iter().map(|(tag, value)| (tag.clone(), beginning(value))).collect(),
        formats: formats.into_iter().collect(),
        bbox: gazetteer.bounds(places.iter().map(|(kind, code)| (*kind, code.as_str()))),
        places: places.into_iter().map(|(kind, code)| (kind.code(), code)).collect(),
    };
    Document {
        shown: Shown {
            id: id.clone(),
            rung,
            title: record.title.iter().map(|(tag, title)| (tag.clone(), title.clone())).collect(),
            producer: producer.to_owned(),
            themes: themes.iter().map(|theme| theme.code).collect(),
            full: Some(full),
        },
        stems: text.out,
        words: text.words,
        facets,
    }
}
