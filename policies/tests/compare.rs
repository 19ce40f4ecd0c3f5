//! What a comparison says holds in every world: random pairs, each looked at in many random worlds.

#![allow(clippy::unwrap_used, reason = "a test stops where it is surprised")]

mod random;

use contracts::odrl::Policy;
use ontology::Lang;
use policies::compare::{Comparison, Knowledge, Relation, compare};
use policies::explain::{self, Names};
use policies::{Facts, Verdict, compile, decide, model};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use random::{ACTIONS, constraint, facts, permission, policy, prohibition, request};

fn general(policy: &Value) -> model::Policy {
    let document = model::dsp(&Policy::try_from(policy.clone()).unwrap()).unwrap();
    let written = model::read(&document).unwrap();
    model::atomic(&written[0], &written).unwrap()
}

fn compared(first: &Value, second: &Value) -> Comparison {
    compare(&general(first), &general(second), &Knowledge::default())
}

/// Two policies that have something to do with each other, or not.
fn pair() -> BoxedStrategy<(Value, Value)> {
    let narrower = (policy(), constraint()).prop_map(|(first, more)| {
        let mut second = first.clone();
        for rule in second["permission"].as_array_mut().unwrap() {
            rule["constraint"].as_array_mut().unwrap().push(more.clone());
        }
        (first, second)
    });
    let forbidding = (policy(), prohibition()).prop_map(|(first, more)| {
        let mut second = first.clone();
        second["prohibition"].as_array_mut().unwrap().push(more);
        (first, second)
    });
    let wider = (policy(), permission()).prop_map(|(first, more)| {
        let mut second = first.clone();
        second["permission"].as_array_mut().unwrap().push(more);
        (first, second)
    });
    let related = prop_oneof![narrower, forbidding, wider];
    let turned = (related, any::<bool>()).prop_map(|((a, b), turn)| if turn { (b, a) } else { (a, b) });
    let one = (constraint(), constraint()).prop_map(|(a, b)| {
        let policy = |c: Value| json!({"@id": "p", "permission": [{"action": "use", "constraint": [c]}]});
        (policy(a), policy(b))
    });
    prop_oneof![2 => turned, 1 => (policy(), policy()), 2 => one].boxed()
}

/// One number of uses, whichever rule counts them: the comparison speaks of accesses, not of counters.
fn counted(mut facts: Facts) -> Facts {
    if let Some(counts) = &mut facts.counts {
        let used = counts.values().next().copied().unwrap_or(0);
        *counts = (0..5).map(|rule| (format!("/permission/{rule}"), used)).collect();
    }
    if let Some(done) = &mut facts.fulfilled
        && let Some(first) = done.first().cloned()
    {
        let duty = |rule| policies::Fulfilled { duty: format!("/permission/{rule}/duty/0"), ..first.clone() };
        *done = (0..5).map(duty).collect();
    }
    facts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_comparison_holds_in_every_world(
        (first, second) in pair(),
        worlds in vec((facts(), select(&ACTIONS[..])), 30),
    ) {
        let compared = compared(&first, &second);
        let compiled = |policy: &Value| compile(&Policy::try_from(policy.clone()).unwrap()).unwrap();
        let (one, two) = (compiled(&first), compiled(&second));
        for (facts, action) in worlds {
            let facts = counted(facts);
            let request = request(action);
            let by_first = decide(&one, &request, &facts).is_permit();
            let by_second = decide(&two, &request, &facts).is_permit();
            let told = || format!("{compared:?}\n{first:#}\n{second:#}\n{facts:?} {action}");
            prop_assert!(!by_second || by_first || compared.second_within != Verdict::Satisfied, "{}", told());
            prop_assert!(!by_first || by_second || compared.first_within != Verdict::Satisfied, "{}", told());
            prop_assert!(!(by_first && by_second) || compared.together != Verdict::Unsatisfied, "{}", told());
        }
    }

    #[test]
    fn a_policy_refines_itself_and_what_it_was_narrowed_from(first in policy(), more in constraint()) {
        prop_assert_eq!(compared(&first, &first).second_within, Verdict::Satisfied);
        let mut second = first.clone();
        for rule in second["permission"].as_array_mut().unwrap() {
            rule["constraint"].as_array_mut().unwrap().push(more.clone());
        }
        let found = compared(&first, &second).second_within;
        prop_assert_ne!(found, Verdict::Unsatisfied, "{:#}\n{:#}", first, second);
    }
}

fn permits(constraint: Value) -> Value {
    json!({"@id": "p", "permission": [{"action": "use", "constraint": constraint}]})
}

fn condition(left: &str, operator: &str, right: Value) -> Value {
    json!({"leftOperand": left, "operator": operator, "rightOperand": right})
}

