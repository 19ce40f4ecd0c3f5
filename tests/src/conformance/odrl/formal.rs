//! The examples of the W3C community group's draft of formal semantics.

mod expected;

use std::path::Path;

use oxrdf::Literal;
use policies::evaluation::{Event, Feature, World, evaluate};
use policies::model::{Constraint, Policy};
use policies::rdf::{self, Contexts, Document, Graph, Node, Term};
use serde_json::{Map, Value};

use super::graph::{node, of_class, one, policy, text};
use super::{Judged, bytes, cases, guarded};

const SOTW: &str = "https://w3id.org/force/sotw#";
const PAYMENT: &str = "https://www.epimorphics.com/guide-to-the-payments-ontology/";
const ODRL: &str = "http://www.w3.org/ns/odrl/2/";
/// Where the examples say that their contexts are.
const CONTEXTS: &str =
    "https://raw.githubusercontent.com/w3c/odrl/refs/heads/master/formal-semantics/ontology/";

pub(super) fn run(suite: &Path) -> Vec<Judged> {
    let mut judged = Judged::new("formal-semantics-w3c");
    let contexts = contexts(suite);
    for (name, case) in cases(suite) {
        judged.case(&name, guarded(|| judge(&case, &contexts)));
    }
    vec![judged]
}

/// The examples' own contexts, which lie beside them.
pub(super) fn contexts(suite: &Path) -> Contexts {
    let mut contexts = Contexts::default();
    if !suite.is_dir() {
        return contexts;
    }
    for file in crate::reference::files(&suite.join("contexts"), "json") {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        contexts = contexts.with(format!("{CONTEXTS}{name}"), &std::fs::read(&file).unwrap());
    }
    contexts
}

fn judge(case: &Path, contexts: &Contexts) -> Result<(), String> {
    let read = |file: &str| load(&bytes(case, file)?, contexts);
    let policy = policy(&read("policy.json")?)?;
    let event = request(&read("request.json")?.graph, &policy)?;
    let done = case.join("state.json").exists().then(|| read("state.json")).transpose()?;
    let done = done.map(|state| payments(&state.graph)).transpose()?;
    let outcome = evaluate(&policy, &event, &World { done, ..World::default() });
    let expected: Value =
        serde_json::from_slice(&bytes(case, "expected.json")?).map_err(|e| e.to_string())?;
    expected::compare(&outcome, &expected)
}

/// JSON-LD, with what is known to be wrong upstream mended.
fn load(bytes: &[u8], contexts: &Contexts) -> Result<Document, String> {
    let mut json: Value = serde_json::from_slice(bytes).map_err(|e| e.to_string())?;
    mend(&mut json);
    rdf::json_ld(json.to_string().as_bytes(), contexts).map_err(|e| e.to_string())
}

/// Numbers written as names, one party under two names, one currency under two schemes, an instant with a space.
fn mend(json: &mut Value) {
    match json {
        Value::Array(items) => items.iter_mut().for_each(mend),
        Value::Object(object) => {
            number(object);
            object.iter_mut().filter(|(name, _)| *name != "@context").for_each(|(_, value)| mend(value));
        }
        Value::String(text) => {
            if text.ends_with("/party/billie1") {
                text.pop();
            }
            if let Some(rest) = text.strip_prefix("https://dbpedia.org/") {
                *text = format!("http://dbpedia.org/{rest}");
            }
            let (day, clock) = text.split_once(' ').unwrap_or_default();
            if day.len() == 10 && clock.len() == 8 && clock.contains(':') {
                *text = format!("{day}T{clock}");
            }
        }
        _ => {}
    }
}

fn number(object: &mut Map<String, Value>) {
    let typed = object.get("@type").and_then(Value::as_str).is_some_and(|kind| kind.starts_with("xsd:"));
    if typed && let Some(value) = object.remove("@id") {
        object.insert("@value".to_owned(), value);
    }
}

fn sotw(name: &str) -> String {
    format!("{SOTW}{name}")
}

fn request(graph: &Graph, policy: &Policy) -> Result<Event, String> {
    let [request] = of_class(graph, &sotw("EvaluationRequest")).try_into().map_err(|_| "no request")?;
    let get = |name: &str| one(graph, &request, &sotw(name));
    let mut event = Event {
        action: get("evaluatedAction"),
        party: get("evaluatedParty"),
        target: get("evaluatedTarget"),
        ..Event::default()
    };
    let parameters: Vec<Node> = graph.objects(&request, &sotw("requestParameter")).filter_map(node).collect();
    for parameter in parameters {
        let feature = one(graph, &parameter, &sotw("describesFeature")).ok_or("a parameter of nothing")?;
        let value = graph.objects(&parameter, &sotw("value")).next().cloned();
        let value = value.ok_or("a parameter without value")?;
        if feature.ends_with("CurrentXSDDateTime") {
            event = event.clocked(value.clone());
            // What the examples' own profile derives from the clock.
            if let Some(at) = event.at {
                let day: Term = Literal::new_simple_literal(at.weekday().to_string()).into();
                event.features.insert("ex:dayOfWeek".to_owned(), Feature { values: vec![day], unit: None });
            }
        } else {
            // A feature is named by the unit in which it is measured.
            let found = Feature { values: vec![value.clone()], unit: Some(feature.clone()) };
            for left in measured(policy, &feature) {
                event.of_action.insert(left, found.clone());
            }
            event.features.insert(feature, found);
        }
    }
    Ok(event)
}

/// Left operands that the policy measures in a unit.
fn measured(policy: &Policy, unit: &str) -> Vec<String> {
    let mut found = Vec::new();
    for rule in policy.rules() {
        let refinements = rule.action.iter().flat_map(|action| &action.refinements);
        for constraint in refinements.chain(&rule.constraints) {
            constraint.walk(&mut |one| match one {
                Constraint::Atomic(atomic) if atomic.unit.as_deref() == Some(unit) => {
                    found.push(atomic.left.clone());
                }
                _ => {}
            });
        }
    }
    found
}

/// Payments that the state of the world records, as what was done for a duty.
fn payments(graph: &Graph) -> Result<Vec<Event>, String> {
    let mut done = Vec::new();
    for payment in of_class(graph, &format!("{PAYMENT}Payment")) {
        let of = |name: &str| graph.objects(&payment, &format!("{PAYMENT}{name}")).next().cloned();
        let amount = of("netAmount").ok_or("a payment of nothing")?;
        let event = Event {
            action: Some(format!("{ODRL}compensate")),
            party: of("payer").as_ref().map(text),
            duty: one(graph, &payment, &sotw("conditionId")),
            features: [(
                format!("{ODRL}payAmount"),
                Feature { values: vec![amount], unit: of("currency").as_ref().map(text) },
            )]
            .into(),
            ..Event::default()
        };
        done.push(event.clocked(of("paymentDate").ok_or("a payment without date")?));
    }
    Ok(done)
}
