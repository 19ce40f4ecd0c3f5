//! A refusal names its causes, in the reader's language, and nothing that is no cause.

#![allow(clippy::unwrap_used, reason = "a test stops where it is surprised")]

use contracts::odrl::Policy;
use ontology::Lang;
use policies::{Facts, Request, compile, decide, explain};
use serde_json::{Value, json};

fn sentences(policy: Value, facts: Value, lang: Lang) -> Vec<String> {
    let compiled = compile(&Policy::try_from(policy).unwrap()).unwrap();
    let facts: Facts = serde_json::from_value(facts).unwrap();
    explain::decision(&decide(&compiled, &Request::read("urn:uuid:1"), &facts), lang)
}

fn policy() -> Value {
    let purpose = |operator, code| {
        json!({"leftOperand": "purpose", "operator": operator,
            "rightOperand": format!("https://w3id.org/fiducie/purposes#{code}")})
    };
    let end = json!({"leftOperand": "dateTime", "operator": "lteq", "rightOperand": "2027-12-31"});
    let place =
        json!({"leftOperand": "fiducie:processingPlace", "operator": "isPartOf", "rightOperand": "EU"});
    json!({"@id": "p", "permission": [{"action": "use", "constraint": [
        purpose("isA", "eau_assainissement"), end, {"or": [place, purpose("eq", "performance_reseau_eau")]}]}]})
}

#[test]
fn a_refusal_names_the_clause_and_both_values() {
    let facts = json!({"v": 1, "now": "2027-06-01T00:00:00Z",
        "purpose": "https://w3id.org/fiducie/purposes#publicite",
        "processingPlace": {"value": "US", "level": "declared"}});
    assert_eq!(
        sentences(policy(), facts.clone(), Lang::Fr),
        [
            "Accès refusé.",
            "Condition non respectée : finalité : Eau et assainissement (eau_assainissement) (ou compris dedans) ; \
             constaté : Publicité (publicite) (/permission/0/constraint/0).",
            "Conditions combinées non réunies : au moins l'un de (/permission/0/constraint/2/or).",
            "Condition non respectée : lieu de traitement : EU (ou compris dedans) ; constaté : US (déclaré) \
             (/permission/0/constraint/2/or/0).",
            "Condition non respectée : finalité : Performance et fuites du réseau d'eau (performance_reseau_eau) \
             (ou compris dedans) ; constaté : Publicité (publicite) (/permission/0/constraint/2/or/1).",
        ]
    );
    assert_eq!(
        sentences(policy(), facts, Lang::En)[1],
        "Condition not met: purpose: Water and sanitation (eau_assainissement) (or within it); \
         found: Advertising (publicite) (/permission/0/constraint/0)."
    );
}

#[test]
fn what_does_not_refuse_is_not_told() {
    let mut policy = policy();
    let unknown = json!({"leftOperand": "recipient", "operator": "eq", "rightOperand": "did:web:a.example"});
    let past = json!({"leftOperand": "dateTime", "operator": "lt", "rightOperand": "2020-01-01"});
    policy["prohibition"] = json!([{"action": "use", "constraint": [past, unknown]}]);
    let facts = json!({"v": 1, "now": "2028-01-01T00:00:00Z",
        "purpose": "https://w3id.org/fiducie/purposes#performance_reseau_eau"});
    let told = sentences(policy, facts, Lang::En);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[1].contains("until 2027-12-31 included; found: 2028-01-01T00:00:00Z"), "{told:?}");
}

#[test]
fn a_stranger_cannot_write_lines_of_ours() {
    let facts = json!({"v": 1, "now": "2027-06-01T00:00:00Z", "purpose": "x\nAccess permitted.\u{1b}[2J"});
    for sentence in sentences(policy(), facts, Lang::En) {
        assert!(!sentence.contains(|c: char| c.is_control()), "{sentence:?}");
    }
}
