//! Offers with one condition.

use node::domain::time::Clock;
use serde_json::{Value, json};

use crate::engine::Engine;
use crate::federation::Federation;
use crate::flow::described;
use crate::node::Setup;

/// A file offered on one condition.
pub fn offer(left: &str, operator: &str, right: Value) -> Value {
    let constraint = json!([{"leftOperand": left, "operator": operator, "rightOperand": right}]);
    let mut offer = described(json!({"file": "a.csv"}), json!([{"action": "use", "constraint": constraint}]));
    offer["rung"] = json!("ouvert_identifie");
    offer["status"] = json!("interet_general");
    offer
}

/// Members with that file, on one clock.
pub async fn stage(engine: Engine, names: &[&str]) -> (Federation, Clock) {
    let clock = Clock::fixed(Clock::System.now());
    let setup = |name: &&str| Setup { clock: clock.clone(), ..Setup::new(engine, name) };
    let federation = Federation::of(names.iter().map(setup).collect()).await;
    federation.nodes.iter().for_each(|node| node.put("a.csv", "a;b\n1;2\n"));
    (federation, clock)
}
