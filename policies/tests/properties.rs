//! What must hold for every policy, not only for those of `cases/`.

#![allow(clippy::unwrap_used, reason = "a test stops where it is surprised")]

use contracts::odrl::{Policy, same_policy};
use policies::{
    Attestation, Charter, Declared, Facts, FirstUse, Foresight, Fulfilled, Request, compile, decide, foresee,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use time::OffsetDateTime;

const PARTIES: [&str; 3] = ["did:web:a.example", "did:web:b.example", "did:web:c.example"];
const PURPOSES: [&str; 6] = [
    "recherche",
    "recherche_commerciale",
    "usage_commercial",
    "eau_assainissement",
    "gestion_ressource_eau",
    "interet_general",
];
const PLACES: [&str; 6] = ["FR", "FR-75", "EU", "EEA", "US", "NC"];
const ACTIONS: [&str; 6] = ["use", "read", "distribute", "display", "play", "sell"];
const CHARTER: &str = "https://charte.example/donnees";

fn atomic(left: &str, operator: &str, right: Value) -> Value {
    json!({"leftOperand": left, "operator": operator, "rightOperand": right})
}

fn listed(
    left: &'static str,
    one: &'static [&'static str],
    many: &'static [&'static str],
    values: &'static [&'static str],
) -> BoxedStrategy<Value> {
    prop_oneof![
        (select(one), select(values)).prop_map(move |(operator, value)| atomic(left, operator, json!(value))),
        (select(many), vec(select(values), 1..3)).prop_map(move |(operator, values)| atomic(
            left,
            operator,
            json!(values)
        )),
    ]
    .boxed()
}

fn test() -> BoxedStrategy<Value> {
    let many: &[&str] = &["isAnyOf", "isNoneOf"];
    let place: &[&str] = &["eq", "neq", "isPartOf"];
    let dates: &[&str] = &["2027-01-10", "2027-01-20T12:00:00Z", "2027-01-30"];
    prop_oneof![
        listed("purpose", &["eq", "neq", "isA"], many, &PURPOSES),
        listed("recipient", &["eq", "neq"], many, &PARTIES),
        listed("fiducie:processingPlace", place, many, &PLACES),
        listed("fiducie:governingLaw", place, many, &PLACES),
        (select(&["eq", "neq", "lt", "lteq", "gt", "gteq"][..]), select(dates))
            .prop_map(|(operator, date)| atomic("dateTime", operator, json!(date))),
        (select(&["lt", "lteq"][..]), select(&["P1D", "P10D", "P1M"][..]))
            .prop_map(|(operator, span)| atomic("elapsedTime", operator, json!(span))),
        (select(&["eq", "gt", "gteq"][..]), 0u8..4).prop_map(|(operator, minor)| atomic(
            "fiducie:charterVersion",
            operator,
            json!(format!("{CHARTER}@1.{minor}"))
        )),
    ]
    .boxed()
}

/// Tests, and logic over them.
fn constraint() -> BoxedStrategy<Value> {
    test()
        .prop_recursive(2, 8, 3, |inner| {
            (select(&["and", "or", "xone"][..]), vec(inner, 1..4))
                .prop_map(|(operator, parts)| json!({ operator: parts }))
        })
        .boxed()
}

fn permission() -> BoxedStrategy<Value> {
    let counted = (1u8..4).prop_map(|limit| atomic("count", "lteq", json!(limit)));
    let duty = json!([{"action": "obtainConsent"}]);
    (select(&ACTIONS[..4]), vec(prop_oneof![8 => constraint(), 1 => counted], 0..4), of(Just(duty)))
        .prop_map(|(action, constraint, duty)| json!({"action": action, "constraint": constraint, "duty": duty.unwrap_or(json!([]))}))
        .boxed()
}

fn prohibition() -> BoxedStrategy<Value> {
    (select(&ACTIONS[..]), vec(constraint(), 0..3))
        .prop_map(|(action, constraint)| json!({"action": action, "constraint": constraint}))
        .boxed()
}

fn policy() -> BoxedStrategy<Value> {
    (vec(permission(), 1..4), vec(prohibition(), 0..2))
        .prop_map(|(permission, prohibition)| json!({"@id": "p", "permission": permission, "prohibition": prohibition}))
        .boxed()
}

fn at(day: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_798_761_600 + day * 86_400 + 43_200).unwrap()
}

fn facts() -> BoxedStrategy<Facts> {
    let declared = || {
        of(select(&PLACES[..])
            .prop_map(|place| Declared { value: place.into(), level: Attestation::Declared }))
    };
    let who = (of(0i64..40), of(select(&PURPOSES[..])), of(select(&PARTIES[..])), declared(), declared());
    let charter = of(vec(0u8..4, 0..2));
    let use_ = (of(Just(0i64)), of(prop_oneof![Just(None), (0i64..40).prop_map(Some)]));
    let counts = of(vec(0u64..4, 3));
    (who, charter, use_, counts, of(any::<bool>()))
        .prop_map(|((now, purpose, recipient, place, law), charters, (signed, first), counts, done)| Facts {
            now: now.map(at),
            purpose: purpose.map(str::to_owned),
            recipient: recipient.map(str::to_owned),
            processing_place: place,
            governing_law: law,
            charters: charters.map(|minors| {
                let charter = |minor| Charter {
                    id: CHARTER.into(),
                    version: format!("1.{minor}"),
                    level: Attestation::Declared,
                };
                minors.into_iter().map(charter).collect()
            }),
            signed_at: signed.map(at),
            first_use: first.map(|day| day.map_or(FirstUse::Never, |day| FirstUse::At(at(day)))),
            counts: counts
                .map(|used| (0..3).map(|rule| (format!("/permission/{rule}"), used[rule])).collect()),
            fulfilled: done.map(|done| {
                let duty = |rule| Fulfilled { duty: format!("/permission/{rule}/duty/0"), at: at(0) };
                if done { (0..3).map(duty).collect() } else { Vec::new() }
            }),
            ..Facts::default()
        })
        .boxed()
}

