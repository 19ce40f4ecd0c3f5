use contracts::id::ParticipantId;
use policies::{Facts, Request};
use serde_json::{Value, json};
use time::macros::datetime;

use super::*;

fn policy(purpose: &str) -> Value {
    let constraint = json!([{"leftOperand": "purpose", "operator": "isA", "rightOperand": purpose}]);
    json!({"@id": "urn:uuid:0192a000-0000-7000-8000-000000000001", "@type": "Agreement", "assigner": "did:web:a.example",
        "assignee": "did:web:b.example", "target": "urn:d", "permission": [{"action": "use", "constraint": constraint}]})
}

fn facts() -> Facts {
    Facts {
        now: Some(datetime!(2026-01-01 00:00 UTC)),
        purpose: Some("controle_delegation".into()),
        recipient: Some("did:web:b.example".into()),
        ..Facts::default()
    }
}

fn right() -> Right {
    Right { standing: "signed".into(), accepts_unsigned: false, until: None, revoked: None }
}

fn kept(right: Right) -> Kept {
    let ready = ReadyPolicy::read(&policy("controle_delegation")).unwrap();
    let request = Request::read("urn:d");
    let decision = policies::decide(&ready.compiled, &request, &facts());
    Kept::new("salt".into(), &ready, (request, facts()), right, decision)
}

fn again(kept: &Kept) -> Replayed {
    let json = String::from_utf8(jcs::canonical(kept).unwrap()).unwrap();
    let read = Kept::parse(&json).unwrap();
    assert_eq!(&read, kept);
    read.replay(&policy("controle_delegation")).unwrap()
}

#[test]
fn the_same_facts_give_the_same_report() {
    let permitted = kept(right());
    assert!(permitted.is_permitted());
    let replayed = again(&permitted);
    assert!(replayed.is_same() && replayed.changed().is_empty());
    assert_eq!(replayed.now.unwrap().to_json().unwrap(), permitted.report().to_json().unwrap());
    let revoked = Revoked {
        by: ParticipantId::did("did:web:a.example").unwrap(),
        ground: "fin".into(),
        at: "x".into(),
    };
    for (right, lack) in [
        (Right { revoked: Some(revoked), ..right() }, Lack::Revoked),
        (Right { until: Some(datetime!(2026-01-01 00:00 UTC)), ..right() }, Lack::Ended),
        (Right { standing: "unsigned".into(), ..right() }, Lack::Unsigned),
    ] {
        let refused = kept(right);
        assert_eq!((refused.lacks, refused.is_permitted()), (Some(lack), false));
        assert!(again(&refused).is_same());
    }
    assert!(kept(Right { standing: "unsigned".into(), accepts_unsigned: true, ..right() }).is_permitted());
    assert!(kept(Right { until: Some(datetime!(2026-01-01 00:00:01 UTC)), ..right() }).is_permitted());
}

#[test]
fn what_would_be_decided_otherwise_is_told_by_rule() {
    let mut other = kept(right());
    other.decision.outcome = Outcome::Refuse;
    let mut reasons: Vec<_> = other.decision.reasons.iter().map(policies::Reason::into_owned).collect();
    reasons[0].verdict = policies::Verdict::Unsatisfied;
    other.decision.reasons = reasons.into_iter().collect();
    let replayed = again(&other);
    let changed = replayed.changed();
    assert!(!replayed.is_same());
    assert_eq!(changed.len(), 1);
    assert_eq!(changed[0].rule, other.decision.reasons.iter().next().unwrap().pointer);
    // The agreement's right, too.
    let mut other = kept(right());
    other.lacks = Some(Lack::Ended);
    assert!(!again(&other).is_same());
}

#[test]
fn another_policy_is_not_compared_with() {
    let other = kept(right()).replay(&policy("renovation_batiments"));
    assert_eq!(other.unwrap_err(), CannotReplay::OtherPolicy);
}

/// The report in the vocabulary is named by what the entry commits to, and made again the same.
#[test]
fn the_compliance_report_is_named_and_made_again() {
    let ready = ReadyPolicy::read(&policy("controle_delegation")).unwrap();
    let permitted = kept(right());
    let report = ready.compliance(&permitted.request, &permitted.facts).unwrap();
    assert_eq!(permitted.compliance.as_deref(), Some(digest(&report).as_str()));
    assert!(permitted.report().to_json().unwrap().contains(&digest(&report)));
    assert!(report.contains("compliance-report#Active"), "{report}");
    let mut other = permitted.clone();
    other.compliance = Some(digest("another report"));
    assert!(!again(&other).is_same());
    // Version 2 named none.
    let mut second = permitted;
    (second.v, second.compliance) = (2, None);
    assert!(again(&second).is_same());
    assert!(!second.report().to_json().unwrap().contains("compliance"));
}

#[test]
fn records_of_the_first_version_stay_readable() {
    let mut first = kept(right());
    (first.v, first.policy, first.right, first.compliance) = (1, None, None, None);
    let mut value = serde_json::to_value(&first).unwrap();
    value["standing"] = Value::Null;
    let text = |value: &Value| String::from_utf8(jcs::canonical_value(value).unwrap()).unwrap();
    let first = Kept::parse(&text(&value)).unwrap();
    assert!(first.replay(&policy("controle_delegation")).unwrap().is_same());
    value["standing"] = "refused: The contract ended.".into();
    let refused = Kept::parse(&text(&value)).unwrap();
    assert!(!refused.is_permitted() && refused.replay(&policy("controle_delegation")).unwrap().is_same());
    for (member, wrong) in [("v", json!(3)), ("v", json!(2)), ("policy", json!("x"))] {
        let mut value = value.clone();
        value[member] = wrong;
        assert!(Kept::parse(&text(&value)).is_err(), "{member}");
    }
}
