mod salvage;

use contracts::harvest::Fault;

use super::*;
use crate::domain::time::Timestamp;

const PREFIXES: &str = "@prefix dcat: <http://www.w3.org/ns/dcat#> .\n@prefix dct: <http://purl.org/dc/terms/> .\n\
    @prefix adms: <http://www.w3.org/ns/adms#> .\n@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n\
    @prefix ex: <https://s.example/> .\n";

fn now() -> Timestamp {
    Timestamp::from_seconds(1_800_000_000)
}

fn all(text: &str, wire: Wire) -> Result<Records, Refused> {
    let document = read(text.as_bytes(), wire, "https://s.example/catalog", Bounds::default())?;
    Ok(records(&document, text, "https://s.example/catalog", Bounds::default(), now()))
}

fn turtle(text: &str) -> Records {
    all(&format!("{PREFIXES}{text}"), Wire::Turtle).unwrap()
}

fn codes(faults: &[Fault]) -> Vec<&str> {
    faults.iter().map(|fault| fault.code.as_ref()).collect()
}

#[test]
fn a_bad_statement_leaves_out_its_record_and_takes_its_neighbours() {
    let found = turtle(
        "ex:a a dcat:Dataset ;\n  dct:title \"A\" .\nex:b a dcat:Dataset ;\n  dct:title \"B\" ;\n  dct:issued nowhere:x .\n\
         ex:c a dcat:Dataset ;\n  dct:title \"C\"@fr .\n",
    );
    let names: Vec<&str> = found.records.iter().map(|record| record.origin.as_str()).collect();
    assert_eq!(names, ["https://s.example/a", "https://s.example/c"]);
    assert_eq!(codes(&found.faults), ["syntax", "broken"]);
    assert_eq!((found.faults[0].line, found.faults[0].column), (Some(10), Some(14)));
    assert_eq!(found.faults[1].record.as_deref(), Some("https://s.example/b"));
    assert!(found.left_out.contains("https://s.example/b"));
}

#[test]
fn what_is_wrong_in_a_record_is_told_with_its_place() {
    let found = turtle(
        "ex:a a dcat:Dataset .\nex:b a dcat:Dataset ; dct:title \"B\" ; dct:modified \"2999-01-01\" ; dct:issued \"soon\" ;\n\
           dcat:distribution [ dcat:byteSize \"big\" ; dcat:accessURL <https://s.example/b.csv> ] , [ dct:title \"x\" ] .\n\
         ex:c a dcat:Dataset ; dct:title \"C\" ; dct:hasPart ex:d .\nex:d a dcat:Dataset ; dct:title \"D\" ; dct:hasPart ex:c .\n",
    );
    assert_eq!(codes(&found.faults), ["no-title"]);
    assert_eq!(found.faults[0].line, Some(6));
    let mut warned = codes(&found.warnings);
    warned.sort_unstable();
    assert_eq!(warned, ["date", "future", "no-address", "size"]);
    assert_eq!(found.records.len(), 3, "parts that contain each other are two datasets");
    let b = &found.records[0];
    assert_eq!((b.modified.as_deref(), b.issued.as_deref(), b.distributions.len()), (None, None, 1));
    assert_eq!(b.distributions[0].byte_size, None);
}