fn permits(policy: &Value, action: &str, facts: &Facts) -> bool {
    let policy = Policy::try_from(policy.clone()).unwrap();
    let compiled = compile(&policy).unwrap_or_else(|faults| panic!("{faults:?}"));
    decide(&compiled, &request(action), facts).is_permit()
}

fn request(action: &str) -> Request {
    Request { v: 1, action: action.into(), target: None }
}

fn with(policy: &Value, member: &str, rule: Value) -> Value {
    let mut policy = policy.clone();
    policy[member].as_array_mut().unwrap().push(rule);
    policy
}

/// The facts without the one of this number.
fn without(mut facts: Facts, which: usize) -> Facts {
    match which {
        0 => facts.now = None,
        1 => facts.purpose = None,
        2 => facts.recipient = None,
        3 => facts.processing_place = None,
        4 => facts.governing_law = None,
        5 => facts.charters = None,
        6 => facts.first_use = None,
        7 => facts.counts = None,
        _ => facts.fulfilled = None,
    }
    facts
}

fn json_value() -> BoxedStrategy<Value> {
    let words = [
        "permission",
        "use",
        "purpose",
        "eq",
        "@id",
        "@type",
        "@value",
        "and",
        "Offer",
        "2027-01-01",
        "count",
        "5",
        "é",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        select(words.to_vec()).prop_map(Value::from),
    ];
    let members = [
        "permission",
        "prohibition",
        "obligation",
        "constraint",
        "action",
        "duty",
        "leftOperand",
        "operator",
        "rightOperand",
        "and",
        "or",
        "@id",
        "@type",
        "@value",
        "profile",
        "target",
        "conflict",
        "x/y~z",
    ];
    leaf.prop_recursive(6, 64, 4, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((select(members.to_vec()), inner), 0..5).prop_map(|members| Value::Object(
                members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
            )),
        ]
    })
    .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_constraint_more_never_widens(policy in policy(), more in constraint(), rule in 0usize..3, action in select(&ACTIONS[..]), facts in facts()) {
        let mut narrower = policy.clone();
        let rules = narrower["permission"].as_array_mut().unwrap();
        let rule = rule % rules.len();
        rules[rule]["constraint"].as_array_mut().unwrap().push(more);
        prop_assert!(permits(&policy, action, &facts) || !permits(&narrower, action, &facts));
    }

    #[test]
    fn a_prohibition_more_never_widens(policy in policy(), more in prohibition(), action in select(&ACTIONS[..]), facts in facts()) {
        let narrower = with(&policy, "prohibition", more);
        prop_assert!(permits(&policy, action, &facts) || !permits(&narrower, action, &facts));
    }

    #[test]
    fn a_permission_more_never_narrows(policy in policy(), more in permission(), action in select(&ACTIONS[..]), facts in facts()) {
        let wider = with(&policy, "permission", more);
        prop_assert!(permits(&wider, action, &facts) || !permits(&policy, action, &facts));
    }

    #[test]
    fn order_changes_nothing(policy in policy(), action in select(&ACTIONS[..]), facts in facts()) {
        // Counters and duties are named by position: without them, position must not matter at all.
        let mut policy = policy;
        for rule in policy["permission"].as_array_mut().unwrap() {
            rule["duty"] = json!([]);
            rule["constraint"].as_array_mut().unwrap().retain(|one| one["leftOperand"] != "count");
        }
        let mut turned = policy.clone();
        for member in ["permission", "prohibition"] {
            let rules = turned[member].as_array_mut().unwrap();
            rules.reverse();
            for rule in rules {
                rule["constraint"].as_array_mut().unwrap().reverse();
            }
        }
        prop_assert_eq!(permits(&policy, action, &facts), permits(&turned, action, &facts));
        prop_assert!(same_policy(&Policy::try_from(policy).unwrap(), &Policy::try_from(turned).unwrap()));
    }

    #[test]
    fn knowing_less_never_permits_more(policy in policy(), action in select(&ACTIONS[..]), facts in facts(), which in 0usize..9) {
        let less = without(facts.clone(), which);
        prop_assert!(permits(&policy, action, &facts) || !permits(&policy, action, &less));
    }

    #[test]
    fn foresight_is_right(policy in policy(), action in select(&ACTIONS[..]), today in facts(), later in facts(), days in 0i64..40) {
        let compiled = compile(&Policy::try_from(policy).unwrap()).unwrap();
        // The caller stays who it is and time goes on; all else may be anything.
        let known = Facts { recipient: today.recipient.clone(), now: today.now, ..Facts::default() };
        let now = today.now.map(|now| now + time::Duration::days(days));
        let later = Facts { recipient: today.recipient, now, ..later };
        let permitted = decide(&compiled, &request(action), &later).is_permit();
        match foresee(&compiled, &request(action), &known) {
            Foresight::Never => prop_assert!(!permitted),
            Foresight::Always => prop_assert!(permitted),
            Foresight::Maybe => {}
        }
    }

    #[test]
    fn any_json_is_refused_or_compiled(value in json_value()) {
        if let Ok(policy) = Policy::try_from(value) {
            let again = Policy::try_from(policy.to_value()).unwrap();
            prop_assert!(same_policy(&policy, &again));
            match compile(&policy) {
                Ok(_) => {}
                Err(faults) => prop_assert!(!faults.is_empty()),
            }
        }
    }
}
