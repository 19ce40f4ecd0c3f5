//! The whole chain, once right and once refused.

use serde_json::json;
use tests::check::check;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{OTHER_PURPOSE, PURPOSE, closed, text};
use tests::on_both;

on_both!(
    a_closed_dataset_reaches_its_recipient_and_nobody_else,
    pulling_again_resumes_nothing_and_is_recorded_again
);

async fn a_closed_dataset_reaches_its_recipient_and_nobody_else(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci", "region"]).await;
    let [eau, epci, region] = [0, 1, 2].map(|i| federation.member(i));
    let bytes = b"date;debit\n2026-01-01;3,2\n".repeat(10_000);
    federation.nodes[0].put("debits.csv", &bytes);
    let dataset = eau.publish(&closed("debits.csv", &epci, PURPOSE)).await;

    // Shown to the one it is for with its offer; to the other without.
    let shown = epci.catalogue_of(&eau).await;
    assert_eq!(shown["dataset"][0]["@id"], dataset.as_str());
    assert!(shown["dataset"][0]["hasPolicy"][0]["@id"].is_string());
    let hidden = region.catalogue_of(&eau).await;
    assert!(
        hidden["dataset"][0].get("hasPolicy").is_none_or(|p| p.as_array().is_some_and(Vec::is_empty)),
        "{hidden}"
    );

    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    let (received, pull) = epci.pulled(&transfer).await;
    assert_eq!(received, bytes);
    assert_eq!(pull["bytes"], bytes.len());
    eau.until_logged("delivery.acknowledged", 1).await;

    // Another purpose under the same contract: no transfer starts, and the refusal says why.
    let body = json!({"agreement": agreement, "purpose": OTHER_PURPOSE});
    let answer = epci.post("/transfers", &body).await;
    if (200..300).contains(&answer.status) {
        let ended = epci.transfer_in(&text(&answer.ok()["id"]), "TERMINATED").await;
        assert!(ended["reason"].as_str().is_some_and(|r| !r.is_empty()), "{ended:#}");
    } else {
        assert!(answer.is_callers_fault(), "{}", answer.text());
    }

    // Somebody else gets no contract.
    let body = json!({"peer": eau.did, "dataset": dataset, "purpose": PURPOSE});
    let answer = region.post("/negotiations", &body).await;
    if (200..300).contains(&answer.status) {
        region.negotiation(&text(&answer.ok()["id"]), "TERMINATED").await;
    } else {
        assert!(answer.is_callers_fault(), "{}", answer.text());
    }
    assert!(region.all("/contracts").await.iter().all(|c| c["standing"] != "signed"));

    let checked = check(&federation).await;
    assert_eq!(checked.contracts, 2, "one contract, held by both");
    assert_eq!(checked.exchanges, 1);
    assert!(checked.entries > 10 && checked.transfers >= 2 && checked.negotiations >= 2, "{checked:?}");
}

async fn pulling_again_resumes_nothing_and_is_recorded_again(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    let (_, first) = epci.pulled(&transfer).await;
    let second = epci.pull(&transfer, json!({"to": "again.csv"})).await;
    assert_eq!(second["state"], "done", "{second:#}");
    assert_ne!(first["files"][0]["reference"], second["files"][0]["reference"]);
    eau.until_logged("delivery.acknowledged", 2).await;
    assert_eq!(check(&federation).await.exchanges, 2);
}