#[test]
fn identifiers_are_mended_followed_to_their_origin_and_taken_once() {
    let found = turtle(
        "<https://s.example/a b> a dcat:Dataset ; dct:title \"A\" .\n\
         ex:r a dcat:Dataset ; dct:title \"R\" ; adms:identifier [ skos:notation \"https://origin.example/r\" ] .\n\
         ex:s a dcat:Dataset ; dct:title \"S\" ; adms:identifier <https://origin.example/r> .\n\
         <https://ехample.org/x> a dcat:Dataset ; dct:title \"X\" .\n\
         [] a dcat:Dataset ; dct:title \"N\" ; dct:identifier \"n°1\" .\n[] a dcat:Dataset ; dct:title \"nobody\" .\n",
    );
    let origins: Vec<&str> = found.records.iter().map(|record| record.origin.as_str()).collect();
    assert!(
        origins.contains(&"https://s.example/a%20b") && origins.contains(&"https://origin.example/r"),
        "{origins:?}"
    );
    assert!(origins.iter().any(|origin| origin.starts_with("https://s.example/catalog#n")), "{origins:?}");
    assert_eq!(found.records.iter().find(|r| r.title["und"] == "R").unwrap().subject, "https://s.example/r");
    let mut faults = codes(&found.faults);
    faults.sort_unstable();
    // The space is told twice: where strict reading stopped is not, as it was read leniently after.
    assert_eq!(faults, ["duplicate", "no-iri"]);
    let mut warned = codes(&found.warnings);
    warned.sort_unstable();
    assert_eq!(warned, ["iri-mended", "look-alike"]);
    assert_eq!(key("HTTPS://S.example:443/a b"), "https://s.example/a%20b");
}

#[test]
fn hostile_documents_end_at_a_bound() {
    let bombs: String = (0..2_000).map(|i| format!("_:b{i} dct:relation _:c{i} .\n")).collect();
    let small = Bounds { blank_nodes: 1_000, ..Bounds::default() };
    let text = format!("{PREFIXES}{bombs}");
    assert_eq!(
        read(text.as_bytes(), Wire::Turtle, "https://s.example/", small).unwrap_err().0.code.as_ref(),
        "too-many-blank-nodes"
    );
    let small = Bounds { triples: 1_000, ..Bounds::default() };
    assert_eq!(
        read(text.as_bytes(), Wire::Turtle, "https://s.example/", small).unwrap_err().0.code.as_ref(),
        "too-many-triples"
    );
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(5_000), "]".repeat(5_000));
    assert_eq!(all(&deep, Wire::JsonLd).unwrap_err().0.code.as_ref(), "too-deep");
    let latin = b"<https://s.example/a> <http://purl.org/dc/terms/title> \"\xE9t\xE9\" .";
    let refused = read(latin, Wire::NTriples, "https://s.example/", Bounds::default()).unwrap_err().0;
    assert_eq!((refused.code.as_ref(), refused.line), ("not-utf8", Some(1)));
    let hidden = turtle("ex:a a dcat:Dataset ; dct:title \"a\\u0000\\u202Eb\" .\n");
    assert_eq!(hidden.records[0].title["und"], "a b");
    let long = turtle(&format!("ex:a a dcat:Dataset ; dct:title \"{}\" .\n", "x".repeat(LONGEST + 1)));
    assert_eq!(codes(&long.faults), ["no-title"]);
}

#[test]
fn no_context_is_fetched_and_broken_xml_is_refused_with_its_line() {
    let remote = r#"{"@context": "https://elsewhere.example/context.jsonld", "@id": "urn:a", "title": "A"}"#;
    assert_eq!(all(remote, Wire::JsonLd).unwrap_err().0.code.as_ref(), "remote-context");
    let xml = "<?xml version=\"1.0\"?>\n<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n\
        <rdf:Description rdf:about=\"urn:a\">\n<a></b>\n</rdf:Description>\n</rdf:RDF>\n";
    let refused = all(xml, Wire::RdfXml).unwrap_err().0;
    assert_eq!((refused.code.as_ref(), refused.line), ("syntax", Some(4)));
}

#[test]
fn the_syntax_is_found_by_name_type_or_content() {
    assert_eq!(Wire::of_name("https://s.example/a.ttl?x=1"), Some(Wire::Turtle));
    assert_eq!(Wire::of_media_type("Application/RDF+XML; charset=utf-8"), Some(Wire::RdfXml));
    assert_eq!(Wire::of_content(b"\xEF\xBB\xBF <?xml version"), Wire::RdfXml);
    assert_eq!(Wire::of_content(b" [ {"), Wire::JsonLd);
    assert_eq!(Wire::of_content(b"@prefix a: <b> ."), Wire::Turtle);
    assert_eq!(Wire::of_content(b"@prefix a: <b> . a:g { a:s a:p a:o }"), Wire::TriG);
}
