//! Conditions on what the recipient says of itself, gives in return, and used before.

use reqwest::Method;
use serde_json::{Value, json};
use tests::check::check;
use tests::engine::Engine;
use tests::flow::{PURPOSE, segment};
use tests::on_both;
use tests::operands::{offer, stage};

on_both!(a_label_is_claimed_and_ends, who_gives_nothing_gets_nothing, a_delay_runs_from_the_signature,);

const DAY: i64 = 24 * 3600 * 1000;
const LABEL: &str = "https://labels.example/confiance";

async fn a_label_is_claimed_and_ends(engine: Engine) {
    let (federation, clock) = stage(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    let dataset = eau.publish(&offer("fiducie:label", "eq", json!(LABEL))).await;
    epci.refused(&clock, &eau, &dataset, (PURPOSE, "label")).await;
    let claim = |value: &str| {
        let until = clock.now().plus_seconds(30 * 24 * 3600).rfc3339();
        json!({"place": "FR", "law": "FR", "claims": [{"about": "label", "value": value, "until": until}]})
    };
    let declare = async |what: &Value| {
        clock.advance(1000);
        epci.call(&epci.token, Method::PUT, "/members/self/statement", Some(what)).await
    };
    declare(&claim("https://labels.example/autre")).await.ok();
    epci.refused(&clock, &eau, &dataset, (PURPOSE, "autre")).await;
    let declared = declare(&claim(LABEL)).await.ok();
    assert_eq!(declared["statement"]["claims"][0]["value"], LABEL);
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    let address = epci.address(&transfer).await;
    assert_eq!(epci.fetch(&address, &[]).await.status, 200);
    // Its own end comes before the statement's.
    clock.advance(30 * DAY);
    epci.not_started(&clock, &agreement, (PURPOSE, "label")).await;
    let mut wrong = claim(LABEL);
    wrong["claims"][0]["about"] = json!("fortune");
    assert!(declare(&wrong).await.problem(400).to_string().contains("/claims/0/about"));
    check(&federation).await;
}

async fn who_gives_nothing_gets_nothing(engine: Engine) {
    let (federation, clock) = stage(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    let dataset = eau.publish(&offer("fiducie:reciprocity", "eq", json!("any"))).await;
    epci.refused(&clock, &eau, &dataset, (PURPOSE, "/permission/0/constraint/0")).await;
    let theirs = epci.publish(&offer("purpose", "isA", json!(PURPOSE))).await;
    let given = eau.contract(&epci, &theirs, PURPOSE).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let address = epci.address(&epci.transfer(&agreement, PURPOSE).await).await;
    assert_eq!(epci.fetch(&address, &[]).await.status, 200);
    // What is no longer given is no longer returned.
    let revoke = json!({"ground": "breach"});
    epci.post(&format!("/contracts/{}/revoke", segment(&given)), &revoke).await.ok();
    eau.until(&format!("/contracts/{}", segment(&given)), |found| !found["revoked"].is_null()).await;
    epci.fetch(&address, &[]).await.problem(403);
    check(&federation).await;
}

async fn a_delay_runs_from_the_signature(engine: Engine) {
    let (federation, clock) = stage(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    let dataset = eau.publish(&offer("delayPeriod", "gteq", json!("P10D"))).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    epci.not_started(&clock, &agreement, (PURPOSE, "/permission/0/constraint/0")).await;
    clock.advance(10 * DAY);
    let address = epci.address(&epci.transfer(&agreement, PURPOSE).await).await;
    assert_eq!(epci.fetch(&address, &[]).await.status, 200);
    check(&federation).await;
}
