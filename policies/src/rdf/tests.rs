use super::*;

const TURTLE: &str = "@prefix odrl: <http://www.w3.org/ns/odrl/2/> .\n\
    <urn:p> a odrl:Set ; odrl:permission [ odrl:action odrl:read ; odrl:target <urn:é> ] .";
const JSON: &str = r#"{"@context": "http://www.w3.org/ns/odrl.jsonld", "@type": "Set", "uid": "urn:p",
    "permission": [{"action": "read", "target": "urn:é"}]}"#;

fn lines(document: &Document) -> Vec<String> {
    let mut lines: Vec<String> = document.graph.to_string().lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

#[test]
fn two_forms_and_every_encoding_are_one_graph() {
    let expected = lines(&turtle(TURTLE.as_bytes()).unwrap());
    assert_eq!(expected.len(), 4);
    let units = |text: &str, mark: &[u8], bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        mark.iter().copied().chain(text.encode_utf16().flat_map(bytes)).collect()
    };
    for text in [TURTLE, JSON] {
        for bytes in [
            text.as_bytes().to_vec(),
            [b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat(),
            units(text, b"\xFF\xFE", u16::to_le_bytes),
            units(text, b"\xFE\xFF", u16::to_be_bytes),
            units(text, b"", u16::to_le_bytes),
            units(text, b"", u16::to_be_bytes),
        ] {
            let read = if text == JSON { json_ld(&bytes, &Contexts::default()) } else { turtle(&bytes) };
            assert_eq!(lines(&read.unwrap()), expected);
        }
    }
}

#[test]
fn what_is_no_text_is_refused_where_it_ends_being_one() {
    let at = |bytes: &[u8]| turtle(bytes).unwrap_err();
    assert_eq!(at(b"<urn:p> \xFF"), Unreadable::Encoding { encoding: "UTF-8", at: 8 });
    assert_eq!(at(b"\xFF\xFEa"), Unreadable::Encoding { encoding: "UTF-16LE", at: 0 });
    assert_eq!(at(b"\xFF\xFE\x00\xD8"), Unreadable::Encoding { encoding: "UTF-16LE", at: 0 });
    assert_eq!(at(b"\xFF\xFE\0\0<\0\0\0"), Unreadable::Encoding { encoding: "UTF-8 or UTF-16", at: 0 });
    assert_eq!(at(&vec![b' '; MAX_BYTES + 1]), Unreadable::TooLarge { bytes: MAX_BYTES + 1 });
    assert!(turtle(&vec![b' '; MAX_BYTES]).unwrap().graph.is_empty());
}

#[test]
fn json_is_bounded_and_nothing_is_fetched() {
    let read = |text: &str| json_ld(text.as_bytes(), &Contexts::default());
    let deep = format!("{}{}", r#"{"a":"#.repeat(100), "1".to_owned() + &"}".repeat(100));
    assert_eq!(read(&deep).unwrap_err(), Unreadable::TooDeep);
    // Brackets in texts are no nesting.
    let quoted = format!(r#"{{"@id": "urn:p", "urn:says": "\"{}"}}"#, "[".repeat(1000));
    assert_eq!(read(&quoted).unwrap().graph.len(), 1);
    let elsewhere = r#"{"@context": "https://context.example/c.jsonld", "@id": "urn:p"}"#;
    let address = "https://context.example/c.jsonld".to_owned();
    assert_eq!(read(elsewhere).unwrap_err(), Unreadable::Context(address));
    assert!(matches!(read(r#"{"@id": "urn:p""#).unwrap_err(), Unreadable::Syntax(_)));
    assert!(matches!(
        read(r#"{"@id": "urn:g", "@graph": [{"@id": "urn:p", "urn:a": 1}]}"#).unwrap_err(),
        Unreadable::Syntax(_)
    ));
}

#[test]
fn members_that_json_ld_would_drop_are_named() {
    let text = JSON
        .replace("\"action\"", "\"constraints\": [{\"left\": 1}], \"duty\": [], \"empty\": [], \"action\"");
    let read = json_ld(text.as_bytes(), &Contexts::default()).unwrap();
    assert_eq!(read.dropped, ["constraints", "left"]);
    assert!(json_ld(JSON.as_bytes(), &Contexts::default()).unwrap().dropped.is_empty());
}

#[test]
fn the_context_may_come_last_and_relative_names_stay_apart() {
    let text = r#"{"permission": {"target": "ACN1", "action": "use"}, "@id": "p1", "@type": "Offer",
        "@context": "http://www.w3.org/ns/odrl.jsonld"}"#;
    let graph = json_ld(text.as_bytes(), &Contexts::default()).unwrap().graph.to_string();
    assert!(graph.contains("<https://relative.invalid/ACN1>"), "{graph}");
    assert!(graph.contains("<https://relative.invalid/p1>"), "{graph}");
}
