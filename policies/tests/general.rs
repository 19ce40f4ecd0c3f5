//! The decision of the node is the evaluation of the whole language on what a node knows: both say the same.

#![allow(clippy::unwrap_used, reason = "a test stops where it is surprised")]

mod random;

use contracts::odrl::Policy;
use policies::evaluation::{Event, World, evaluate, report, report_text};
use policies::{Facts, Verdict, compile, decide, model};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use random::{ACTIONS, PARTIES, facts, policy, request};

/// The policy read as RDF from the form in which it travels.
fn general(policy: &Policy) -> model::Policy {
    let document = model::dsp(policy).unwrap();
    let written = model::read(&document).unwrap();
    assert!(written[0].unknown.is_empty(), "{:?}", written[0].unknown);
    model::atomic(&written[0], &written).unwrap()
}

fn event(action: &str, target: Option<&str>) -> Event {
    let action = if action.contains(':') { action.to_owned() } else { format!("odrl:{action}") };
    Event { action: Some(action), target: target.map(str::to_owned), ..Event::default() }
}

/// With a dataset and a party of the policy, or without.
fn addressed(policy: &Value, target: Option<&str>, assignee: Option<&str>) -> Policy {
    let mut policy = policy.clone();
    for (member, value) in [("target", target), ("assignee", assignee)] {
        if let Some(value) = value {
            policy[member] = json!(value);
        }
    }
    Policy::try_from(policy).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_compiled_decision_is_the_evaluation(
        policy in policy(),
        action in select(&ACTIONS[..]),
        facts in facts(),
        own in proptest::option::of(select(&["urn:a", "urn:b"][..])),
        asked in proptest::option::of(select(&["urn:a", "urn:b"][..])),
        party in proptest::option::of(select(&PARTIES[..])),
    ) {
        let policy = addressed(&policy, own, party);
        let compiled = compile(&policy).unwrap();
        let mut request = request(action);
        request.target = asked.map(str::to_owned);
        let decision = decide(&compiled, &request, &facts);
        let general = general(&policy);
        let event = event(action, asked);
        let world = World { facts, ..World::default() };
        let outcome = evaluate(&general, &event, &world);
        prop_assert_eq!(decision.is_permit(), outcome.permitted, "{:?}\n{:#?}", decision, outcome);
        // Each constraint that the decision looked at came to the same.
        for reason in decision.reasons.iter().filter(|reason| reason.operand.is_some()) {
            prop_assert_eq!(Some(reason.verdict), verdict(&outcome, &reason.pointer), "{}", &reason.pointer);
        }
        // The report is the same whenever it is written.
        let again = evaluate(&general, &event, &world);
        prop_assert_eq!(report(&outcome, None).to_string(), report(&again, None).to_string());
        prop_assert_eq!(report(&outcome, None).to_string(), report_text(&again, None));
    }
}

fn verdict(outcome: &policies::evaluation::Outcome<'_>, pointer: &str) -> Option<Verdict> {
    use policies::evaluation::Checked;
    fn find(checked: &Checked<'_>, pointer: &str) -> Option<Verdict> {
        match checked {
            Checked::Atomic { atomic, verdict, .. } if atomic.pointer == pointer => Some(*verdict),
            Checked::Logical { parts, .. } => parts.iter().find_map(|part| find(part, pointer)),
            Checked::Atomic { .. } | Checked::Unread { .. } => None,
        }
    }
    outcome.rules.iter().flat_map(|rule| &rule.constraints).find_map(|one| find(one, pointer))
}

#[test]
fn three_forms_decide_alike() {
    let dsp = json!({
        "@type": "Agreement", "@id": "urn:p", "target": "urn:d", "assigner": "did:web:a.example",
        "assignee": "did:web:b.example",
        "permission": [{"action": "use", "constraint": [
            {"leftOperand": "dateTime", "operator": "lteq", "rightOperand": "2027-12-31"},
            {"or": [
                {"leftOperand": "purpose", "operator": "isA", "rightOperand": "eau_assainissement"},
                {"leftOperand": "count", "operator": "lt", "rightOperand": 3}]}]}],
        "prohibition": [{"action": "distribute"}],
    });
    let mut json_ld = dsp.clone();
    json_ld["@context"] = json!(["http://www.w3.org/ns/odrl.jsonld"]);
    let turtle = r#"
        @prefix odrl: <http://www.w3.org/ns/odrl/2/> .
        <urn:p> a odrl:Agreement ; odrl:target <urn:d> ; odrl:assigner <did:web:a.example> ;
            odrl:assignee <did:web:b.example> ; odrl:prohibition [ odrl:action odrl:distribute ] ;
            odrl:permission [ odrl:action odrl:use ; odrl:constraint
                [ odrl:leftOperand odrl:dateTime ; odrl:operator odrl:lteq ; odrl:rightOperand "2027-12-31" ] ,
                [ odrl:or ( [ odrl:leftOperand odrl:purpose ; odrl:operator odrl:isA ;
                              odrl:rightOperand "eau_assainissement" ]
                            [ odrl:leftOperand odrl:count ; odrl:operator odrl:lt ; odrl:rightOperand 3 ] ) ] ] ."#;
    let contexts = policies::rdf::Contexts::default();
    let documents = [
        model::dsp(&Policy::try_from(dsp).unwrap()).unwrap(),
        policies::rdf::json_ld(json_ld.to_string().as_bytes(), &contexts).unwrap(),
        policies::rdf::turtle(turtle.as_bytes()).unwrap(),
    ];
    for (purpose, action, used, expected) in [
        ("eau_assainissement", "odrl:read", 9, true),
        ("recherche", "odrl:read", 1, true),
        ("recherche", "odrl:read", 2, false),
        ("eau_assainissement", "odrl:distribute", 0, false),
        ("eau_assainissement", "odrl:sell", 0, false),
    ] {
        let facts = Facts {
            now: Some(time::macros::datetime!(2027-12-31 23:59 UTC)),
            recipient: Some("did:web:b.example".to_owned()),
            purpose: Some(purpose.to_owned()),
            counts: Some([("/permission/0".to_owned(), used)].into()),
            ..Facts::default()
        };
        for document in &documents {
            let written = model::read(document).unwrap();
            let policy = model::atomic(&written[0], &written).unwrap();
            let event = Event { target: Some("urn:d".to_owned()), ..event(action, None) };
            let outcome = evaluate(&policy, &event, &World { facts: facts.clone(), ..World::default() });
            assert_eq!(outcome.permitted, expected, "{purpose} {action} {used}\n{outcome:#?}");
        }
    }
}
