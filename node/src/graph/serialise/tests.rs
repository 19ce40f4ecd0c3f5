use oxigraph::io::RdfParser;
use oxigraph::model::dataset::{CanonicalizationAlgorithm, CanonicalizationHashAlgorithm, Dataset};

use super::super::triples::{Triples, blank, date, dcat, dct, named, text};
use super::*;

/// The graph of a document, its blank nodes named by RDFC-1.0.
fn graph(format: Format, bytes: &[u8]) -> Vec<String> {
    let mut dataset: Dataset =
        RdfParser::from_format(format.rdf()).for_slice(bytes).map(|quad| quad.unwrap()).collect();
    let hash_algorithm = CanonicalizationHashAlgorithm::Sha256;
    dataset.canonicalize(CanonicalizationAlgorithm::Rdfc10 { hash_algorithm });
    let mut quads: Vec<String> = dataset.iter().map(|quad| quad.to_string()).collect();
    quads.sort();
    quads
}

#[test]
fn every_form_is_the_same_graph() {
    let mut out = Triples::default();
    let node = named("urn:d:1");
    out.a(node.clone(), dcat("Dataset"));
    out.add(named("dct:title"), dct("title"), text("an identifier that looks like a name", "fr"));
    out.a(node.clone(), named("https://odd.example/Type"));
    out.add(node.clone(), named("https://odd.example/é/1?x=1&y"), text("]]> <b>&amp;", "fr"));
    for hostile in
        ["Été \"2025\"\n", "a\r\nb\rc\u{0}\u{b}\u{1f}\u{fffe}", "  spaces\t", "\u{202e}👩‍🌾\u{10ffff}"]
    {
        out.add(node.clone(), dct("title"), text(hostile, "fr"));
    }
    for name in ["period", "other"] {
        let period = blank(&node, name);
        out.add(period.clone(), dcat("startDate"), date("2025-01-01"));
        out.add(
            period.clone(),
            dcat("endDate"),
            date(if name == "other" { "2026-01-01" } else { "2027-01-01" }),
        );
        out.add(node.clone(), dct("temporal"), period);
    }
    let triples = || out.0.iter().map(Triple::as_ref).collect::<Vec<_>>();
    let [first, rest @ ..] = Format::ALL.map(|format| graph(format, &write(triples(), format).unwrap()));
    assert_eq!(first.len(), 14);
    for other in rest {
        assert_eq!(other, first);
    }
}

#[test]
fn repetitions_go_and_the_order_does_not_count_for_the_digest() {
    let mut out = Triples::default();
    out.add(named("urn:b"), dct("title"), text("b", "fr"));
    out.add(named("urn:a"), dct("title"), text("a", "fr"));
    let mut twice = out.0.clone();
    twice.extend(out.0.iter().rev().cloned());
    assert_eq!(digest(&twice), digest(&out.0));
    let refs = |triples: &'_ [Triple]| {
        String::from_utf8(write(triples.iter().map(Triple::as_ref).collect(), Format::NTriples).unwrap())
            .unwrap()
    };
    assert_eq!(refs(&twice), refs(&out.0));
    assert_ne!(digest(&out.0[1..]), digest(&out.0));
}
