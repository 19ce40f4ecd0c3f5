//! Random policies and facts.

#![allow(dead_code, reason = "each test draws what it needs")]

use policies::{Attestation, Charter, Declared, Facts, FirstUse, Fulfilled, Request};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use time::OffsetDateTime;

pub const PARTIES: [&str; 3] = ["did:web:a.example", "did:web:b.example", "did:web:c.example"];
pub const PURPOSES: [&str; 6] = [
    "recherche",
    "recherche_commerciale",
    "usage_commercial",
    "eau_assainissement",
    "gestion_ressource_eau",
    "interet_general",
];
pub const PLACES: [&str; 6] = ["FR", "FR-75", "EU", "EEA", "US", "NC"];
pub const ACTIONS: [&str; 6] = ["use", "read", "distribute", "display", "play", "sell"];
pub const CHARTER: &str = "https://charte.example/donnees";

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
pub fn constraint() -> BoxedStrategy<Value> {
    test()
        .prop_recursive(2, 8, 3, |inner| {
            (select(&["and", "or", "xone"][..]), vec(inner, 1..4))
                .prop_map(|(operator, parts)| json!({ operator: parts }))
        })
        .boxed()
}

pub fn permission() -> BoxedStrategy<Value> {
    let counted = (1u8..4).prop_map(|limit| atomic("count", "lteq", json!(limit)));
    let duty = json!([{"action": "obtainConsent"}]);
    (select(&ACTIONS[..4]), vec(prop_oneof![8 => constraint(), 1 => counted], 0..4), of(Just(duty)))
        .prop_map(|(action, constraint, duty)| json!({"action": action, "constraint": constraint, "duty": duty.unwrap_or(json!([]))}))
        .boxed()
}

pub fn prohibition() -> BoxedStrategy<Value> {
    (select(&ACTIONS[..]), vec(constraint(), 0..3))
        .prop_map(|(action, constraint)| json!({"action": action, "constraint": constraint}))
        .boxed()
}

pub fn policy() -> BoxedStrategy<Value> {
    (vec(permission(), 1..4), vec(prohibition(), 0..2))
        .prop_map(|(permission, prohibition)| json!({"@id": "p", "permission": permission, "prohibition": prohibition}))
        .boxed()
}

pub fn at(day: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_798_761_600 + day * 86_400 + 43_200).unwrap()
}

pub fn facts() -> BoxedStrategy<Facts> {
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

pub fn request(action: &str) -> Request {
    Request { v: 1, action: action.into(), target: None }
}
