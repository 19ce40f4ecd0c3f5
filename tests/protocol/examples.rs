//! Example documents, official and ours, through our types and back.

use serde_json::Value;
use tests::reference::{files, folder, json, repository};

use crate::message::{REPAIRED, TYPES, schema, through_our_types};
use crate::schemas::{Schemas, faults};

/// Official examples that no type of ours reads, and why.
const NOT_READ: [(&str, &str); 1] = [(
    "dataset-request-message.json",
    "over HTTPS a dataset is asked for by GET, without a message (DSP 2025-1, 6.2)",
)];

#[test]
fn official_examples_are_read_and_written_again_valid() {
    let Some(folder) = folder("dsp", "official_examples_are_read_and_written_again_valid") else { return };
    let schemas = Schemas::load(&folder);
    let examples: Vec<_> = files(&folder, "json")
        .into_iter()
        .filter(|f| f.parent().is_some_and(|p| p.ends_with("example")))
        .collect();
    assert!(examples.len() >= 27, "only {} official examples found", examples.len());
    for file in examples {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if NOT_READ.iter().any(|(not_read, _)| *not_read == name) {
            continue;
        }
        let before = json(&file);
        let after = through_our_types(before.clone()).unwrap_or_else(|e| panic!("{name}: {e}"));
        lost_nothing(&name, &before, &after);
        if let Some(schema) = before["@type"].as_str().and_then(schema) {
            assert_eq!(faults(&schemas.validator(schema), &after), [""; 0], "{name}");
        }
    }
}

/// What our type wrote holds what the official document held, but for members that the type documents as not kept.
fn lost_nothing(name: &str, before: &Value, after: &Value) {
    let (before, after) = (before.as_object().unwrap(), after.as_object().unwrap());
    for (member, value) in before {
        let empty = value.as_array().is_some_and(Vec::is_empty);
        // `@context` of a DID document's service belongs to the document; `auth` of foreign versions is not ours to use.
        if member == "@context" || member == "protocolVersions" || empty {
            continue;
        }
        assert_eq!(after.get(member), Some(value), "{name}: {member}");
    }
}

#[test]
fn every_message_has_an_example_that_round_trips() {
    let folder = repository().join("contracts/examples/dsp");
    let mut seen = Vec::new();
    for file in files(&folder, "json") {
        let before = json(&file);
        let after = through_our_types(before.clone()).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        assert_eq!(before, after, "{}", file.display());
        seen.push(before["@type"].as_str().unwrap_or_default().to_owned());
    }
    for (kind, _) in TYPES.iter().chain(&REPAIRED) {
        assert!(seen.iter().any(|s| s == kind), "contracts/examples/dsp has no {kind}");
    }
}

#[test]
fn our_examples_are_valid_by_the_official_schemas() {
    let Some(official) = folder("dsp", "our_examples_are_valid_by_the_official_schemas") else { return };
    let schemas = Schemas::load(&official);
    for file in files(&repository().join("contracts/examples/dsp"), "json") {
        let value = json(&file);
        let schema = match value["@type"].as_str() {
            Some(kind) => schema(kind).unwrap_or_else(|| panic!("{}: no schema for {kind}", file.display())),
            None => "common/protocol-version-schema.json",
        };
        assert_eq!(faults(&schemas.validator(schema), &value), [""; 0], "{}", file.display());
    }
}

/// The schemas do refuse: without this, a validator that accepts anything would pass the tests above.
#[test]
fn the_schemas_see_what_is_missing() {
    let Some(official) = folder("dsp", "the_schemas_see_what_is_missing") else { return };
    let schemas = Schemas::load(&official);
    for file in files(&repository().join("contracts/examples/dsp"), "json") {
        let mut value = json(&file);
        let Some(schema) = value["@type"].as_str().and_then(schema) else { continue };
        value.as_object_mut().unwrap().remove("@context");
        assert!(
            !faults(&schemas.validator(schema), &value).is_empty(),
            "{} without @context",
            file.display()
        );
    }
}

/// Every example, with one member after the other of a wrong type: an error that names the message, never a panic.
#[test]
fn a_member_of_a_wrong_type_is_refused_with_its_message() {
    for file in files(&repository().join("contracts/examples/dsp"), "json") {
        let good = json(&file);
        let Some(kind) = good["@type"].as_str().map(str::to_owned) else { continue };
        for member in
            ["@context", "providerPid", "consumerPid", "callbackAddress", "eventType", "state", "dataAddress"]
        {
            let mut bad = good.clone();
            let Some(value) = bad.get_mut(member) else { continue };
            *value = serde_json::json!({"wrong": [1]});
            match through_our_types(bad) {
                Err(error) => assert!(error.contains(&kind), "{kind} {member}: {error}"),
                Ok(_) => panic!("{kind}: an object was read as {member}"),
            }
        }
    }
}
