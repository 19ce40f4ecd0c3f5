//! What happens to a push whose bytes are on their way.

use std::time::Duration;

use serde_json::json;
use tests::check::check;
use tests::engine::Engine;
use tests::flow::{PURPOSE, segment, text};
use tests::on_both;
use tests::pushing::{LARGE, Stage, coming, completed, pattern, received, stage};

on_both!(
    a_push_goes_on_after_its_consumer_was_away,
    suspended_in_flight_and_resumed_by_either,
    revoked_in_flight_it_stops,
);

async fn a_push_goes_on_after_its_consumer_was_away(engine: Engine) {
    let content = pattern(LARGE);
    let mut stage = stage(engine, &content).await;
    let transfer = stage.epci.ask_push(&stage.agreement, PURPOSE, "grand").await;
    coming(&stage.federation.nodes[1], "grand", 1 << 20).await;
    drop(stage.epci);
    stage.federation.nodes[1].stop(false).await;
    stage.federation.nodes[1].run(None).await.unwrap();
    stage.epci = stage.federation.member(1);
    let theirs = completed(&stage, &transfer).await;
    assert!(std::fs::read(received(&stage.federation.nodes[1], "grand")).unwrap() == content);
    let deliveries = stage.eau.deliveries(&theirs).await;
    let resumed = deliveries.last().unwrap();
    assert!(deliveries.len() > 1 && resumed["first"].as_u64() > Some(0), "began anew: {deliveries:#?}");
    assert_eq!(resumed["ending"], "complete");
    check(&stage.federation).await;
}

async fn suspended_in_flight_and_resumed_by_either(engine: Engine) {
    let content = pattern(LARGE);
    let stage = stage(engine, &content).await;
    // On a machine that is busy with other tests all may have come before anybody could say stop: then once more.
    for n in 0..4 {
        if suspended_in_flight(&stage, &format!("grand-{n}"), &content).await {
            check(&stage.federation).await;
            return;
        }
    }
    panic!("everything came before it was suspended, each time");
}

/// Whether it could be suspended while bytes came, by each side in turn.
async fn suspended_in_flight(stage: &Stage, name: &str, content: &[u8]) -> bool {
    let transfer = stage.epci.ask_push(&stage.agreement, PURPOSE, name).await;
    let theirs = stage.epci.peer_id("transfers", &transfer).await;
    let (eau, epci, node) = (&stage.eau, &stage.epci, &stage.federation.nodes[1]);
    let part = received(node, &format!("{name}.part"));
    let mut from = 1 << 20;
    for (who, own, other, at_other) in [(eau, &theirs, epci, &transfer), (epci, &transfer, eau, &theirs)] {
        coming(node, name, from).await;
        let path = format!("/transfers/{}", segment(own));
        let suspended = who.post(&format!("{path}/suspend"), &json!({"reason": "travaux"})).await;
        if received(node, name).exists() {
            return false;
        }
        suspended.ok();
        other.transfer_in(at_other, "SUSPENDED").await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        if received(node, name).exists() {
            return false;
        }
        let length = std::fs::metadata(&part).unwrap().len();
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(std::fs::metadata(&part).unwrap().len(), length, "bytes come although it is suspended");
        assert!(length < LARGE as u64);
        from = length + (1 << 20);
        who.post(&format!("{path}/resume"), &json!({})).await.ok();
    }
    completed(stage, &transfer).await;
    assert!(std::fs::read(received(node, name)).unwrap() == content);
    let endings: Vec<_> = eau.deliveries(&theirs).await.iter().map(|d| text(&d["ending"])).collect();
    assert!(endings.contains(&"suspended".into()) && endings.last().unwrap() == "complete", "{endings:?}");
    true
}

async fn revoked_in_flight_it_stops(engine: Engine) {
    let stage = stage(engine, &pattern(LARGE)).await;
    let transfer = stage.epci.ask_push(&stage.agreement, PURPOSE, "grand").await;
    coming(&stage.federation.nodes[1], "grand", 1 << 20).await;
    let ground = json!({"ground": "manquement à l'article 4"});
    stage.eau.post(&format!("/contracts/{}/revoke", segment(&stage.agreement)), &ground).await.ok();
    stage.epci.transfer_in(&transfer, "TERMINATED").await;
    stage.eau.until_logged("delivery.closed", 1).await;
    stage.epci.until_logged("delivery.received", 1).await;
    let closed =
        stage.eau.log().await.into_iter().rfind(|e| e.kind == "delivery.closed").unwrap().body.unwrap();
    assert_eq!(closed["ending"]["value"], "revoked", "{closed:#}");
    let bytes: usize = text(&closed["bytes"]["value"]).parse().unwrap();
    assert!(bytes < LARGE, "everything left in spite of the revocation");
    assert!(!received(&stage.federation.nodes[1], "grand").exists(), "a part passes for a whole");
    check(&stage.federation).await;
}