#[test]
fn verdicts_of_an_offer_and_a_request() {
    let purpose = |one: &str| condition("purpose", "isA", json!(one));
    let until = |date: &str| condition("dateTime", "lteq", json!(date));
    let place = |code: &str| condition("fiducie:processingPlace", "isPartOf", json!(code));
    let count = |most: u8| condition("count", "lteq", json!(most));
    for (first, second, expected) in [
        (
            json!([purpose("eau_assainissement")]),
            json!([purpose("gestion_ressource_eau")]),
            Relation::Refines,
        ),
        (
            json!([purpose("gestion_ressource_eau")]),
            json!([purpose("eau_assainissement")]),
            Relation::Subsumed,
        ),
        (json!([purpose("eau_assainissement")]), json!([purpose("recherche")]), Relation::Conflict),
        (json!([until("2027-12-31")]), json!([until("2027-12-31T23:59:59Z")]), Relation::Refines),
        (json!([until("2027-12-31")]), json!([until("2028-01-01")]), Relation::Subsumed),
        (
            json!([until("2027-01-01")]),
            json!([condition("dateTime", "gteq", json!("2027-01-02"))]),
            Relation::Conflict,
        ),
        (json!([place("EU")]), json!([place("FR")]), Relation::Refines),
        (json!([place("EU")]), json!([place("US")]), Relation::Conflict),
        (json!([place("FR")]), json!([place("EU")]), Relation::Subsumed),
        (json!([count(3)]), json!([count(2)]), Relation::Refines),
        (json!([until("2027-12-31"), count(3)]), json!([until("2027-12-31")]), Relation::Subsumed),
        // Each says something of which the other is silent.
        (
            json!([until("2027-12-31"), count(3)]),
            json!([until("2027-12-31"), place("FR")]),
            Relation::Unknown,
        ),
        (
            json!([until("2027-12-31"), condition("dateTime", "gteq", json!("2027-01-01"))]),
            json!([until("2028-12-31"), condition("dateTime", "gteq", json!("2027-06-01"))]),
            Relation::Compatible,
        ),
        // A month may be shorter or longer than thirty days.
        (
            json!([condition("elapsedTime", "lteq", json!("P1M"))]),
            json!([condition("elapsedTime", "lteq", json!("P30D"))]),
            Relation::Unknown,
        ),
        (
            json!([condition("elapsedTime", "lteq", json!("P1M"))]),
            json!([condition("elapsedTime", "lteq", json!("P20D"))]),
            Relation::Refines,
        ),
    ] {
        let found = compared(&permits(first.clone()), &permits(second.clone()));
        assert_eq!(found.relation(), expected, "{first} {second} {found:?}");
    }
}

#[test]
fn a_prohibition_and_a_duty_count() {
    let free = permits(json!([]));
    let mut forbidding = free.clone();
    forbidding["prohibition"] = json!([{"action": "distribute"}]);
    assert_eq!(compared(&free, &forbidding).relation(), Relation::Refines);
    assert_eq!(compared(&forbidding, &free).relation(), Relation::Subsumed);
    let mut owing = free.clone();
    owing["permission"][0]["duty"] = json!([{"action": "obtainConsent"}]);
    assert_eq!(compared(&free, &owing).relation(), Relation::Refines);
    let mut obliged = free.clone();
    obliged["obligation"] = json!([{"action": "delete"}]);
    assert_eq!(compared(&free, &obliged).relation(), Relation::Refines);
    assert_ne!(compared(&obliged, &free).relation(), Relation::Refines);
    let mut other = free.clone();
    other["target"] = json!("urn:another");
    let mut own = free.clone();
    own["target"] = json!("urn:own");
    assert_eq!(compared(&own, &other).relation(), Relation::Conflict);
    // What is not understood is within nothing, and nothing is known of it.
    let mut strange = own.clone();
    strange["permission"][0]["constraint"] = json!([condition("ex:mood", "eq", json!("good"))]);
    strange["permission"][0]["constraint"][0]["ex:more"] = json!("x");
    assert_eq!(compared(&own, &strange).relation(), Relation::Refines);
    own["permission"][0]["constraint"] = json!([condition("count", "lteq", json!(2))]);
    assert_eq!(compared(&strange, &own).relation(), Relation::Unknown);
}

#[test]
fn two_permissions_that_count_are_not_within_one() {
    let rule = |most: u8| json!({"action": "use", "constraint": [condition("count", "lteq", json!(most))]});
    let policy = |rules: Value| json!({"@id": "p", "permission": rules});
    let once = policy(json!([rule(3)]));
    for twice in [policy(json!([rule(3), rule(3)])), policy(json!([rule(3), rule(2)]))] {
        assert_eq!(compared(&once, &twice).second_within, Verdict::Unknown);
        assert_eq!(compared(&twice, &once).second_within, Verdict::Satisfied);
        assert_eq!(compared(&twice, &twice).relation(), Relation::Refines);
    }
}

#[test]
fn a_sentence_names_the_clause_and_both_values() {
    let until = |date: &str| permits(json!([condition("dateTime", "lteq", json!(date))]));
    let from = permits(json!([condition("dateTime", "gteq", json!("2028-02-01"))]));
    let names = |lang: Lang| Names {
        first: lang.pick("l'offre", "the offer"),
        second: lang.pick("la demande", "the request"),
    };
    let said = |one: &Value, two: &Value, lang: Lang| {
        explain::comparison(&compared(one, two), names(lang), lang).join("\n")
    };
    assert_eq!(
        said(&until("2027-12-31"), &from, Lang::Fr),
        "Conflit : aucun accès n'est autorisé à la fois par l'offre et par la demande.\n\
         l'offre, /permission/0/constraint/0 : « date (UTC) : jusqu'au 2027-12-31 inclus » ; la demande, \
         /permission/0/constraint/0 : « date (UTC) : à partir du 2028-02-01 » (jamais ensemble)."
    );
    assert_eq!(
        said(&until("2027-12-31"), &until("2028-12-31"), Lang::En),
        "Wider: the request permits all that the offer permits, and more.\n\
         the offer, /permission/0/constraint/0: « date (UTC): until 2027-12-31 included »; the request, \
         /permission/0/constraint/0: « date (UTC): until 2028-12-31 included » (one permits more than the other)."
    );
}
