//! What is taken of documents with a fault.

use super::*;

/// What is found in a document with one fault: names taken, names left out, the place of the first fault, whether whole.
fn salvaged(text: &str, wire: Wire) -> (Vec<String>, Vec<String>, (u64, u64)) {
    let found = all(text, wire).unwrap();
    assert!(found.partial, "taken for the whole");
    let taken = found.records.iter().map(|record| record.origin.rsplit('/').next().unwrap().to_owned());
    let left = found.faults.iter().filter_map(|fault| fault.record.clone());
    let at = (found.faults[0].line.unwrap(), found.faults[0].column.unwrap());
    (taken.collect(), left.collect(), at)
}

#[test]
fn a_fault_within_braces_leaves_out_its_record() {
    let text = format!(
        "{PREFIXES}ex:g1 {{\n  ex:a a dcat:Dataset ;\n    dct:title \"A {{ \\\" . #\" # }} remark\n}}\n\
         GRAPH <https://s.example/g2> {{\nex:b a dcat:Dataset ; dct:title \"B\" ; dct:issued nowhere:x .\n}}\n\
         {{ ex:c a dcat:Dataset ; dct:title \"C\" }}\nex:g4 {{ ex:d a dcat:Dataset ; dct:title \"D\" . }}\n"
    );
    let (taken, left, at) = salvaged(&text, Wire::TriG);
    assert_eq!((taken, at), (vec!["a".into(), "c".into(), "d".into()], (11, 50)));
    assert_eq!(left, ["https://s.example/b"]);
}

#[test]
fn a_fault_in_xml_leaves_out_its_element() {
    let head = "<?xml version=\"1.0\"?>\n<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"\n\
        xmlns:dcat=\"http://www.w3.org/ns/dcat#\" xmlns:dct=\"http://purl.org/dc/terms/\">\n";
    let dataset = |name: &str, inside: &str| {
        format!(
            "<dcat:Dataset rdf:about=\"https://s.example/{name}\">\n  <dct:title>{name}</dct:title>\n{inside}</dcat:Dataset>\n"
        )
    };
    let bad = "  <dct:issued>x</dct:modified>\n";
    let flat = format!(
        "{head}<!-- <dcat:Dataset> -->\n{}{}{}</rdf:RDF>\n",
        dataset("a", ""),
        dataset("b", bad),
        dataset("c", "")
    );
    let (taken, left, at) = salvaged(&flat, Wire::RdfXml);
    assert_eq!((taken, left), (vec!["a".into(), "c".into()], vec!["https://s.example/b".to_owned()]));
    assert_eq!(at, (10, 3));
    // An element that is never closed ends where the next one begins; within a catalogue, datasets stand for themselves.
    let open = dataset("b", "").replace("</dcat:Dataset>\n", "");
    let nested = format!(
        "{head}<dcat:Catalog rdf:about=\"https://s.example/k\">\n{}</dcat:Catalog>\n</rdf:RDF>\n",
        [dataset("a", ""), open, dataset("c", "")]
            .map(|d| format!("<dcat:dataset>\n{d}</dcat:dataset>\n"))
            .concat()
    );
    let (taken, left, _) = salvaged(&nested, Wire::RdfXml);
    assert_eq!((taken, left), (vec!["a".into(), "c".into()], vec!["https://s.example/b".to_owned()]));
}

#[test]
fn a_fault_in_json_leaves_out_its_object() {
    let context = "{\"dcat\": \"http://www.w3.org/ns/dcat#\", \"dct\": \"http://purl.org/dc/terms/\"}";
    let dataset = |name: &str, end: &str| {
        format!(
            " {{\"@id\": \"https://s.example/{name}\", \"@type\": \"dcat:Dataset\",\n  \"dct:title\": \"{name}, [\\\"\"{end}"
        )
    };
    let document = |b: &str| {
        format!(
            "{{\"@context\": {context},\n\"@graph\": [\n{},\n{b},\n{}\n]}}\n",
            dataset("a", "}"),
            dataset("c", "}")
        )
    };
    for (b, at) in [
        // Not JSON, an object without its end, and JSON that means nothing.
        (dataset("b", ", \"dct:issued\": nothing}"), (6, 39)),
        (dataset("b", ""), (7, 2)),
        (dataset("b", ", \"@type\": 5}").replace("\"@type\": \"dcat:Dataset\",", ""), (5, 2)),
    ] {
        let (taken, left, found) = salvaged(&document(&b), Wire::JsonLd);
        assert_eq!(
            (taken, left),
            (vec!["a".into(), "c".into()], vec!["https://s.example/b".to_owned()]),
            "{b}"
        );
        assert_eq!(found.0, at.0, "{b}: {found:?}");
    }
    // In a list without a document around it.
    let list = format!(
        "[{}, {{\"@id\": 5}}]",
        dataset("a", "}")
            .replace("dct:title", "http://purl.org/dc/terms/title")
            .replace("dcat:", "http://www.w3.org/ns/dcat#")
    );
    assert_eq!(salvaged(&list, Wire::JsonLd).0, ["a"]);
}

#[test]
fn every_refusal_has_a_place() {
    for (text, wire) in [
        ("{\"@context\": {}, \"@graph\": [{\"@id\": 5}]}", Wire::JsonLd),
        ("{\"@context\": {}, \"@graph\": [", Wire::JsonLd),
        ("\n{\"@context\": \"https://elsewhere.example/c\", \"a\": 1}", Wire::JsonLd),
        ("<rdf:RDF", Wire::RdfXml),
        ("<a>\n<b></a>", Wire::RdfXml),
        ("<", Wire::TriG),
        ("a:b {", Wire::TriG),
        ("}", Wire::TriG),
    ] {
        let fault = match all(text, wire) {
            Ok(found) => found.faults.first().cloned(),
            Err(refused) => Some(refused.0),
        };
        let Some(fault) = fault else { panic!("{text}: no fault") };
        assert!(fault.line.is_some() && fault.column.is_some(), "{text}: {fault:?}");
    }
}
