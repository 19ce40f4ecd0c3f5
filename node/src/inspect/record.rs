//! A draft record from what was found: what the file tells is filled in, what only persons know is a guess on the closed
//! side, to be corrected before the draft is published.

use contracts::dataset::Day;
use serde_json::{Map, Value, json};

use super::Found;
use super::header::Words;

/// What is known beside the file.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// Name of the member that publishes.
    pub producer: String,
    /// `{"file": …}` or `{"folder": …}`.
    pub source: Value,
    /// Columns of a schema that the publisher names, in place of those found.
    pub columns: Option<Vec<Value>>,
    pub conforms_to: Option<String>,
}

/// The draft: complete, so that it can be published as a draft at once, and seen by nobody else.
pub fn record(found: &Found, beside: &Beside) -> Value {
    let mut record = Map::new();
    let mut set = |name: &str, value: Value| drop(record.insert(name.to_owned(), value));
    set("draft", true.into());
    set("title", title(&found.file).into());
    set("description", json!({ "fr": about(found, true), "en": about(found, false) }));
    set("theme", json!([theme(found)]));
    let (kind, code) = found.place.clone().unwrap_or(("pays", "FR".into()));
    set("location", json!([{ "kind": kind, "code": code }]));
    let format = found.format.map_or_else(|| found.media_type.clone(), str::to_owned);
    set("format", json!([format]));
    set("granularity", json!({ "level": level(found) }));
    set("frequency", "IRREG".into());
    set("producer", json!({ "name": beside.producer }));
    // Closed until somebody decides otherwise.
    set("status", "privee".into());
    set("rung", "invisible".into());
    set("source", beside.source.clone());
    if found.bytes <= 1 << 53 {
        set("byte_size", found.bytes.into());
    }
    if let Some((start, end)) = found.period {
        set("period", json!({ "start": start.to_string(), "end": end.to_string() }));
    }
    if let Some(bbox) = found.bbox {
        set("bbox", json!(bbox));
    }
    let columns = beside.columns.clone().unwrap_or_else(|| columns(found));
    if !columns.is_empty() {
        set("columns", columns.into());
    }
    if let Some(schema) = &beside.conforms_to {
        set("conforms_to", json!([schema]));
    }
    Value::Object(record)
}

fn columns(found: &Found) -> Vec<Value> {
    let mut names = std::collections::HashSet::new();
    let own = found.columns.iter().filter(|column| !column.name.trim().is_empty());
    let own = own.filter(|column| names.insert(column.name.as_str()));
    own.map(|column| {
        let name: String = column.name.chars().take(300).collect();
        let mut value = json!({ "name": name, "type": column.kind });
        if column.personal.is_some() {
            value["personal"] = true.into();
        }
        value
    })
    .collect()
}

/// `lieux-covoiturage_2024.csv` as words.
fn title(file: &str) -> String {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let words = stem.replace(['_', '-', '.'], " ");
    let mut letters = words.trim().chars().take(200);
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => "Sans titre".into(),
    }
}

fn about(found: &Found, french: bool) -> String {
    let mut parts = Vec::new();
    match (found.rows, found.columns.len()) {
        (Some(rows), 0) => parts.push(if french { format!("{rows} lignes") } else { format!("{rows} rows") }),
        (Some(rows), columns) => parts.push(match french {
            true => format!("{rows} lignes, {columns} colonnes"),
            false => format!("{rows} rows, {columns} columns"),
        }),
        (None, _) => parts.push(format!("{} {}", found.bytes, if french { "octets" } else { "bytes" })),
    }
    parts.extend(found.encoding.map(str::to_owned));
    if let Some((start, end)) = found.period {
        let day = |day: Day| day.to_string();
        parts.push(match french {
            true => format!("du {} au {}", day(start), day(end)),
            false => format!("from {} to {}", day(start), day(end)),
        });
    }
    match french {
        true => format!("Fichier {} : {}.", found.file, parts.join(" ; ")),
        false => format!("File {}: {}.", found.file, parts.join("; ")),
    }
}

/// A guess by the words of the name and of the columns.
fn theme(found: &Found) -> &'static str {
    let names = found.columns.iter().map(|column| column.name.as_str()).chain([found.file.as_str()]);
    let words: Vec<Words> = names.map(Words::of).collect();
    let any = |of: &[&str]| words.iter().any(|words| words.has(of));
    match () {
        () if any(&[
            "velo",
            "velos",
            "mobilite",
            "covoiturage",
            "stationnement",
            "stop",
            "trips",
            "routes",
            "irve",
        ]) =>
        {
            "TRAN"
        }
        () if any(&["consommation", "energie", "chauffage", "electricite", "gaz", "chaleur"]) => "ENER",
        () if any(&["eau", "dechets", "prelevements", "udi", "air", "climat", "forage"]) => "ENVI",
        () if any(&["subventions", "marches", "budget", "finances", "montant"]) => "ECON",
        () => "GOVE",
    }
}

fn level(found: &Found) -> &'static str {
    let has = |kind: &str| found.columns.iter().any(|column| column.kind == kind);
    match () {
        () if has("siret") => "etablissement",
        () if has("geometry") => "point",
        () if has("code_commune") => "commune",
        () if has("code_departement") => "departement",
        () if has("code_region") => "region",
        () => "pays",
    }
}
