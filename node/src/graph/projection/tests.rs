use contracts::id::{OfferId, ParticipantId};
use serde_json::{Value, json};

use super::*;
use crate::domain::dataset::Content;
use crate::domain::publication::{describe, read};

const NOW: Timestamp = Timestamp(10_000_000);

fn member() -> Member {
    Member {
        id: MemberId::parse("m").unwrap(),
        did: contracts::id::ParticipantId::did("did:web:eau.example").unwrap(),
        name: "Eau".into(),
        base_url: "https://eau.example".parse().unwrap(),
    }
}

fn revision(id: &str, number: i64, rung: &str) -> Revision {
    let mut value = json!({
        "title": format!("Volumes {id}"), "description": format!("Volumes distribués, {number}."), "theme": "ENVI",
        "location": {"kind": "commune", "code": "35238"}, "format": "CSV", "keywords": "eau",
        "granularity": {"level": "bassin", "temporal": "PT15M"}, "period": {"start": "2025-01-01"},
        "frequency": "DAILY", "producer": {"name": "Eau"}, "status": "interet_general", "licence": "LO-2.0",
        "rung": rung,
    });
    if !matches!(rung, "existence_seule" | "invisible") {
        value["source"] = json!({"file": "secret-path.csv"});
        value["offers"] = json!([{"id": format!("urn:offer:{id}"), "policy": {"permission": [{"action": "use",
            "constraint": [{"leftOperand": "recipient", "operator": "eq", "rightOperand": "did:web:epci.example"}]}]}}]);
    }
    let described = describe(read(&value).unwrap(), None, || OfferId::parse("x").unwrap()).unwrap();
    Revision {
        dataset: DatasetId::parse(id).unwrap(),
        number,
        digest: String::new(),
        at: Timestamp(number * 1000),
        issued: Timestamp(1000),
        content: Content::Described(Box::new(described)),
    }
}

fn projection(revisions: &[Revision]) -> Projection {
    let projection = Projection::new();
    revisions.iter().for_each(|revision| projection.put(&member(), revision));
    projection.set_ready();
    projection
}

fn slice(projection: &Projection, asker: Asker<'_>, from: Option<&Position>, limit: usize) -> Slice {
    projection.slice(&member().id, asker, Subset::default(), from, limit, NOW).unwrap()
}

fn page(projection: &Projection, asker: Asker<'_>) -> String {
    let slice = slice(projection, asker, None, 10);
    let body =
        projection.write(&member().id, &slice, &HashMap::new(), &Triples::default(), Format::Turtle).unwrap();
    String::from_utf8(body).unwrap()
}

fn ids(slice: &Slice) -> Vec<&str> {
    slice.seen.iter().map(|seen| seen.dataset.as_str()).collect()
}

#[test]
fn who_asks_decides_what_is_in_the_answer() {
    let early = Projection::new();
    assert!(matches!(early.read().map(drop), Err(Error::NotReady)));
    let projection = projection(&[
        revision("urn:d:1", 1, "partenaires_nommes"),
        revision("urn:d:2", 1, "invisible"),
        revision("urn:d:3", 1, "existence_seule"),
    ]);
    let partner = ParticipantId::did("did:web:epci.example").unwrap();
    let anonymous = page(&projection, Asker::Anonymous);
    let named = page(&projection, Asker::Participant(&partner));
    assert!(anonymous.contains("urn:d:1") && !anonymous.contains("urn:offer:urn:d:1"), "{anonymous}");
    assert!(named.contains("urn:offer:urn:d:1") && named.contains("distribution-0"), "{named}");
    for answer in [&anonymous, &named] {
        assert!(!answer.contains("urn:d:2") && answer.contains("urn:d:3") && !answer.contains("secret-path"));
    }
    let other = DatasetId::parse("urn:d:2").unwrap();
    let one = |asker| projection.one(&member().id, &other, asker, NOW).unwrap();
    assert!(one(Asker::Anonymous).is_none() && one(Asker::Member).is_some());
}

#[test]
fn a_revision_replaces_and_a_tombstone_removes() {
    let projection = projection(&[revision("urn:d:1", 2, "ouvert"), revision("urn:d:1", 1, "invisible")]);
    let turtle = page(&projection, Asker::Anonymous);
    assert_eq!(turtle, page(&projection, Asker::Anonymous), "same bytes each time");
    assert!(turtle.contains("dcat:version \"2\""), "{turtle}");
    let tombstone = Revision { number: 3, content: Content::Tombstone, ..revision("urn:d:1", 2, "ouvert") };
    projection.put(&member(), &tombstone);
    assert!(!page(&projection, Asker::Member).contains("urn:d:1"));
    assert!(projection.read().unwrap().terms().is_empty());
}

