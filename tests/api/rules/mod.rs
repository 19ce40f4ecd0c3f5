//! The rules of the requirements by their numbers: each shows a refusal, and beside it what is allowed, or a proof.

mod access;
mod decision;
mod derived;
mod personal;
mod private;
mod public;

use serde_json::{Value, json};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::described;
use tests::member::Member;

/// A provider with a file, and its partner.
pub async fn stage(engine: Engine) -> (Federation, Member, Member) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    federation.nodes.iter().for_each(|node| node.put("a.csv", "a;b\n1;2\n"));
    let [eau, epci] = [0, 1].map(|n| federation.member(n));
    (federation, eau, epci)
}

/// The description of open public-sector data.
pub fn open() -> Value {
    let mut open = described(json!({"file": "a.csv"}), json!([{"action": "use"}]));
    merge(&mut open, json!({"status": "publique", "rung": "ouvert", "licence": "LO-2.0"}));
    open
}

/// The description with other members; `null` takes one away.
pub fn with(mut description: Value, more: Value) -> Value {
    merge(&mut description, more);
    description
}

fn merge(description: &mut Value, more: Value) {
    let members = description.as_object_mut().unwrap();
    for (name, value) in more.as_object().unwrap() {
        match value {
            Value::Null => drop(members.remove(name)),
            value => drop(members.insert(name.clone(), value.clone())),
        }
    }
}

/// Publishing is refused because of this field; what is wrong with it.
pub async fn refused(member: &Member, description: &Value, field: &str) -> String {
    let problem = member.post("/datasets", description).await.problem(422);
    let faults = problem["faults"].as_array().unwrap();
    let fault = faults.iter().find(|fault| fault["field"] == field);
    fault.unwrap_or_else(|| panic!("no fault of {field}: {problem:#}"))["remedy"].as_str().unwrap().to_owned()
}

/// A condition of a policy.
pub fn condition(left: &str, operator: &str, right: Value) -> Value {
    json!({"leftOperand": left, "operator": operator, "rightOperand": right})
}
