//! Every decision that the node makes by itself is explained.

use serde_json::json;
use tests::binary::command;
use tests::engine::Engine;
use tests::flow::{OTHER_PURPOSE, PURPOSE, closed, text};
use tests::on_both;

use super::stage;

on_both!(r43_every_automated_decision_is_explained);

async fn r43_every_automated_decision_is_explained(engine: Engine) {
    let (federation, eau, epci) = stage(engine).await;
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    epci.pulled(&epci.transfer(&agreement, PURPOSE).await).await;
    epci.post("/transfers", &json!({"agreement": agreement, "purpose": OTHER_PURPOSE})).await.ok();
    eau.until_logged("transfer.requested", 2).await;
    let decided: Vec<u64> = eau
        .log()
        .await
        .iter()
        .filter(|entry| entry.leaf.contains("\"outcome\""))
        .map(|entry| entry.index)
        .collect();
    assert!(decided.len() >= 3, "{decided:?}");
    for entry in decided {
        let arguments = ["decision", "report", &entry.to_string(), "--language", "fr"];
        let said = command(federation.nodes[0].folder.path(), &arguments).await.ok();
        for (heading, word) in said["headings"].as_array().unwrap().iter().zip(["1°", "2°", "3°", "4°"]) {
            assert!(text(&heading["title"]).starts_with(word), "{heading:#}");
            assert!(!heading["items"].as_array().unwrap().is_empty(), "{heading:#}");
        }
        // The rule and the clause of the contract.
        let contribution = said["headings"][0]["items"].to_string();
        let clause = text(&said["clauses"][0]);
        assert!(contribution.contains(&clause) && contribution.contains(&agreement), "{contribution}");
    }
}
