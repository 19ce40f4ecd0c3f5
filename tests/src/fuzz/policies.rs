//! Policies: what is not understood is refused, what is understood reads the same after being written.

use contracts::odrl::Policy;
use ontology::Lang;
use policies::{Facts, Request, compile, conflicts, decide, explain, foresee, render};
use serde_json::{Value, json};

/// A policy with facts: `{"policy": …, "facts": …}`.
pub fn read(bytes: &[u8]) {
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return };
    let Some(policy) = value.get("policy") else { return };
    let Ok(policy) = Policy::try_from(policy.clone()) else { return };
    let written = policy.to_value();
    let again = Policy::try_from(written.clone()).unwrap_or_else(|e| panic!("{e}: {written:#}"));
    assert_eq!(again.to_value(), written);
    let compiled = match compile(&policy) {
        Ok(compiled) => compiled,
        Err(faults) => {
            assert!(!faults.is_empty());
            for fault in &faults {
                assert!(!explain::fault(fault, Lang::Fr).is_empty());
                assert!(!explain::fault(fault, Lang::En).is_empty());
            }
            return;
        }
    };
    let same = compile(&again).unwrap_or_else(|faults| panic!("{faults:?}: {written:#}"));
    for lang in [Lang::Fr, Lang::En] {
        assert_eq!(render(&compiled, lang), render(&same, lang));
    }
    let _conflicts = conflicts(&compiled);
    let facts = value.get("facts").and_then(|facts| serde_json::from_value::<Facts>(facts.clone()).ok());
    let facts = facts.unwrap_or_default();
    let request = Request::read(policy.target.clone().unwrap_or_default());
    let decision = decide(&compiled, &request, &facts);
    assert_eq!(decision.outcome, decide(&same, &request, &facts).outcome);
    let _sentences = (explain::decision(&decision, Lang::Fr), explain::decision(&decision, Lang::En));
    let _foresight = foresee(&compiled, &request, &facts);
    // Who knows nothing is given nothing that depends on anything.
    let blind = decide(&compiled, &request, &Facts::default());
    assert!(!blind.is_permit() || policy.permission.iter().any(|rule| rule.constraint.is_empty()));
    unknown_refuses(&policy);
}

/// The same policy with a term that nobody knows in each permission is refused before it can be signed.
fn unknown_refuses(policy: &Policy) {
    if policy.permission.is_empty() {
        return;
    }
    let mut strange = policy.to_value();
    let unknown = json!({"leftOperand": "phaseOfTheMoon", "operator": "eq", "rightOperand": "full"});
    for rule in strange["permission"].as_array_mut().into_iter().flatten() {
        match rule.get_mut("constraint").and_then(Value::as_array_mut) {
            Some(constraints) => constraints.push(unknown.clone()),
            None => rule["constraint"] = json!([unknown]),
        }
    }
    if let Ok(strange) = Policy::try_from(strange) {
        assert!(compile(&strange).is_err(), "{:#}", strange.to_value());
    }
}

/// The cases of the policy engine.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for file in super::files_in(&["policies/cases"]) {
        let Ok(Value::Array(groups)) = serde_json::from_slice(&file) else { continue };
        for group in groups.iter().filter(|group| group.get("policy").is_some()) {
            let case = json!({"policy": group["policy"], "facts": facts(group)});
            seeds.push(case.to_string().into_bytes());
        }
    }
    seeds
}

/// Facts of a group of cases, with those of its first case.
fn facts(group: &Value) -> Value {
    let mut facts = json!({"v": 1});
    for more in [&group["facts"], &group["cases"][0]["facts"]] {
        for (name, value) in more.as_object().into_iter().flatten() {
            facts[name] = value.clone();
        }
    }
    facts
}
