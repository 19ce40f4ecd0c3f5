//! What a trusted issuer attests of a recipient decides; what it takes back ends what is under way.

use std::time::{Duration, Instant};

use node::app::Leniency;
use reqwest::Method;
use serde_json::{Value, json};
use tests::credentials::{KIND, Stage, stage};
use tests::engine::Engine;
use tests::flow::{PURPOSE, segment};
use tests::on_both;
use tests::operands::offer;

on_both!(
    what_is_attested_decides_and_what_is_merely_declared_does_not,
    a_lost_label_ends_what_is_under_way_within_five_seconds,
    who_is_cut_off_from_the_issuer_goes_on_for_a_stated_time,
);

const LABEL: &str = "https://labels.example/confiance";
const SIZE: usize = 64 << 20;
/// Lists are not looked at again by themselves: only what the issuer says counts.
const TOLD: &str = "accept = [\"dcp\"]\nstatus_s = 86400\npatience_s = 86400\n";

/// The holder's membership says this of it; the verifier is a member too, and is told what changes.
async fn members(stage: &Stage, claims: Value) {
    stage.entitle(claims, 30 * 86_400).await;
    stage.asked("vc20-bssl/jwt", "issued").await;
    let other = json!({"holder": stage.verifier.did, "type": KIND, "claims": {}, "seconds": 86_400,
                       "profile": "vc20-bssl/jwt"});
    let issued = stage.issuer.post("/credentials/issued", &other).await;
    assert_eq!(issued.status, 201, "{}", issued.text());
}

/// A dataset of the verifier for who has the label, with many bytes.
async fn labelled(stage: &Stage, bytes: usize) -> String {
    stage.nodes[2].put("a.csv", "a;b\n".repeat(bytes / 4));
    stage.verifier.publish(&offer("fiducie:label", "eq", json!(LABEL))).await
}

async fn what_is_attested_decides_and_what_is_merely_declared_does_not(engine: Engine) {
    let stage = stage(engine, TOLD, Leniency::default()).await;
    let dataset = labelled(&stage, 8).await;
    let until = stage.clock.now().plus_seconds(86_400).rfc3339();
    let says = json!({"place": "FR", "law": "FR",
                      "claims": [{"about": "label", "value": LABEL, "until": until}]});
    stage.holder.call(&stage.holder.token, Method::PUT, "/members/self/statement", Some(&says)).await.ok();
    members(&stage, json!({"labels": ["https://labels.example/autre"]})).await;
    stage.holder.refused(&stage.clock, &stage.verifier, &dataset, (PURPOSE, "label")).await;
    members(&stage, json!({"labels": [{"id": LABEL, "until": until}]})).await;
    let agreement = stage.holder.contract(&stage.verifier, &dataset, PURPOSE).await;
    let address = stage.holder.address(&stage.holder.transfer(&agreement, PURPOSE).await).await;
    assert_eq!(stage.holder.fetch(&address, &[]).await.status, 200);
    // The end of the label within the credential.
    stage.clock.advance(86_400_000);
    stage.holder.not_started(&stage.clock, &agreement, (PURPOSE, "label")).await;
}

async fn a_lost_label_ends_what_is_under_way_within_five_seconds(engine: Engine) {
    let stage = stage(engine, TOLD, Leniency::default()).await;
    let dataset = labelled(&stage, SIZE).await;
    members(&stage, json!({"labels": [LABEL]})).await;
    let agreement = stage.holder.contract(&stage.verifier, &dataset, PURPOSE).await;
    let address = stage.holder.address(&stage.holder.transfer(&agreement, PURPOSE).await).await;
    let mut flowing = stage.holder.flow(&address).await;
    assert_eq!(flowing.status(), 200);
    flowing.chunk().await.unwrap().unwrap();
    let began = Instant::now();
    change(&stage, "suspend").await;
    // Nobody takes bytes meanwhile: most of them are still at the provider.
    stage.verifier.until_logged("credential.lost", 1).await;
    let mut received = 0;
    let broken = loop {
        match flowing.chunk().await {
            Ok(Some(chunk)) => received += chunk.len(),
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    assert!(broken && received < SIZE, "everything arrived: {received} bytes");
    assert!(began.elapsed() < Duration::from_secs(5), "bytes came for {:?}", began.elapsed());
    stage.verifier.until_logged("delivery.closed", 1).await;
    let closed = stage.verifier.log().await.into_iter().rfind(|e| e.kind == "delivery.closed").unwrap();
    let body = closed.body.unwrap();
    assert_eq!(body["ending"]["value"], "revoked", "{body:#}");
    let refused = stage.holder.fetch(&address, &[]).await.problem(403);
    assert!(refused.to_string().contains("label"), "{refused}");
    assert_eq!(stage.verifier.logged("credential.lost").await, 1);
    assert_eq!(stage.verifier.logged("access.refused").await, 1);
    // It is given back.
    change(&stage, "resume").await;
    stage.verifier.until_logged("credential.regained", 1).await;
    assert_eq!(stage.holder.fetch(&address, &[("range", "bytes=0-9")]).await.status, 206);
}

/// Changes the holder's credential.
async fn change(stage: &Stage, change: &str) {
    let issued = stage.issuer.get("/credentials/issued").await.ok();
    let own = issued["items"].as_array().unwrap().iter().find(|one| one["holder"] == stage.holder.did);
    let id = own.and_then(|one| one["id"].as_str()).unwrap();
    stage.issuer.post(&format!("/credentials/issued/{}/{change}", segment(id)), &json!({})).await.ok();
}

async fn who_is_cut_off_from_the_issuer_goes_on_for_a_stated_time(engine: Engine) {
    let often = "accept = [\"dcp\"]\nstatus_s = 60\npatience_s = 3600\n";
    let mut stage = stage(engine, often, Leniency::default()).await;
    let dataset = labelled(&stage, 8).await;
    members(&stage, json!({"labels": [LABEL]})).await;
    let agreement = stage.holder.contract(&stage.verifier, &dataset, PURPOSE).await;
    stage.nodes[0].stop(false).await;
    stage.clock.advance(3_500_000);
    let address = stage.holder.address(&stage.holder.transfer(&agreement, PURPOSE).await).await;
    assert_eq!(stage.holder.fetch(&address, &[]).await.status, 200);
    stage.clock.advance(200_000);
    let refused = stage.holder.fetch(&address, &[]).await.problem(403);
    assert!(refused.to_string().contains("label"), "{refused}");
    assert_eq!(stage.verifier.logged("credential.lost").await, 0, "nobody said that it is lost");
}
