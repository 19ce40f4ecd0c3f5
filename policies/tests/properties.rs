//! What must hold for every policy, not only for those of `cases/`.

#![allow(clippy::unwrap_used, reason = "a test stops where it is surprised")]

mod random;

use contracts::odrl::{Policy, same_policy};
use policies::{Facts, Foresight, compile, decide, foresee};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use random::{ACTIONS, constraint, facts, permission, policy, prohibition, request};

fn permits(policy: &Value, action: &str, facts: &Facts) -> bool {
    let policy = Policy::try_from(policy.clone()).unwrap();
    let compiled = compile(&policy).unwrap_or_else(|faults| panic!("{faults:?}"));
    decide(&compiled, &request(action), facts).is_permit()
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
    fn renaming_changes_nothing(policy in policy(), action in select(&ACTIONS[..]), facts in facts()) {
        // Parties and charters, in the policy as in the facts.
        let rename = |text: String| text.replace("did:web:", "did:web:other.").replace("https://charte.", "https://carta.");
        let renamed: Value = serde_json::from_str(&rename(policy.to_string())).unwrap();
        let known: Facts = serde_json::from_str(&rename(serde_json::to_string(&facts).unwrap())).unwrap();
        prop_assert_eq!(permits(&policy, action, &facts), permits(&renamed, action, &known));
    }

    #[test]
    fn unknown_never_permits(policy in policy(), one in constraint(), action in select(&ACTIONS[..])) {
        // A condition of which nothing is known, on every permission.
        let mut conditioned = policy;
        for rule in conditioned["permission"].as_array_mut().unwrap() {
            rule["constraint"].as_array_mut().unwrap().push(one.clone());
        }
        prop_assert!(!permits(&conditioned, action, &Facts::default()));
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
