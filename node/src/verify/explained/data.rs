//! The data that a decision looked at, each with where it comes from.

use ontology::Lang;
use serde_json::{Map, Value};

use crate::log::decision::Kept;
use crate::text::{fill, get};

/// Facts by their name in the record, what they are, and their source.
const FACTS: [(&str, &str, &str); 15] = [
    ("now", "crpa.fact-now", "crpa.source-clock"),
    ("purpose", "crpa.fact-purpose", "crpa.source-consumer"),
    ("recipient", "crpa.fact-recipient", "crpa.source-identity"),
    ("processingPlace", "crpa.fact-place", "crpa.source-declared"),
    ("governingLaw", "crpa.fact-law", "crpa.source-declared"),
    ("charters", "crpa.fact-charters", "crpa.source-declared"),
    ("signedAt", "crpa.fact-signed", "crpa.source-contract"),
    ("firstUse", "crpa.fact-first", "crpa.source-node"),
    ("counts", "crpa.fact-counts", "crpa.source-node"),
    ("fulfilled", "crpa.fact-fulfilled", "crpa.source-node"),
    ("uses", "crpa.fact-uses", "crpa.source-node"),
    ("table", "crpa.fact-table", "crpa.source-description"),
    ("embargo", "crpa.fact-embargo", "crpa.source-description"),
    ("claims", "crpa.fact-claims", "crpa.source-declared"),
    ("given", "crpa.fact-given", "crpa.source-node"),
];

pub(super) fn data(kept: &Kept, lang: Lang) -> Vec<String> {
    let line = |what: &str, value: &str, source: &str| {
        fill(lang, "crpa.datum", &[("what", what), ("value", value), ("source", source)])
    };
    let action = get(lang, "crpa.fact-action");
    let asked = get(lang, "crpa.source-consumer");
    let mut said = vec![line(action, &kept.request.action, asked)];
    if let Some(target) = &kept.request.target {
        said.push(line(get(lang, "crpa.fact-dataset"), target, asked));
    }
    if let Some(right) = &kept.right {
        let what = get(lang, "crpa.fact-standing");
        said.push(line(what, &right.standing, get(lang, "crpa.source-contract")));
    }
    let facts = match serde_json::to_value(&kept.facts) {
        Ok(Value::Object(facts)) => facts,
        _ => Map::new(),
    };
    for (name, value) in facts.iter().filter(|(name, _)| *name != "v") {
        let known = FACTS.iter().find(|(own, ..)| own == name);
        let (what, source) = known
            .map_or((name.as_str(), "crpa.source-other"), |(_, what, source)| (get(lang, what), *source));
        said.push(line(what, &shown(value), get(lang, source)));
    }
    let unknown = FACTS.iter().filter(|(name, ..)| !facts.contains_key(*name));
    let unknown: Vec<&str> = unknown.map(|(_, what, _)| get(lang, what)).collect();
    if !unknown.is_empty() {
        said.push(fill(lang, "crpa.unknown", &[("what", &unknown.join(", "))]));
    }
    said
}

/// A value on one line, without the marks of JSON where it is a text.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "-".to_owned(),
        Value::Object(members) if members.is_empty() => "-".to_owned(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        Value::Object(members) => match members.get("value") {
            Some(value) => shown(value),
            None => members
                .iter()
                .map(|(name, value)| format!("{name} {}", shown(value)))
                .collect::<Vec<_>>()
                .join(", "),
        },
        other => other.to_string(),
    }
}
