//! Transfers: every state acts on the bytes.

use serde_json::json;
use tests::check::check;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, segment};
use tests::member::Member;
use tests::on_both;

on_both!(
    suspended_gives_nothing_and_resumed_gives_again,
    completed_and_terminated_give_nothing,
    a_state_that_forbids_it_is_said,
    another_partys_transfer_does_not_exist,
);

async fn stage(engine: Engine) -> (Federation, Member, Member, String) {
    let federation = Federation::start(engine, &["eau", "epci", "region"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    (federation, eau, epci, transfer)
}

async fn suspended_gives_nothing_and_resumed_gives_again(engine: Engine) {
    let (federation, eau, epci, transfer) = stage(engine).await;
    let theirs = epci.peer_id("transfers", &transfer).await;
    let address = epci.address(&transfer).await;
    // By either side.
    for (who, own, other, at_other) in [(&eau, &theirs, &epci, &transfer), (&epci, &transfer, &eau, &theirs)]
    {
        let path = format!("/transfers/{}", segment(own));
        who.post(&format!("{path}/suspend"), &json!({"reason": "travaux"})).await.ok();
        other.transfer_in(at_other, "SUSPENDED").await;
        let refused = epci.fetch(&address, &[]).await;
        assert!(refused.is_callers_fault() && !refused.text().contains("1;2"), "{}", refused.text());
        who.post(&format!("{path}/resume"), &json!({})).await.ok();
        other.transfer_in(at_other, "STARTED").await;
        who.transfer_in(own, "STARTED").await;
        let address = epci.address(&transfer).await;
        assert_eq!(epci.fetch(&address, &[]).await.text(), "a;b\n1;2\n");
    }
    check(&federation).await;
}

async fn completed_and_terminated_give_nothing(engine: Engine) {
    let (federation, eau, epci, transfer) = stage(engine).await;
    let agreement = epci.get(&format!("/transfers/{}", segment(&transfer))).await.ok()["agreement"].clone();
    let address = epci.address(&transfer).await;
    epci.post(&format!("/transfers/{}/complete", segment(&transfer)), &json!({})).await.ok();
    eau.transfer_in(&epci.peer_id("transfers", &transfer).await, "COMPLETED").await;
    assert!(epci.fetch(&address, &[]).await.is_callers_fault());
    let second = epci.transfer(agreement.as_str().unwrap(), PURPOSE).await;
    let address = epci.address(&second).await;
    let theirs = epci.peer_id("transfers", &second).await;
    eau.post(&format!("/transfers/{}/terminate", segment(&theirs)), &json!({"reason": "fini"})).await.ok();
    epci.transfer_in(&second, "TERMINATED").await;
    assert!(epci.fetch(&address, &[]).await.is_callers_fault());
    let pull = epci.post(&format!("/transfers/{}/pull", segment(&second)), &json!({})).await;
    assert!(pull.is_callers_fault(), "{}", pull.text());
    assert_eq!(check(&federation).await.transfers, 4);
}

async fn a_state_that_forbids_it_is_said(engine: Engine) {
    let (_federation, eau, epci, transfer) = stage(engine).await;
    let path = format!("/transfers/{}", segment(&transfer));
    let problem = epci.post(&format!("{path}/resume"), &json!({})).await.problem(409);
    assert!(problem["detail"].as_str().is_some_and(|d| d.contains("STARTED")), "{problem:#}");
    epci.post(&format!("{path}/complete"), &json!({})).await.ok();
    for act in ["suspend", "resume", "complete", "terminate"] {
        epci.post(&format!("{path}/{act}"), &json!({})).await.problem(409);
    }
    eau.post("/transfers", &json!({"agreement": "urn:uuid:0198d3a0-0000-7000-8000-000000000000"}))
        .await
        .problem(404);
}

async fn another_partys_transfer_does_not_exist(engine: Engine) {
    let (federation, eau, epci, transfer) = stage(engine).await;
    let region = federation.member(2);
    let theirs = epci.peer_id("transfers", &transfer).await;
    let path = format!("/transfers/{}", segment(&theirs));
    region.ask(&eau, &path).await.refusal(404, "TransferError");
    let message = json!({
        "@context": ["https://w3id.org/dspace/2025/1/context.jsonld"],
        "@type": "TransferTerminationMessage", "providerPid": theirs, "consumerPid": transfer,
    });
    region.say(&eau, &format!("{path}/termination"), &message).await.refusal(404, "TransferError");
    assert_eq!(eau.get(&path).await.ok()["state"], "STARTED");
    // Nor can it use the contract of others.
    let agreement = eau.get(&path).await.ok()["agreement"].clone();
    let message = json!({
        "@context": ["https://w3id.org/dspace/2025/1/context.jsonld"],
        "@type": "TransferRequestMessage", "consumerPid": "urn:uuid:0198d3a0-9999-7a4b-9d52-0000000000aa",
        "agreementId": agreement, "format": "HttpData-PULL", "dpop": true,
        "callbackAddress": format!("{}/dsp/2025-1", region.base), "purpose": PURPOSE,
    });
    let answer = region.say(&eau, "/transfers/request", &message).await;
    assert!(answer.is_callers_fault(), "{}", answer.text());
    assert_eq!(eau.all("/transfers").await.len(), 1);
}
