//! OVAL's test suite: a policy and a log of events.

use std::path::Path;

use oxrdf::Literal;
use policies::evaluation::{Event, Feature, World, monitor};
use policies::rdf::Term;
use serde_json::Value;

use super::graph::{policy, turtle};
use super::{Judged, bytes, cases, guarded, same};

const ODRL: &str = "http://www.w3.org/ns/odrl/2/";

pub(super) fn run(suite: &Path) -> Vec<Judged> {
    let mut judged = Judged::new("monitoring-oval");
    for (name, case) in cases(suite) {
        judged.case(&name, guarded(|| judge(&case)));
    }
    vec![judged]
}

fn judge(case: &Path) -> Result<(), String> {
    let policy = policy(&turtle(&bytes(case, "policy.ttl")?)?)?;
    let log: Value = serde_json::from_slice(&bytes(case, "case.json")?).map_err(|e| e.to_string())?;
    let expected = log["expected"].as_str().ok_or("no verdict")?;
    let events = log["events"].as_array().ok_or("no events")?;
    let events: Vec<Event> = events.iter().map(event).collect::<Result<_, _>>()?;
    let observed = monitor(&policy, &events, &World::default());
    let found = if observed.valid() { "valid" } else { "invalid" };
    same("log", &found, &expected)
}

/// An event is a map from features to values; a key of two names is a feature of the first.
fn event(value: &Value) -> Result<Event, String> {
    // An absent key is no value.
    let mut event = Event { complete: true, ..Event::default() };
    for (key, value) in value.as_object().ok_or("an event is an object")? {
        let value = value.as_str().ok_or("a value is a text")?;
        let literal: Term = Literal::new_simple_literal(value).into();
        let feature = Feature { values: vec![literal.clone()], unit: None };
        match (key.strip_prefix(ODRL).unwrap_or(key), key.split_once(' ')) {
            ("dateTime", _) => event = event.clocked(literal),
            ("Party", _) => event.party = Some(value.to_owned()),
            ("Action", _) => event.action = Some(value.to_owned()),
            ("Asset", _) => event.target = Some(value.to_owned()),
            (_, Some((of, name))) => {
                let features = match of.strip_prefix(ODRL) {
                    Some("Party") => &mut event.of_party,
                    Some("Action") => &mut event.of_action,
                    Some("Asset") => &mut event.of_asset,
                    _ => return Err(format!("a feature of {of}")),
                };
                features.insert(name.to_owned(), feature);
            }
            (_, None) => {
                event.features.insert(key.clone(), feature);
            }
        }
    }
    Ok(event)
}