#[test]
fn pages_are_of_the_catalogue_that_the_first_was_of() {
    let first: Vec<Revision> = (0..6).map(|i| revision(&format!("urn:d:{i}"), 1, "ouvert")).collect();
    let projection = projection(&first);
    let begun = slice(&projection, Asker::Anonymous, None, 2);
    assert_eq!((ids(&begun), begun.at), (vec!["urn:d:0", "urn:d:1"], Timestamp(1000)));
    // One changes, one is withdrawn, one comes.
    projection.put(&member(), &revision("urn:d:2", 9_000, "ouvert"));
    let stone = Revision { number: 2, content: Content::Tombstone, ..revision("urn:d:3", 1, "ouvert") };
    projection.put(&member(), &stone);
    projection.put(&member(), &revision("urn:d:45", 9_001, "ouvert"));
    let next = slice(&projection, Asker::Anonymous, begun.next.as_ref(), 10);
    let changed: Vec<bool> = next.seen.iter().map(|seen| seen.changed).collect();
    assert_eq!(ids(&next), ["urn:d:2", "urn:d:4", "urn:d:45", "urn:d:5"]);
    assert_eq!(changed, [true, false, true, false]);
    // The old text of what changed is brought by the caller; what was not there yet is brought by nobody.
    let described = first[2].described().unwrap();
    let old = describe::parts(&member(), &first[2], described).full;
    let older = HashMap::from([(first[2].dataset.clone(), old)]);
    let body = projection.write(&member().id, &next, &older, &Triples::default(), Format::Turtle).unwrap();
    let turtle = String::from_utf8(body).unwrap();
    assert!(turtle.contains("distribués, 1.") && !turtle.contains("9000") && !turtle.contains("urn:d:45"));
    // A page that was chosen before a change is not written after it.
    projection.put(&member(), &revision("urn:d:5", 9_002, "ouvert"));
    let late = projection.write(&member().id, &next, &older, &Triples::default(), Format::Turtle);
    assert!(matches!(late, Err(Error::Changed)));
    // Much later the newest is shown.
    let later = NOW.plus_seconds(2 * SNAPSHOT);
    let from = begun.next.as_ref();
    let slice = projection.slice(&member().id, Asker::Anonymous, Subset::default(), from, 10, later).unwrap();
    assert!(slice.seen.iter().all(|seen| !seen.changed));
}

/// What happens to what an asker may not know of changes nothing that it is given.
#[test]
fn what_is_hidden_leaves_no_trace() {
    let projection = projection(&[
        revision("urn:d:1", 1, "ouvert"),
        revision("urn:d:2", 1, "invisible"),
        revision("urn:d:3", 1, "partenaires_nommes"),
    ]);
    let said = |asker| {
        let slice = slice(&projection, asker, None, 10);
        (slice.tag(""), slice.at)
    };
    let partner = ParticipantId::did("did:web:epci.example").unwrap();
    let before = (said(Asker::Anonymous), said(Asker::Participant(&partner)));
    projection.put(&member(), &revision("urn:d:2", 2, "invisible"));
    assert_eq!((said(Asker::Anonymous), said(Asker::Participant(&partner))), before);
    projection.put(&member(), &revision("urn:d:3", 2, "partenaires_nommes"));
    assert_eq!(said(Asker::Anonymous), before.0, "the title is the same, the rest is for partners");
    assert_ne!(said(Asker::Participant(&partner)), before.1);
    projection.put(&member(), &revision("urn:d:1", 2, "ouvert"));
    assert_ne!(said(Asker::Anonymous), before.0);
}

#[test]
fn the_open_subset_and_what_is_new() {
    let projection = projection(&[
        revision("urn:d:1", 1, "ouvert"),
        revision("urn:d:2", 5, "ouvert"),
        revision("urn:d:3", 9, "ouvert_identifie"),
    ]);
    let of = |subset| {
        let slice = projection.slice(&member().id, Asker::Anonymous, subset, None, 10, NOW).unwrap();
        (ids(&slice).join(" "), slice.at.millis())
    };
    assert_eq!(of(Subset { open: true, since: None }), ("urn:d:1 urn:d:2".into(), 5000));
    assert_eq!(of(Subset { open: true, since: Some(Timestamp(1000)) }), ("urn:d:2".into(), 5000));
    assert_eq!(of(Subset { open: false, since: Some(Timestamp(5000)) }), ("urn:d:3".into(), 9000));
}

#[test]
fn an_offer_that_ends_is_left_out_when_it_has() {
    let mut value =
        serde_json::to_value(&revision("urn:d:1", 1, "ouvert").described().unwrap().description).unwrap();
    value["offers"] = json!([{"id": "urn:o:1", "policy": {"permission": [{"action": "use", "constraint": [
        {"leftOperand": "dateTime", "operator": "lteq", "rightOperand": "1970-01-02T00:00:00Z"}]}]}}]);
    let described = describe(read(&value).unwrap(), None, || OfferId::parse("x").unwrap()).unwrap();
    let content = Content::Described(Box::new(described));
    let projection = projection(&[Revision { content, ..revision("urn:d:1", 1, "ouvert") }]);
    let at = |now| {
        let subset = Subset::default();
        let slice = projection.slice(&member().id, Asker::Anonymous, subset, None, 10, now).unwrap();
        (slice.seen[0].parts.offers.len(), slice.is_still())
    };
    assert_eq!(at(Timestamp(0)), (1, false));
    assert_eq!(at(Timestamp::from_seconds(2 * 86_400)), (0, false));
    let _: Value = value;
}
