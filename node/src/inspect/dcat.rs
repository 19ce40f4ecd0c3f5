//! Drafts from a catalogue in DCAT: the member's own datasets, described elsewhere until now.

mod local;
mod words;

use std::io;
use std::path::Path;

use contracts::dataset::{is_email, is_page};
use contracts::harvest::Record;
use ontology::dcat::{self, licence};
use ontology::rung::Rung;
use serde_json::{Value, json};

use super::{Drafts, Row};
use crate::domain::time::Timestamp;
use crate::graph::import::{Bounds, Own, Wire, own, read, records};
use local::local;
use words::{access, cut, formats, places, tag};

/// What relative addresses in the catalogue are relative to: the folder it is in.
const HERE: &str = "https://here.invalid/";
/// Longest title, and most keywords, of a description.
const TITLE: usize = 300;
const KEYWORDS: usize = 100;

/// The drafts of a catalogue, in its order of reading. What it says of access is kept; what it does not say is a guess on
/// the closed side. `producer` is who made them where it says nobody; `reason` says what a code of a fault means.
///
/// # Errors
/// It cannot be read at all: where, and why.
pub fn dcat(
    path: &Path,
    producer: &str,
    now: Timestamp,
    reason: impl Fn(&str) -> &'static str,
) -> io::Result<Drafts> {
    let bytes = std::fs::read(path)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let wire = Wire::of_name(&name).unwrap_or_else(|| Wire::of_content(&bytes));
    let said = |fault: &contracts::harvest::Fault| {
        let found = fault.found.as_deref().map(|found| format!(" ({found})")).unwrap_or_default();
        let (line, column) = (fault.line.unwrap_or(1), fault.column.unwrap_or(1));
        let record = fault.record.as_deref().map(|record| format!("{record}: ")).unwrap_or_default();
        (
            usize::try_from(line).unwrap_or(1),
            format!("{line}:{column}: {record}{}{found}", reason(&fault.code)),
        )
    };
    let document = read(&bytes, wire, HERE, Bounds::default())
        .map_err(|refused| io::Error::other(said(&refused.0).1))?;
    let text = String::from_utf8_lossy(&bytes);
    let found = records(&document, &text, HERE, Bounds::default(), now);
    let folder = path.parent().unwrap_or(Path::new("."));
    let row = |((found, node), line): ((&Record, _), &usize)| Row {
        line: *line,
        record: record(found, &own(&document, node), producer, folder),
    };
    let rows: Vec<Row> = found.records.iter().zip(&found.nodes).zip(&found.lines).map(row).collect();
    if found.is_none() {
        let first = found.faults.first().map(|fault| said(fault).1);
        return Err(io::Error::other(first.unwrap_or_else(|| "no dcat:Dataset in it".into())));
    }
    Ok(Drafts { rows, faults: found.faults.iter().map(said).collect() })
}

fn record(found: &Record, own: &Own, producer: &str, folder: &Path) -> Value {
    let titles: Value =
        found.title.iter().map(|(lang, text)| (tag(lang), Value::from(cut(text, TITLE)))).collect();
    let about: Value =
        found.description.iter().map(|(lang, text)| (tag(lang), Value::from(cut(text, 20_000)))).collect();
    let about = if found.description.is_empty() { titles.clone() } else { about };
    let by = found.producer.as_deref().or(found.publisher.as_ref().map(|by| by.name.as_str()));
    let (status, rung) = access(found);
    let theme = if found.themes.is_empty() { vec!["GOVE".to_owned()] } else { found.themes.clone() };
    let mut record = json!({
        "draft": true, "title": titles, "description": about, "theme": theme, "location": places(&found.places),
        "format": formats(&found.distributions), "granularity": { "level": "pays" },
        "frequency": found.frequency.as_deref().unwrap_or("IRREG"),
        "producer": { "name": cut(by.unwrap_or(producer), TITLE) }, "status": status, "rung": rung,
    });
    // It keeps its name, so that the same catalogue read again makes the next revision and no other dataset.
    if !found.origin.starts_with(HERE) {
        record["id"] = found.origin.clone().into();
    }
    if !found.keywords.is_empty() {
        let words = found.keywords.iter().take(KEYWORDS).map(|word| cut(word, TITLE));
        record["keywords"] = words.collect::<Vec<_>>().into();
    }
    let licences = found.distributions.iter().filter_map(|one| one.licence.as_deref());
    if let Some(iri) = licences.min() {
        let listed = dcat::find(licence::LICENCES, iri);
        record["licence"] = listed.map_or(iri, |term| term.code).into();
    }
    if let [only] = found.distributions.as_slice()
        && let Some(size) = only.byte_size.filter(|size| *size <= 1 << 53)
    {
        record["byte_size"] = size.into();
    }
    if let Some(file) = found.distributions.iter().find_map(|one| local(one, folder)) {
        record["source"] = json!({ "file": file });
    }
    beside(&mut record, own, rung);
    record
}

/// Period, contact, and categories of high value, which only open datasets have.
fn beside(record: &mut Value, own: &Own, rung: &str) {
    for (side, day) in [("start", own.start), ("end", own.end)] {
        if let Some(day) = day {
            record["period"][side] = day.to_string().into();
        }
    }
    if let Some((name, email, url)) = &own.contact {
        let ways = [
            ("email", email.as_deref().filter(|email| is_email(email))),
            ("url", url.as_deref().filter(|url| is_page(url))),
        ];
        // A name that nothing leads to is no contact.
        for (member, way) in ways.into_iter().filter_map(|(member, way)| Some((member, way?))) {
            record["contact"]["name"] = cut(name, TITLE).into();
            record["contact"][member] = way.into();
        }
    }
    if rung == Rung::Ouvert.code() && !own.hvd.is_empty() {
        record["hvd"] = own.hvd.clone().into();
    }
}
