//! Policies as nobody should write them: big, circular, deep, contradictory, in other encodings, with names that look
//! alike and values that are none. Each is refused with its place, or means what its neighbour means.

#![allow(clippy::unwrap_used, reason = "a test stops where it is surprised")]

use contracts::odrl::Policy;
use policies::model::{self, NoPolicy};
use policies::rdf::{MAX_BYTES, Unreadable};
use policies::{Facts, Fault, FaultCode, Request, compile, decide, signable};
use serde_json::{Value, json};
use time::macros::datetime;

fn one(left: &str, operator: &str, right: Value) -> Value {
    json!({"leftOperand": left, "operator": operator, "rightOperand": right})
}

fn policy(constraints: Value) -> Value {
    json!({"@type": "Offer", "@id": "urn:p", "permission": [{"action": "use", "constraint": constraints}]})
}

fn faults(policy: &Value) -> Vec<Fault> {
    signable(&Policy::try_from(policy.clone()).unwrap()).unwrap_err()
}

/// The policy with so many bytes of conditions, all of which hold.
fn large(bytes: usize) -> Value {
    let each = one("dateTime", "gteq", json!("2020-01-01"));
    let count = bytes / each.to_string().len() + 1;
    policy(Value::from(vec![each; count]))
}

#[test]
fn a_policy_of_118_kilobytes_is_decided_and_one_of_a_megabyte_is_read() {
    let request = Request::read("urn:d");
    let facts = Facts { now: Some(datetime!(2027-01-01 0:00 UTC)), ..Facts::default() };
    for size in [118 << 10, 1_000_000] {
        let large = large(size);
        assert!(large.to_string().len() >= size);
        let compiled = compile(&Policy::try_from(large.clone()).unwrap()).unwrap();
        let decision = decide(&compiled, &request, &facts);
        assert!(decision.is_permit() && decision.reasons.len() > size / 100);
    }
    let general = model::first(large(118 << 10).to_string().as_bytes()).unwrap();
    assert!(general.permissions[0].constraints.len() > 1000);
    // More statements, or more bytes, than are read: told, not read.
    let huge = large(1_000_000).to_string();
    match model::first(huge.as_bytes()) {
        Ok(read) => assert!(read.permissions[0].constraints.len() > 10_000),
        Err(why) => {
            assert!(matches!(why, NoPolicy::Unreadable(Unreadable::TooMany) | NoPolicy::Faults(_)), "{why:?}")
        }
    }
    let beyond = large(MAX_BYTES + 1).to_string();
    assert!(matches!(
        model::first(beyond.as_bytes()),
        Err(NoPolicy::Unreadable(Unreadable::TooLarge { .. }))
    ));
}

