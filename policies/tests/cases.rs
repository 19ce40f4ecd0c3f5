//! The vectors of `cases/`: each file holds groups of one policy and several situations. In `operand-*.json` every
//! group has a situation that is accepted, one refused, one that cannot be decided and one after the end.

#![allow(clippy::unwrap_used, reason = "a test stops where it is surprised")]

use std::path::{Path, PathBuf};

use contracts::odrl::Policy;
use policies::{Facts, Request, compile, decide, explain, foresee};
use serde_json::{Map, Value, json};

fn files(prefix: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(prefix))
        .collect();
    found.sort();
    assert!(!found.is_empty(), "no file {prefix}*");
    found
}

fn groups(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    match serde_json::from_str(&text) {
        Ok(Value::Array(groups)) => groups,
        other => panic!("{}: {other:?}", path.display()),
    }
}

/// Facts of the group with those of the situation over them; `null` takes a fact away.
fn facts(group: &Value, case: &Value) -> Facts {
    let mut object: Map<String, Value> = group["facts"].as_object().cloned().unwrap_or_default();
    object.insert("v".into(), json!(1));
    for (name, value) in case["facts"].as_object().into_iter().flatten() {
        if value.is_null() {
            object.remove(name);
        } else {
            object.insert(name.clone(), value.clone());
        }
    }
    serde_json::from_value(Value::Object(object)).unwrap()
}

fn request(case: &Value) -> Request {
    let action = case["action"].as_str().unwrap_or("read");
    Request { v: 1, action: action.into(), target: case["target"].as_str().map(str::to_owned) }
}

#[test]
fn decisions() {
    let mut run = 0;
    for path in files("operand-").into_iter().chain(files("rules-")) {
        for group in groups(&path) {
            let policy = Policy::try_from(group["policy"].clone()).unwrap();
            let compiled = compile(&policy).unwrap_or_else(|faults| panic!("{}: {faults:?}", path.display()));
            for case in group["cases"].as_array().unwrap() {
                let name = format!("{}: {} / {}", path.display(), group["name"], case["name"]);
                let facts = facts(&group, case);
                let decision = decide(&compiled, &request(case), &facts);
                let written = serde_json::to_value(&decision).unwrap();
                assert_eq!(written["outcome"], case["outcome"], "{name}\n{written:#}");
                for (pointer, verdict) in case["verdicts"].as_object().into_iter().flatten() {
                    let reason =
                        written["reasons"].as_array().unwrap().iter().find(|one| one["pointer"] == *pointer);
                    let reason =
                        reason.unwrap_or_else(|| panic!("{name}: no reason for {pointer}\n{written:#}"));
                    assert_eq!(reason["verdict"], *verdict, "{name} {pointer}");
                }
                if let Some(consumes) = case.get("consumes") {
                    assert_eq!(&written["consumes"], consumes, "{name}");
                }
                if let Some(view) = case.get("view") {
                    assert_eq!(&written["view"], view, "{name}");
                }
                if let Some(expected) = case.get("foresight") {
                    let foresight = foresee(&compiled, &request(case), &facts);
                    assert_eq!(&serde_json::to_value(foresight).unwrap(), expected, "{name}");
                }
                // What is kept can be read again, and a refusal always says why, in both languages.
                assert_eq!(
                    serde_json::from_value::<policies::Decision>(written).unwrap(),
                    decision,
                    "{name}"
                );
                assert_eq!(serde_json::from_value::<Facts>(json!(facts)).unwrap(), facts, "{name}");
                for lang in [ontology::Lang::Fr, ontology::Lang::En] {
                    let sentences = explain::decision(&decision, lang);
                    assert_eq!(sentences.len() > 1, !decision.is_permit(), "{name}: {sentences:?}");
                    assert!(sentences.iter().all(|one| !one.contains("{}")), "{name}: {sentences:?}");
                }
                run += 1;
            }
        }
    }
    assert!(run >= 60, "{run} situations only");
}

#[test]
fn every_operand_has_its_four_situations() {
    let mut operands = Vec::new();
    for path in files("operand-") {
        for group in groups(&path) {
            operands.push(group["operand"].as_str().unwrap().to_owned());
            let kinds: Vec<&str> =
                group["cases"].as_array().unwrap().iter().filter_map(|case| case["kind"].as_str()).collect();
            for kind in ["accepted", "refused", "undecidable", "ended"] {
                assert!(kinds.contains(&kind), "{}: {} lacks `{kind}`", path.display(), group["name"]);
            }
        }
    }
    for operand in policies::Operand::ALL {
        assert!(operands.iter().any(|name| name == operand.name()), "no file for {}", operand.name());
    }
}

#[test]
fn faults() {
    for path in files("refused-") {
        for group in groups(&path) {
            let name = &group["name"];
            let policy = Policy::try_from(group["policy"].clone()).unwrap();
            let Err(faults) = compile(&policy) else { panic!("{name}: accepted") };
            let found: Vec<Value> = faults
                .iter()
                .map(|fault| json!([fault.pointer, serde_json::to_value(fault.code).unwrap()]))
                .collect();
            assert_eq!(json!(found), group["faults"], "{name}");
            for fault in &faults {
                for lang in [ontology::Lang::Fr, ontology::Lang::En] {
                    let sentence = explain::fault(fault, lang);
                    assert!(!sentence.contains("{found}") && !sentence.contains("{accepted}"), "{sentence}");
                }
            }
        }
    }
}
