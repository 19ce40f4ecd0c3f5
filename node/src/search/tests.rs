use contracts::id::{MemberId, OfferId, ParticipantId};
use serde_json::{Value, json};

use super::*;
use crate::domain::dataset::Content;
use crate::domain::publication::{describe, read};

const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn member() -> MemberId {
    MemberId::parse("m").unwrap()
}

fn revision(id: &str, number: i64, more: Value) -> Revision {
    let mut value = json!({
        "title": "Jeu", "description": "Un jeu de données.", "theme": "ENVI",
        "location": {"kind": "commune", "code": "35238"}, "format": "CSV",
        "granularity": {"level": "commune"}, "frequency": "DAILY", "producer": {"name": "Rennes"},
        "status": "interet_general", "licence": "LO-2.0", "rung": "ouvert", "source": {"file": "a.csv"},
    });
    value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let rung = value["rung"].as_str().unwrap();
    if matches!(rung, "existence_seule" | "invisible") {
        value.as_object_mut().unwrap().remove("source");
    } else {
        let constraint =
            json!([{"leftOperand": "recipient", "operator": "eq", "rightOperand": "did:web:epci.example"}]);
        value["offers"] = json!([{"id": format!("urn:offer:{id}"),
            "policy": {"permission": [{"action": "use", "constraint": constraint}]}}]);
    }
    let described = describe(read(&value).unwrap(), None, || OfferId::parse("x").unwrap()).unwrap();
    let content = Content::Described(Box::new(described));
    Revision {
        dataset: DatasetId::parse(id).unwrap(),
        number,
        digest: String::new(),
        at: NOW,
        issued: NOW,
        content,
    }
}

fn find(search: &Search, asker: Asker<'_>, question: &Question) -> Found {
    search.find(&member(), asker, |_| true, question, NOW, (0, 50))
}
fn ids(search: &Search, asker: Asker<'_>, text: &str) -> Vec<String> {
    find(search, asker, &Question { text: text.into(), ..Question::default() })
        .ids()
        .map(ToString::to_string)
        .collect()
}

fn catalogue() -> Search {
    let search = Search::default();
    let all = [
        ("urn:d:eau", json!({"title": "Consommation d'eau potable", "keywords": ["distribution"]})),
        ("urn:d:elec", json!({"title": "Consommation d'électricité", "theme": "ENER"})),
        (
            "urn:d:velo",
            json!({"title": "Comptages vélo", "description": "Passages, dont l'eau de pluie.",
            "location": {"kind": "departement", "code": "35"}}),
        ),
        (
            "urn:d:secret",
            json!({"title": "Captages d'eau vulnérables", "rung": "partenaires_nommes",
            "description": "Inventaire confidentiel des forages."}),
        ),
        ("urn:d:ombre", json!({"title": "Forages d'eau cachés", "rung": "invisible"})),
    ];
    for (id, more) in all {
        search.put(&member(), &revision(id, 1, more));
    }
    search
}

#[test]
fn words_are_found_whatever_their_form_and_the_best_comes_first() {
    let search = catalogue();
    let anybody = |text: &str| ids(&search, Asker::Anonymous, text);
    assert_eq!(anybody("consommations EAU"), ["urn:d:eau"]);
    assert_eq!(anybody("electricite"), ["urn:d:elec"]);
    assert_eq!(anybody("eau").last().map(String::as_str), Some("urn:d:velo"), "in passing, last");
    assert_eq!(anybody("distribtuion"), ["urn:d:eau"], "a swap");
    assert!(anybody("zzzzzz").is_empty());
    let found =
        find(&search, Asker::Anonymous, &Question { text: "electrcité".into(), ..Question::default() });
    assert_eq!(found.corrections, [("electrcité".to_owned(), vec!["électricité".to_owned()])]);
}

