//! What a catalogue says, as a description says it.

use contracts::harvest::{Distribution, Record};
use serde_json::{Value, json};

use super::TITLE;

/// The language of a text as a description has it; one without is in French here.
pub(super) fn tag(lang: &str) -> String {
    let plain = (2..=12).contains(&lang.len()) && lang != "und";
    if plain { lang.to_owned() } else { "fr".to_owned() }
}

pub(super) fn cut(text: &str, most: usize) -> String {
    let one_line = most <= TITLE;
    let mut text: String = text.chars().take(most).collect();
    if one_line {
        text = text.replace(['\n', '\t'], " ");
    }
    text.trim().to_owned()
}

/// Status and rung: those of a member of the federation, else what the access rights say.
pub(super) fn access(found: &Record) -> (&str, &str) {
    let (status, rung) = match found.access.as_deref() {
        Some("PUBLIC") => ("publique", "ouvert"),
        Some("RESTRICTED") => ("privee", "partenaires_nommes"),
        Some("NON_PUBLIC") => ("privee", "existence_seule"),
        _ => ("privee", "invisible"),
    };
    (found.status.as_deref().unwrap_or(status), found.rung.as_deref().unwrap_or(rung))
}

pub(super) fn places(places: &[String]) -> Value {
    let known = places.iter().filter_map(|place| place.split_once(':'));
    let all: Vec<Value> = known.map(|(kind, code)| json!({ "kind": kind, "code": code })).collect();
    if all.is_empty() { json!([{ "kind": "pays", "code": "FR" }]) } else { all.into() }
}

pub(super) fn formats(distributions: &[Distribution]) -> Vec<String> {
    let format = |one: &Distribution| one.format.clone().or_else(|| one.media_type.clone());
    let mut all: Vec<String> = distributions.iter().filter_map(format).collect();
    all.sort();
    all.dedup();
    if all.is_empty() { vec!["CSV".into()] } else { all }
}
