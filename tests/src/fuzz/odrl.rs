//! Policies in Turtle and JSON-LD, in any encoding: read, checked, evaluated. What is written again is the same graph.

use ontology::Lang;
use policies::evaluation::{Event, World, evaluate, monitor, report};
use policies::rdf::{Contexts, json_ld, turtle};
use policies::{explain, model};

pub fn read(bytes: &[u8]) {
    let documents = [turtle(bytes), json_ld(bytes, &Contexts::default())];
    for document in documents.into_iter().flatten() {
        let text = document.graph.to_string();
        let again = turtle(text.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{text}"));
        assert_eq!(again.graph.len(), document.graph.len(), "{text}");
        for fault in model::validate(&document) {
            assert!(
                !explain::fault(&fault, Lang::Fr).is_empty() && !explain::fault(&fault, Lang::En).is_empty()
            );
        }
        let Ok(written) = model::read(&document) else { continue };
        for policy in written.iter().filter_map(|policy| model::atomic(policy, &written).ok()) {
            // Who knows nothing is given nothing that depends on anything.
            let event = Event { action: Some("odrl:read".to_owned()), ..Event::default() };
            let world = World::default();
            let outcome = evaluate(&policy, &event, &world);
            let free = |rule: &model::Rule| rule.constraints.is_empty() && rule.duties.is_empty();
            assert!(!outcome.permitted || policy.permissions.iter().any(free), "{text}");
            assert!(!outcome.permitted || policy.unknown.is_empty(), "{text}");
            let _text = report(&outcome, None).to_string();
            let _valid = monitor(&policy, &[event.clone(), event.clone()], &world).valid();
        }
    }
}

/// Policies of the cases in each of the forms.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for file in super::files_in(&["policies/cases"]) {
        let Ok(serde_json::Value::Array(groups)) = serde_json::from_slice(&file) else { continue };
        for group in groups.iter().filter(|group| group["policy"].is_object()) {
            let mut policy = group["policy"].clone();
            policy["@context"] = "http://www.w3.org/ns/odrl.jsonld".into();
            let text = policy.to_string();
            if let Ok(document) = json_ld(text.as_bytes(), &Contexts::default()) {
                seeds.push(document.graph.to_string().into_bytes());
            }
            seeds.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
            seeds.push(text.into_bytes());
        }
    }
    seeds
}
