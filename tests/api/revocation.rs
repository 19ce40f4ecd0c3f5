//! Revocation acts on bytes in flight, and both sides know it.

use std::time::{Duration, Instant};

use contracts::id::Pid;
use futures_util::StreamExt;
use node::app::{Act, Discretion, negotiation};
use serde_json::json;
use tests::check::check;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, segment, text};
use tests::node::Setup;
use tests::on_both;

on_both!(
    the_provider_revokes_in_mid_transfer,
    a_pull_that_a_revocation_cuts_says_so,
    the_consumer_revokes_too,
    a_contract_revoked_while_it_is_signed_is_revoked_at_both,
);

/// Sparse: costs no disk, and far more than sockets hold.
const SIZE: u64 = 512 << 20;

async fn the_provider_revokes_in_mid_transfer(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("large.bin", "");
    let file =
        std::fs::File::options().write(true).open(federation.nodes[0].folder.path().join("data/large.bin"));
    file.unwrap().set_len(SIZE).unwrap();
    let dataset = eau.publish(&closed("large.bin", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    let address = epci.address(&transfer).await;

    let proof = epci.proof(&address.endpoint, &address.token);
    let request = epci.client.get(&address.endpoint).header("dpop", proof);
    let response = request.header("authorization", format!("DPoP {}", address.token)).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let mut stream = response.bytes_stream();
    let mut received = stream.next().await.unwrap().unwrap().len() as u64;
    let ground = json!({"ground": "manquement à l'article 4"});
    eau.post(&format!("/contracts/{}/revoke", segment(&agreement)), &ground).await.ok();
    let revoked = Instant::now();
    let mut broken = false;
    while let Some(chunk) = stream.next().await {
        match chunk {
            Ok(chunk) => received += chunk.len() as u64,
            Err(_) => broken = true,
        }
        if broken {
            break;
        }
    }
    assert!(broken, "the body ended as if it were whole, after {received} bytes");
    assert!(received < SIZE, "everything arrived in spite of the revocation");
    assert!(revoked.elapsed() < Duration::from_secs(5), "bytes came for {:?}", revoked.elapsed());

    let refused = epci.fetch(&address, &[]).await;
    assert!(refused.is_callers_fault(), "{} {}", refused.status, refused.text());
    let path = format!("/contracts/{}", segment(&agreement));
    let known = epci.until(&path, |c| !c["revoked"].is_null()).await;
    assert_eq!(known["revoked"]["ground"], ground["ground"]);
    assert_eq!(known["revoked"]["by"], eau.did.as_str());
    epci.transfer_in(&transfer, "TERMINATED").await;
    let closed = eau.log().await.into_iter().rfind(|e| e.kind == "delivery.closed").unwrap();
    let body = closed.body.unwrap();
    assert_eq!(body["ending"]["value"], "revoked", "{body:#}");
    let handed: u64 = body["bytes"]["value"].as_str().unwrap().parse().unwrap();
    assert!(handed >= received && handed < SIZE, "{handed} handed over, {received} received");
    check(&federation).await;
}

/// The connection is cut, the termination comes and the revocation comes, in any order: the consumer records why.
async fn a_pull_that_a_revocation_cuts_says_so(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("large.bin", "");
    let file =
        std::fs::File::options().write(true).open(federation.nodes[0].folder.path().join("data/large.bin"));
    file.unwrap().set_len(SIZE * 16).unwrap();
    let dataset = eau.publish(&closed("large.bin", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    let path = format!("/transfers/{}/pull", segment(&transfer));
    let job = epci.post(&path, &json!({"to": "large.bin"})).await.ok()["id"].as_str().unwrap().to_owned();
    let path = format!("{path}/{job}");
    epci.until(&path, |p| p["bytes"].as_u64().is_some_and(|n| n > 0)).await;
    eau.post(&format!("/contracts/{}/revoke", segment(&agreement)), &json!({"ground": "fin"})).await.ok();
    let ended = epci.until(&path, |p| p["state"] != "running").await;
    assert_eq!(ended["state"], "failed", "{ended:#}");
    let endings: Vec<_> = epci.log().await.into_iter().filter(|e| e.kind == "delivery.received").collect();
    let endings: Vec<_> =
        endings.iter().map(|e| e.body.as_ref().unwrap()["ending"]["value"].clone()).collect();
    assert_eq!(endings, [json!("revoked")]);
    // Refused, it leaves nothing empty behind.
    let again =
        epci.post(&format!("/transfers/{}/pull", segment(&transfer)), &json!({"to": "again.bin"})).await;
    assert!(again.is_callers_fault(), "{}", again.text());
    assert!(!federation.nodes[1].folder.path().join("received/again.bin.part").exists());
    check(&federation).await;
}

async fn the_consumer_revokes_too(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    let address = epci.address(&transfer).await;
    let path = format!("/contracts/{}", segment(&agreement));
    epci.post(&format!("{path}/revoke"), &json!({"ground": ""})).await.problem(400);
    epci.post(&format!("{path}/revoke"), &json!({"ground": "fin du besoin"})).await.ok();
    let known = eau.until(&path, |c| !c["revoked"].is_null()).await;
    assert_eq!(known["revoked"]["by"], epci.did.as_str());
    assert!(epci.fetch(&address, &[]).await.is_callers_fault());
    let again = epci.post("/transfers", &json!({"agreement": agreement, "purpose": PURPOSE})).await;
    assert!(again.is_callers_fault(), "{}", again.text());
    for member in [&eau, &epci] {
        assert!(member.log().await.iter().any(|e| e.kind.starts_with("contract.revoked")), "{}", member.name);
    }
    check(&federation).await;
}

/// The peer does not hold the contract yet, or holds it half signed: it is told when both have signed.
async fn a_contract_revoked_while_it_is_signed_is_revoked_at_both(engine: Engine) {
    type Acts = fn(Act) -> bool;
    let cases: [(Acts, usize); 2] =
        [(|act| !matches!(act, Act::Verify), 0), (|act| !matches!(act, Act::Finalize), 1)];
    for (acts, by) in cases {
        let setup = |name| {
            let discretion = Discretion { acts, ..Discretion::default() };
            Setup { discretion, ..Setup::new(engine, name) }
        };
        let federation = Federation::of(vec![setup("eau"), setup("epci")]).await;
        let [eau, epci] = [0, 1].map(|i| federation.member(i));
        federation.nodes[0].put("a.csv", "a;b\n");
        let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
        let ours = epci.negotiate(&eau, &dataset, PURPOSE).await;
        let theirs = epci.peer_id("negotiations", &ours).await;
        let held = ["AGREED", "VERIFIED"][by];
        eau.negotiation(&theirs, held).await;
        let agreement = text(&epci.negotiation(&ours, held).await["agreement"]);
        let path = format!("/contracts/{}", segment(&agreement));
        let who = [&eau, &epci][by];
        who.post(&format!("{path}/revoke"), &json!({"ground": "erreur"})).await.ok();
        let pid = |name: &str| Pid::from_segment(segment(name)).unwrap();
        if by == 0 {
            negotiation::act::confirm(epci.app(), &epci.hosted(), &pid(&ours)).await.unwrap();
        } else {
            negotiation::act::conclude(eau.app(), &eau.hosted(), &pid(&theirs)).await.unwrap();
        }
        for member in [&eau, &epci] {
            member.until(&path, |contract| !contract["revoked"].is_null()).await;
        }
    }
}