#[test]
fn who_may_not_know_gets_no_word_no_count_and_no_correction() {
    let search = catalogue();
    let partner = ParticipantId::did("did:web:epci.example").unwrap();
    for text in ["forages", "forage", "inventaire confidentiel", "foragse", "cachés"] {
        assert!(ids(&search, Asker::Anonymous, text).is_empty(), "{text}");
    }
    assert_eq!(ids(&search, Asker::Participant(&partner), "foragse"), ["urn:d:secret"]);
    assert_eq!(ids(&search, Asker::Member, "forages"), ["urn:d:ombre", "urn:d:secret"]);
    // The title of a dataset whose existence is announced is found; its description, status and place are not.
    assert_eq!(ids(&search, Asker::Anonymous, "captages"), ["urn:d:secret"]);
    let found = find(&search, Asker::Anonymous, &Question { text: "captages".into(), ..Question::default() });
    assert_eq!(found.facets.keys().copied().collect::<Vec<_>>(), ["producer", "rung", "theme"]);
    assert!(found.hits[0].full.is_none());
}

/// Every answer is the same as if what its asker may not know of were not there.
#[test]
fn what_is_hidden_changes_nothing() {
    let (with, without) = (catalogue(), Search::default());
    for (id, more) in [
        (
            "urn:d:velo",
            json!({"title": "Comptages vélo", "description": "Passages, dont l'eau de pluie.",
            "location": {"kind": "departement", "code": "35"}}),
        ),
        (
            "urn:d:secret",
            json!({"title": "Captages d'eau vulnérables", "rung": "partenaires_nommes",
            "description": "Autre chose."}),
        ),
        ("urn:d:elec", json!({"title": "Consommation d'électricité", "theme": "ENER"})),
        ("urn:d:eau", json!({"title": "Consommation d'eau potable", "keywords": ["distribution"]})),
    ] {
        without.put(&member(), &revision(id, 1, more));
    }
    for text in ["", "eau", "forage", "eua", "consommation", "captage eau", "passage forage"] {
        let question = Question { text: text.into(), ..Question::default() };
        assert_eq!(
            find(&with, Asker::Anonymous, &question),
            find(&without, Asker::Anonymous, &question),
            "{text}"
        );
    }
}

#[test]
fn filters_narrow_and_places_lie_in_each_other() {
    let search = catalogue();
    let with = |kind: &'static str, value: &str| {
        let filters = [(kind, vec![value.to_owned()])].into();
        find(&search, Asker::Anonymous, &Question { filters, ..Question::default() })
    };
    assert_eq!(with("theme", "ENER").total, 1);
    assert_eq!(with("commune", "35238").total, 2);
    assert_eq!(with("departement", "35").total, 3);
    assert_eq!(with("region", "53").total, 3);
    assert_eq!(with("region", "84").total, 0);
    assert_eq!(with("rung", "invisible").total, 0);
    assert_eq!(with("freshness", "7d").total, 3);
    let near = Question { near: Some(("35047".into(), 0.0)), ..Question::default() };
    assert_eq!(
        find(&search, Asker::Anonymous, &near).ids().map(DatasetId::as_str).collect::<Vec<_>>(),
        ["urn:d:velo"]
    );
}

#[test]
fn a_revision_replaces_and_a_tombstone_removes() {
    let search = catalogue();
    search.put(&member(), &revision("urn:d:eau", 2, json!({"title": "Réseau de chaleur"})));
    search.put(&member(), &revision("urn:d:eau", 1, json!({"title": "Ancien"})));
    assert!(ids(&search, Asker::Anonymous, "potable").is_empty());
    assert_eq!(ids(&search, Asker::Anonymous, "chaleur"), ["urn:d:eau"]);
    let stone = Revision { content: Content::Tombstone, ..revision("urn:d:eau", 3, json!({})) };
    search.put(&member(), &stone);
    assert!(ids(&search, Asker::Member, "chaleur").is_empty());
    assert!(ids(&search, Asker::Member, "chaleru").is_empty(), "a word that is gone is no correction");
}