#[test]
fn circles_and_depths_are_refused() {
    let turtle = |text: &str| {
        let text = format!("@prefix odrl: <http://www.w3.org/ns/odrl/2/> . {text}");
        model::first(text.as_bytes()).unwrap_err()
    };
    let code = |why: NoPolicy| match why {
        NoPolicy::Faults(faults) => faults[0].code,
        other => panic!("{other:?}"),
    };
    let rule = "odrl:permission [ odrl:action odrl:use ]";
    let itself = format!("<urn:p> odrl:inheritFrom <urn:p> ; {rule} .");
    let two =
        format!("<urn:p> odrl:inheritFrom <urn:q> ; {rule} . <urn:q> odrl:inheritFrom <urn:p> ; {rule} .");
    assert_eq!([code(turtle(&itself)), code(turtle(&two))], [FaultCode::Cycle, FaultCode::Cycle]);
    let nest = |levels: usize, open: &str, close: &str| {
        format!("{}{}{}", open.repeat(levels), one("count", "lteq", json!(1)), close.repeat(levels))
    };
    let deep = format!(
        r#"{{"@id": "urn:p", "permission": [{{"action": "use", "constraint": [{}]}}]}}"#,
        nest(200, r#"{"and": ["#, "]}")
    );
    assert!(matches!(model::first(deep.as_bytes()), Err(NoPolicy::Unreadable(_))));
    let deeper = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(model::first(deeper.as_bytes()), Err(NoPolicy::Unreadable(Unreadable::TooDeep)));
}

#[test]
fn rules_that_contradict_each_other_are_not_signed() {
    let mut both = policy(json!([]));
    both["permission"] = json!([{"action": "read"}]);
    both["prohibition"] = json!([{"action": "use"}]);
    assert_eq!(faults(&both)[0].code, FaultCode::Void);
    both["prohibition"] = json!([{"action": "distribute"}]);
    assert!(signable(&Policy::try_from(both).unwrap()).is_ok());
    let mut profiled = policy(json!([]));
    profiled["profile"] = json!("https://profile.example/unknown");
    assert_eq!(
        (faults(&profiled)[0].code, faults(&profiled)[0].pointer.as_str()),
        (FaultCode::Profile, "/profile/0")
    );
}

#[test]
fn dates_in_every_broken_form_are_refused_and_zones_are_one_instant() {
    for broken in [
        "",
        "2027",
        "2027-13-01",
        "2027-02-30",
        "27-01-01",
        "01/02/2027",
        "2027-1-1",
        "2027-01-01T25:00:00Z",
        "2027-01-01 10:00:00Z",
        "2027-01-01T10:00:00+25:00",
        "demain",
        "2027-01-01T10:00:60.5Z\n",
        "P1D",
        "٢٠٢٧-٠١-٠١",
        "2027-01-01T10:00:00Z ",
    ] {
        let found = faults(&policy(json!([one("dateTime", "lteq", json!(broken))])));
        assert_eq!(
            (found[0].code, found[0].pointer.as_str()),
            (FaultCode::Value, "/permission/0/constraint/0/rightOperand"),
            "{broken}"
        );
    }
    let facts = |at| Facts { now: Some(at), ..Facts::default() };
    for spelt in [
        "2027-06-30T12:00:00Z",
        "2027-06-30T14:00:00+02:00",
        "2027-06-30T12:00:00.000Z",
        "2027-06-30T06:30:00-05:30",
        "2027-06-30T12:00:00",
    ] {
        let compiled =
            compile(&Policy::try_from(policy(json!([one("dateTime", "lteq", json!(spelt))]))).unwrap())
                .unwrap();
        let at = |now| decide(&compiled, &Request::read("urn:d"), &facts(now)).is_permit();
        assert!(at(datetime!(2027-06-30 12:00 UTC)) && !at(datetime!(2027-06-30 12:00:01 UTC)), "{spelt}");
    }
}

#[test]
fn numbers_as_text_are_numbers_and_text_as_numbers_is_refused() {
    let limit = |right: Value| policy(json!([one("count", "lteq", right)]));
    let permits = |right: Value, used: u64| {
        let compiled = compile(&Policy::try_from(limit(right)).unwrap()).unwrap();
        let facts = Facts { counts: Some([("/permission/0".to_owned(), used)].into()), ..Facts::default() };
        decide(&compiled, &Request::read("urn:d"), &facts).is_permit()
    };
    for two in [
        json!(2),
        json!("2"),
        json!("002"),
        json!({"@value": "2", "@type": "xsd:integer"}),
        json!({"@value": 2}),
    ] {
        assert!(permits(two.clone(), 1) && !permits(two.clone(), 2), "{two}");
    }
    for none in [
        json!("two"),
        json!("2.5"),
        json!(2.5),
        json!(-1),
        json!("1e3"),
        json!("٢"),
        json!(true),
        json!(null),
        json!({"@value": "2", "@type": "xsd:date"}),
    ] {
        assert!(!faults(&limit(none.clone())).is_empty(), "{none}");
    }
    for number in [json!(2027), json!(20_270_101), json!(true)] {
        assert_eq!(faults(&policy(json!([one("dateTime", "lteq", number)])))[0].code, FaultCode::Value);
    }
}

#[test]
fn names_that_look_alike_are_other_names() {
    // A Cyrillic а, a full-width point, a soft hyphen, an upper-case method.
    for name in [
        "did:web:\u{430}.example",
        "did:web:a\u{ff0e}example",
        "did:web:a\u{ad}.example",
        "DID:web:a.example",
        "did:web:a.example\u{200b}",
    ] {
        let found = faults(&policy(json!([one("recipient", "eq", json!(name))])));
        assert_eq!(found[0].code, FaultCode::Value, "{name}");
    }
    let compiled = compile(
        &Policy::try_from(policy(json!([one("recipient", "eq", json!("did:web:a.example"))]))).unwrap(),
    )
    .unwrap();
    let permits = |recipient: &str| {
        let facts = Facts { recipient: Some(recipient.to_owned()), ..Facts::default() };
        decide(&compiled, &Request::read("urn:d"), &facts).is_permit()
    };
    assert!(permits("did:web:a.example"));
    for other in [
        "did:web:\u{430}.example",
        "did:web:A.example",
        "did:web:a.example#",
        "did:web:a.example ",
        "did:web:a%2Eexample",
    ] {
        assert!(!permits(other), "{other}");
    }
    for (member, name) in
        [("target", "urn:d\u{435}"), ("assigner", "did:web:a.example\n"), ("assignee", "did:web:\u{430}")]
    {
        let mut named = policy(json!([]));
        named[member] = json!(name);
        assert_eq!(faults(&named)[0].pointer, format!("/{member}"));
    }
}

#[test]
fn one_policy_in_every_form_and_encoding_decides_alike() {
    let dsp = policy(json!([
        one("dateTime", "lteq", json!("2027-12-31")),
        one("purpose", "isA", json!("eau_assainissement"))
    ]));
    let mut json_ld = dsp.clone();
    json_ld["@context"] = json!("http://www.w3.org/ns/odrl.jsonld");
    let turtle = r#"@prefix odrl: <http://www.w3.org/ns/odrl/2/> . <urn:p> a odrl:Offer ; odrl:permission [ odrl:action odrl:use ;
        odrl:constraint [ odrl:leftOperand odrl:dateTime ; odrl:operator odrl:lteq ; odrl:rightOperand "2027-12-31" ] ,
        [ odrl:leftOperand odrl:purpose ; odrl:operator odrl:isA ; odrl:rightOperand "eau_assainissement" ] ] ."#;
    let own = model::first(dsp.to_string().as_bytes()).unwrap();
    for text in [dsp.to_string(), json_ld.to_string(), turtle.to_owned()] {
        let wide = |mark: &[u8], unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            mark.iter().copied().chain(text.encode_utf16().flat_map(unit)).collect()
        };
        for bytes in [
            text.clone().into_bytes(),
            [b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat(),
            wide(b"\xFF\xFE", u16::to_le_bytes),
            wide(b"\xFE\xFF", u16::to_be_bytes),
            wide(b"", u16::to_le_bytes),
        ] {
            let read = model::first(&bytes).unwrap();
            assert!(own.same(&read), "{text}");
            let made = policies::Form::of(&read).unwrap().make().unwrap();
            let compiled = compile(&Policy::try_from(made).unwrap()).unwrap();
            let facts = |day| Facts {
                now: Some(day),
                purpose: Some("gestion_ressource_eau".into()),
                ..Facts::default()
            };
            let permits = |day| decide(&compiled, &Request::read("urn:d"), &facts(day)).is_permit();
            assert!(permits(datetime!(2027-12-31 23:59 UTC)) && !permits(datetime!(2028-01-01 0:00 UTC)));
        }
    }
}
