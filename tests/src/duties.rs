//! Contracts that oblige, and what is said of their duties.

use node::app::duty::round;
use node::domain::time::Clock;
use serde_json::json;

use crate::engine::Engine;
use crate::federation::Federation;
use crate::flow::{PURPOSE, described, segment, text};
use crate::member::Member;
use crate::node::Setup;

/// Milliseconds.
pub const DAY: i64 = 24 * 3600 * 1000;

/// A provider and its consumer on one clock, and a contract that obliges to delete within a month of the first
/// delivery, and to report within two hundred days.
pub async fn stage(engine: Engine, config: &str) -> (Federation, Clock, String) {
    let clock = Clock::fixed(Clock::System.now());
    let setup = |name| Setup { clock: clock.clone(), config: config.to_owned(), ..Setup::new(engine, name) };
    let federation = Federation::of(vec![setup("eau"), setup("epci"), setup("region")]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    let mut offer = described(json!({"file": "a.csv"}), json!([{"action": "use"}]));
    offer["rung"] = json!("ouvert_identifie");
    offer["status"] = json!("interet_general");
    let by = clock.now().plus_seconds(200 * 24 * 3600).rfc3339();
    offer["offers"][0]["policy"]["obligation"] = json!([
        {"action": "delete", "constraint": [{"leftOperand": "elapsedTime", "operator": "lteq", "rightOperand": "P30D"}]},
        {"action": "inform", "constraint": [{"leftOperand": "dateTime", "operator": "lteq", "rightOperand": by}]},
    ]);
    let dataset = eau.publish(&offer).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    (federation, clock, agreement)
}

/// Looks at the clock, as the node does once an hour.
pub async fn rounds(members: &[&Member]) {
    for member in members {
        round::round(member.app(), &member.hosted()).await.unwrap();
    }
}

/// State and measure of each duty.
pub async fn states(member: &Member) -> Vec<(String, String)> {
    let all = member.all("/duties").await;
    all.iter().map(|duty| (text(&duty["state"]), text(&duty["measure"]))).collect()
}

/// To compare with.
pub fn pairs(states: &[(String, String)]) -> Vec<(&str, &str)> {
    states.iter().map(|(state, measure)| (state.as_str(), measure.as_str())).collect()
}

/// Says that a duty is done, or waived.
pub async fn settle(
    member: &Member,
    agreement: &str,
    number: u32,
    act: &str,
    words: &str,
) -> crate::answer::Answer {
    let path = format!("/contracts/{}/duties/{number}/{act}", segment(agreement));
    member.post(&path, &json!({"words": words})).await
}
