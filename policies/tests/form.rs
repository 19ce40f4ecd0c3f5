//! A policy as a form, and back: the same meaning; what a form cannot hold, or does not understand, is named.

#![allow(clippy::unwrap_used, reason = "a test stops where it is surprised")]

mod random;

use contracts::odrl::Policy;
use policies::compare::{Knowledge, compare};
use policies::form::field::{FIELDS, Field, Place, choices};
use policies::{Form, Sheet, Verdict, compile, decide, model, plain};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use ontology::Lang;
use random::{ACTIONS, facts, policy, request};

fn general(policy: &Value) -> model::Policy {
    model::first(policy.to_string().as_bytes()).unwrap()
}

/// What a person would send back.
fn sent(form: &Form) -> Form {
    serde_json::from_str(&serde_json::to_string(form).unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_form_makes_the_same_policy_again(policy in policy(), action in select(&ACTIONS[..]), facts in facts()) {
        let own = general(&policy);
        let form = sent(&Form::of(&own).unwrap());
        let made = form.make().unwrap();
        let again = general(&made);
        prop_assert!(own.same(&again), "{policy:#}\n{made:#}");
        let compared = compare(&own, &again, &Knowledge::default());
        prop_assert_eq!((compared.first_within, compared.second_within), (Verdict::Satisfied, Verdict::Satisfied));
        let decided = |policy: &Value| {
            let compiled = compile(&Policy::try_from(policy.clone()).unwrap()).unwrap();
            decide(&compiled, &request(action), &facts).is_permit()
        };
        prop_assert_eq!(decided(&policy), decided(&made));
        // The form of what was made is that form.
        prop_assert_eq!(Form::of(&again).unwrap(), form);
        for lang in [Lang::Fr, Lang::En] {
            prop_assert!(Sheet::of(&own, lang).unwrap().text.contains("E1"));
        }
    }
}

#[test]
fn usual_conditions_have_fields_of_their_own() {
    let policy = json!({"@type": "Offer", "@id": "urn:offer", "permission": [{
        "action": "use", "duty": [{"action": "obtainConsent"}], "constraint": [
            {"leftOperand": "dateTime", "operator": "lteq", "rightOperand": "2027-12-31"},
            {"leftOperand": "recipient", "operator": "eq", "rightOperand": "did:web:b.example"},
            {"leftOperand": "purpose", "operator": "isAnyOf", "rightOperand": ["recherche", "controle"]},
            {"leftOperand": "fiducie:processingPlace", "operator": "isNoneOf", "rightOperand": ["US", "CN"]},
            {"leftOperand": "fiducie:governingLaw", "operator": "isPartOf", "rightOperand": "EU"},
            {"leftOperand": "count", "operator": "lteq", "rightOperand": 12},
            {"leftOperand": "elapsedTime", "operator": "lteq", "rightOperand": "P30D"},
            {"or": [
                {"leftOperand": "purpose", "operator": "isA", "rightOperand": "recherche"},
                {"leftOperand": "dateTime", "operator": "gt", "rightOperand": "2027-06-30"}]}]}],
        "prohibition": [{"action": "distribute"}]});
    let form = Form::of(&general(&policy)).unwrap();
    let rule = &form.rules[0];
    assert_eq!(
        (rule.rule.as_str(), rule.who.as_slice()),
        ("permission", &["did:web:b.example".to_owned()][..])
    );
    assert_eq!(
        (rule.until.as_deref(), rule.count, rule.within.as_deref()),
        (Some("2027-12-31"), Some(12), Some("P30D"))
    );
    assert_eq!(
        (rule.purposes.len(), rule.except_places.len(), rule.laws.len(), rule.duties.len()),
        (2, 2, 1, 1)
    );
    // What is combined stands in rows, which name the row that combines them.
    let rows: Vec<_> = rule.conditions.iter().map(|row| (row.is.as_str(), row.part_of)).collect();
    assert_eq!(rows, [("or", None), ("isA", Some(1)), ("gt", Some(1))]);
    assert_eq!(form.rules[1].rule, "prohibition");
}

/// Everything that ODRL has beyond what a node signs.
const WHOLE: &str = r#"
    @prefix odrl: <http://www.w3.org/ns/odrl/2/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
    <urn:p> a odrl:Agreement ; odrl:conflict odrl:perm ; odrl:profile <https://w3id.org/fiducie/profile/1> ;
        odrl:permission <urn:r> , [ odrl:target <urn:b> ; odrl:action odrl:read , odrl:play ; odrl:duty <urn:d> ] ;
        odrl:obligation [ odrl:action odrl:delete ; odrl:constraint [
            odrl:leftOperand odrl:delayPeriod ; odrl:operator odrl:lteq ; odrl:rightOperand "P1M"^^xsd:duration ] ] ;
        odrl:prohibition [ odrl:action odrl:sell ; odrl:remedy [ odrl:action odrl:inform ] ] .
    <urn:r> odrl:target [ a odrl:AssetCollection ; odrl:source <urn:all> ; odrl:refinement [
            odrl:leftOperand odrl:fileFormat ; odrl:operator odrl:isAnyOf ; odrl:rightOperand "csv" , "json"@fr ] ] ;
        odrl:assignee <urn:group> ; odrl:duty <urn:d> ;
        odrl:action [ rdf:value odrl:print ; odrl:refinement [ odrl:leftOperand odrl:resolution ;
            odrl:operator odrl:lteq ; odrl:rightOperand "1200"^^xsd:integer ; odrl:unit <http://dbpedia.org/resource/Dots_per_inch> ] ] ;
        odrl:constraint [ odrl:andSequence (
            [ odrl:leftOperand odrl:event ; odrl:operator odrl:eq ; odrl:rightOperand <urn:e:1> ]
            [ odrl:leftOperand odrl:event ; odrl:operator odrl:gt ; odrl:rightOperandReference "https://x.example/e" ] ) ] .
    <urn:group> a odrl:PartyCollection ; odrl:partOf <urn:everybody> .
    <urn:d> odrl:action odrl:compensate ; odrl:constraint [ odrl:leftOperand odrl:payAmount ; odrl:operator odrl:eq ;
            odrl:rightOperand "5.00"^^xsd:decimal ] ; odrl:consequence [ odrl:action odrl:inform ] .
"#;

#[test]
fn all_of_odrl_has_a_place_and_words() {
    let own = model::first(WHOLE.as_bytes()).unwrap();
    let form = sent(&Form::of(&own).unwrap());
    let made = form.make().unwrap();
    assert!(own.same(&general(&made)), "{made:#}");
    for (lang, words) in [
        (Lang::Fr, ["Autorisation", "Réparation", "À défaut", "résolution", "montant à payer", "membre de"]),
        (Lang::En, ["Permission", "Remedy", "Failing that", "resolution", "amount to pay", "a member of"]),
    ] {
        let text = plain(&own, lang);
        words.iter().for_each(|word| assert!(text.contains(word), "{word}: {text}"));
        let sheet = Sheet::of(&own, lang).unwrap();
        assert!(!sheet.faults.is_empty() && sheet.clauses.is_empty() && sheet.policy["@context"].is_string());
    }
}

#[test]
fn another_policy_is_not_the_same() {
    let own = model::first(WHOLE.as_bytes()).unwrap();
    for (from, to) in [
        ("\"1200\"", "\"1201\""),
        ("odrl:conflict odrl:perm ;", ""),
        ("urn:all", "urn:some"),
        ("<urn:e:1>", "\"urn:e:2\""),
        ("odrl:remedy [ odrl:action odrl:inform ]", "odrl:target <urn:c>"),
        ("odrl:partOf <urn:everybody>", "odrl:partOf <urn:nobody>"),
        ("odrl:read , odrl:play", "odrl:read"),
    ] {
        let changed = WHOLE.replace(from, to);
        assert_ne!(changed, WHOLE, "{from}");
        assert!(!own.same(&model::first(changed.as_bytes()).unwrap()), "{from}");
    }
}

#[test]
fn what_is_not_understood_is_named_by_its_clause() {
    for (from, to, clause) in [
        ("odrl:delayPeriod ;", "odrl:delayPeriod ; <urn:own> 1 ;", "/obligation/0/constraint/0"),
        (
            "odrl:operator odrl:eq ; odrl:rightOperand <urn:e:1>",
            "odrl:operator <urn:near> ; odrl:rightOperand 1",
            "/permission/0/constraint/0/andSequence/0",
        ),
        ("<urn:p> a odrl:Agreement", "<urn:p> odrl:wish 1 ; a odrl:Agreement", ""),
        ("rdf:value odrl:print ;", "rdf:value odrl:print ; odrl:speed 1 ;", "/permission/0/action"),
    ] {
        let changed = WHOLE.replace(from, to);
        assert_ne!(changed, WHOLE, "{from}");
        let faults = Form::of(&model::first(changed.as_bytes()).unwrap()).unwrap_err();
        assert!(faults.iter().any(|fault| fault.pointer == clause), "{from}: {faults:?}");
    }
}

#[test]
fn a_form_that_is_wrong_is_told_where() {
    let rule = |rule: Value| json!({"rules": [rule]});
    for (form, at) in [
        (json!({"form": 9, "rules": []}), "/form"),
        (json!({"conflict": "mine", "rules": []}), "/conflict"),
        (rule(json!({"rule": "wish"})), "/rules/0/rule"),
        (rule(json!({"rule": "duty", "actions": ["inform"]})), "/rules/0/under"),
        (rule(json!({"rule": "duty", "under": 1, "actions": ["inform"]})), "/rules/0/under"),
        (rule(json!({"rule": "permission", "under": 1})), "/rules/0/under"),
        (rule(json!({"rule": "permission", "conditions": [{"is": "or"}]})), "/rules/0/conditions/0"),
        (
            rule(
                json!({"rule": "permission", "conditions": [{"about": "count", "is": "near", "values": ["1"]}]}),
            ),
            "/rules/0/conditions/0/is",
        ),
        (
            rule(
                json!({"rule": "permission", "conditions": [{"about": "count", "is": "lt", "part_of": 1, "values": ["1"]}]}),
            ),
            "/rules/0/conditions/0/part_of",
        ),
        (
            rule(json!({"rule": "permission", "conditions": [{"is": "lt", "values": ["1"]}]})),
            "/rules/0/conditions/0",
        ),
    ] {
        let form: Form = serde_json::from_value(form).unwrap();
        let faults = form.make().unwrap_err();
        assert_eq!(faults[0].pointer, at, "{faults:?}");
    }
    assert!(serde_json::from_value::<Form>(json!({"rule": []})).is_err());
    assert!(serde_json::from_value::<Form>(rule(json!({"rule": "permission", "colour": "red"}))).is_err());
}

#[test]
fn every_field_has_its_words() {
    let own = model::first(WHOLE.as_bytes()).unwrap();
    let form = serde_json::to_value(Form::of(&own).unwrap()).unwrap();
    let known = |place: Place, value: &Value| {
        for key in value.as_object().unwrap().keys() {
            assert!(Field::find(place, key).is_some(), "{key}");
        }
    };
    known(Place::Policy, &form);
    for rule in form["rules"].as_array().unwrap() {
        known(Place::Rule, rule);
        for row in rule["conditions"].as_array().unwrap_or(&Vec::new()) {
            known(Place::Condition, row);
        }
    }
    for field in FIELDS {
        let words = [Lang::Fr, Lang::En].map(|lang| field.help(lang));
        assert!(words.iter().all(|word| !word.is_empty()), "{}", field.key);
        let [fr, en] = [Lang::Fr, Lang::En].map(|lang| choices(field, lang));
        let values =
            |list: &[policies::form::field::Choice]| list.iter().map(|c| c.value.clone()).collect::<Vec<_>>();
        assert_eq!(values(&fr), values(&en));
        assert!(fr.iter().chain(&en).all(|choice| !choice.label.is_empty()));
    }
}
