//! `contracts/openapi/v1.json` is what version 1 has promised. It may only gain: new operations, new optional members.
//!
//! After a change that only gains: `FIDUCIE_STORE=1 cargo test --release -p tests --test api` stores the new document.

use std::path::PathBuf;

use serde_json::Value;

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../contracts/openapi/v1.json")
}

fn names(value: &Value) -> Vec<&str> {
    value.as_object().map(|o| o.keys().map(String::as_str).collect()).unwrap_or_default()
}

fn required(schema: &Value) -> Vec<&str> {
    schema["required"].as_array().map(|r| r.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

/// What version 1 promised and `now` breaks.
fn broken(before: &Value, now: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    for path in names(&before["paths"]) {
        for method in names(&before["paths"][path]) {
            let (old, new) = (&before["paths"][path][method], &now["paths"][path][method]);
            if new.is_null() {
                broken.push(format!("{method} {path} is gone"));
                continue;
            }
            for (what, pointer) in [("body", "/requestBody/content/application~1json/schema")] {
                if old.pointer(pointer) != new.pointer(pointer) {
                    broken.push(format!("{method} {path} takes another {what}"));
                }
            }
            for status in names(&old["responses"]) {
                if old["responses"][status]["content"] != new["responses"][status]["content"] {
                    broken.push(format!("{method} {path} answers {status} otherwise"));
                }
            }
            let empty = Vec::new();
            let parameters = new["parameters"].as_array().unwrap_or(&empty);
            for old in old["parameters"].as_array().unwrap_or(&empty) {
                if !parameters.iter().any(|p| p["name"] == old["name"] && p["schema"] == old["schema"]) {
                    broken.push(format!("{method} {path}: parameter {} is gone or another", old["name"]));
                }
            }
            let known = |name: &Value| {
                old["parameters"].as_array().is_some_and(|o| o.iter().any(|p| &p["name"] == name))
            };
            for new in parameters.iter().filter(|p| p["required"] == true && !known(&p["name"])) {
                broken.push(format!("{method} {path}: parameter {} is new and required", new["name"]));
            }
        }
    }
    for name in names(&before["components"]["schemas"]) {
        let (old, new) = (&before["components"]["schemas"][name], &now["components"]["schemas"][name]);
        for property in names(&old["properties"]) {
            let (was, is) = (&old["properties"][property], &new["properties"][property]);
            if was["type"] != is["type"] || was["$ref"] != is["$ref"] {
                broken.push(format!("{name}.{property} is gone or of another type"));
            }
        }
        if required(old) != required(new) {
            broken.push(format!("{name} requires other members"));
        }
    }
    broken
}

#[test]
fn version_1_only_gains_optional_members() {
    let now: Value = serde_json::from_str(node::http::api::document()).unwrap();
    let before: Value = serde_json::from_str(&std::fs::read_to_string(file()).unwrap()).unwrap();
    assert_eq!(broken(&before, &now), Vec::<String>::new());
    if std::env::var_os("FIDUCIE_STORE").is_some() {
        std::fs::write(file(), node::http::api::document()).unwrap();
        return;
    }
    assert_eq!(before, now, "the API gained something: store it with FIDUCIE_STORE=1");
}

#[test]
fn what_would_break_callers_is_seen() {
    let before: Value = serde_json::from_str(node::http::api::document()).unwrap();
    let mut now = before.clone();
    now["components"]["schemas"]["StartTransfer"]["required"] = serde_json::json!(["agreement", "purpose"]);
    now["paths"].as_object_mut().unwrap().remove("/api/v1/status");
    now["components"]["schemas"]["NegotiationView"]["properties"].as_object_mut().unwrap().remove("state");
    assert_eq!(broken(&before, &now).len(), 3);
}

#[test]
fn operations_have_names_of_their_own() {
    let now: Value = serde_json::from_str(node::http::api::document()).unwrap();
    let operations = now["paths"].as_object().unwrap().values().flat_map(|p| p.as_object().unwrap().values());
    let mut ids: Vec<_> = operations.map(|o| o["operationId"].as_str().unwrap()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
}
