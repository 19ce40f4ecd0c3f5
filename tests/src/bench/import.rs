//! Large catalogues of others, read as they come: sound ones, ones of which every record has something to be told, and
//! ones with many faults of syntax. Nothing of it goes to a store.

use std::fmt::Write;
use std::time::Instant;

use node::domain::time::Timestamp;
use node::graph::import::{Bounds, Wire, read, records};

use super::figure::Figure;

const BASE: &str = "https://s.example/catalog";
/// Records of a document, and those among them with a fault of syntax: fewer than make a document unreadable.
const RECORDS: usize = 20_000;
const FAULTY: usize = 900;

/// What is in a document beside sound records.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Sound,
    /// A date that is none in every record.
    Warned,
    Faulty,
}

/// All three in each syntax, of so many megabytes.
pub fn run(megabytes: usize, tell: impl Fn(&Figure)) -> Vec<Figure> {
    let names = [
        (Wire::Turtle, ["turtle_sound_s", "turtle_warned_s", "turtle_faulty_s"]),
        (Wire::RdfXml, ["rdfxml_sound_s", "rdfxml_warned_s", "rdfxml_faulty_s"]),
        (Wire::JsonLd, ["jsonld_sound_s", "jsonld_warned_s", "jsonld_faulty_s"]),
    ];
    let mut out = Vec::new();
    for (wire, names) in names {
        for (kind, name) in [Kind::Sound, Kind::Warned, Kind::Faulty].into_iter().zip(names) {
            let text = document(wire, kind, megabytes * 1_000_000 / RECORDS);
            let begun = Instant::now();
            let read = read(text.as_bytes(), wire, BASE, Bounds::default());
            let read = read.unwrap_or_else(|refused| panic!("{name}: {refused:?}"));
            let now = Timestamp::from_seconds(1_800_000_000);
            let found = records(&read, &text, BASE, Bounds::default(), now);
            let took = begun.elapsed().as_secs_f64();
            let (taken, faults, warned) = (found.records.len(), found.faults.len(), found.warnings.len());
            let expected = match kind {
                Kind::Sound => taken == RECORDS && faults + warned == 0,
                Kind::Warned => taken == RECORDS && warned == RECORDS,
                Kind::Faulty => taken == RECORDS - FAULTY && faults >= FAULTY,
            };
            assert!(expected, "{name}: {taken} taken, {faults} faults, {warned} warnings");
            let note = format!(
                "{:.0} MB, {taken} taken, {faults} faults, {warned} warnings",
                text.len() as f64 / 1e6
            );
            let figure = Figure::new(name, took, "s").note(note);
            tell(&figure);
            out.push(figure);
        }
    }
    out
}

/// A document whose records have about so many bytes each.
fn document(wire: Wire, kind: Kind, bytes: usize) -> String {
    let (head, between, tail) = match wire {
        Wire::RdfXml => (
            "<?xml version=\"1.0\"?>\n<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" \
             xmlns:dct=\"http://purl.org/dc/terms/\" xmlns:dcat=\"http://www.w3.org/ns/dcat#\">\n",
            "",
            "</rdf:RDF>\n",
        ),
        Wire::JsonLd => (
            "{\"@context\": {\"dct\": \"http://purl.org/dc/terms/\", \"dcat\": \"http://www.w3.org/ns/dcat#\"},\n\
             \"@graph\": [\n",
            ",\n",
            "]}\n",
        ),
        _ => (
            "@prefix dct: <http://purl.org/dc/terms/> .\n@prefix dcat: <http://www.w3.org/ns/dcat#> .\n",
            "",
            "",
        ),
    };
    let mut text = head.to_owned();
    for number in 0..RECORDS {
        let faulty =
            kind == Kind::Faulty && number % (RECORDS / FAULTY) == 1 && number / (RECORDS / FAULTY) < FAULTY;
        let date = if kind == Kind::Warned { "bientôt" } else { "2025-01-01" };
        if number > 0 {
            text += between;
        }
        record(&mut text, wire, number, date, faulty, bytes);
    }
    text + tail
}

fn record(text: &mut String, wire: Wire, number: usize, date: &str, faulty: bool, bytes: usize) {
    let about = format!("{BASE}/{number}");
    let words = "mesure de prélèvement ".repeat(bytes.saturating_sub(300) / 23);
    let _ = match wire {
        Wire::RdfXml => writeln!(
            text,
            "  <dcat:Dataset rdf:about=\"{about}\">\n    <dct:title>Jeu {number}</dct:title>\n    <dct:issued>{date}</dct:issued>\n\
             \u{20}   <dct:description>{words}</dct:description>{}\n  </dcat:Dataset>",
            if faulty { "<dct:x></dct:y>" } else { "" }
        ),
        Wire::JsonLd => write!(
            text,
            "  {{\"@id\": \"{about}\", \"@type\": \"dcat:Dataset\", \"dct:title\": \"Jeu {number}\", \"dct:issued\": \"{date}\",\n\
             \u{20}   \"dct:description\": \"{words}\"{}}}",
            if faulty { ", \"dct:x\": nothing" } else { "" }
        ),
        _ => writeln!(
            text,
            "<{about}> a dcat:Dataset ;\n  dct:title \"Jeu {number}\" ;\n  dct:issued \"{date}\" ;\n\
             \u{20} dct:description \"{words}\"{} .",
            if faulty { " ; dct:x nowhere:x" } else { "" }
        ),
    };
}
