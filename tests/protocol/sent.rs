//! What nodes really say to each other, request and answer, against the official schemas.

use std::collections::BTreeSet;
use std::net::TcpListener;

use serde_json::{Value, json};
use tests::engine::{Engine, run};
use tests::flow::{OTHER_PURPOSE, PURPOSE, closed, segment};
use tests::member::Member;
use tests::node::{Setup, TestNode};
use tests::reference::folder;
use tests::relay::{Exchange, Relay};

use crate::message::{REPAIRED, TYPES, schema};
use crate::schemas::{Schemas, faults};

/// A node behind a relay at its public address.
async fn node(name: &str) -> (TestNode, Relay) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let public = Some(listener.local_addr().unwrap().port());
    let node = TestNode::start(Setup { public, ..Setup::new(Engine::Sqlite, name) }).await;
    let relay = Relay::start(listener, node.port);
    (node, relay)
}

#[test]
fn what_nodes_say_is_valid() {
    let Some(official) = folder("dsp", "what_nodes_say_is_valid") else { return };
    run(Engine::Sqlite, "what_nodes_say_is_valid", |_| async move {
        let ((provider, at_provider), (consumer, at_consumer)) = (node("eau").await, node("epci").await);
        let (eau, epci) = (provider.members[0].clone(), consumer.members[0].clone());
        provider.put("a.csv", "a;b\n1;2\n");
        converse(&eau, &epci).await;
        let said = [at_provider.said(), at_consumer.said()].concat();
        at_provider.stop().await;
        at_consumer.stop().await;
        judge(&Schemas::load(&official), &said);
    });
}

/// Everything that two nodes can say: agreed, countered, refused, suspended, ended; and refusals.
async fn converse(eau: &Member, epci: &Member) {
    let dataset = eau.publish(&closed("a.csv", epci, PURPOSE)).await;
    let catalogue = epci.catalogue_of(eau).await;
    let agreement = epci.contract(eau, &dataset, PURPOSE).await;
    let mut policy = catalogue["dataset"][0]["hasPolicy"][0].clone();
    policy["permission"][0]["constraint"].as_array_mut().unwrap().remove(1);
    let wanted = json!({"peer": eau.did, "dataset": dataset, "purpose": PURPOSE, "policy": policy});
    let own = epci.post("/negotiations", &wanted).await.ok()["id"].as_str().unwrap().to_owned();
    let theirs = epci.peer_id("negotiations", &own).await;
    let [at_eau, at_epci] = [&theirs, &own].map(|id| format!("/negotiations/{}", segment(id)));
    let offer = json!({"policy": catalogue["dataset"][0]["hasPolicy"][0]});
    for _ in 0..2 {
        eau.until(&at_eau, |n| n["waits_for"] == "person").await;
        eau.post(&format!("{at_eau}/counter"), &offer).await.ok();
        epci.until(&at_epci, |n| n["state"] == "OFFERED" && n["waits_for"] == "person").await;
        epci.post(&format!("{at_epci}/counter"), &json!({"policy": policy})).await.ok();
    }
    eau.until(&at_eau, |n| n["waits_for"] == "person").await;
    eau.post(&format!("{at_eau}/counter"), &offer).await.ok();
    epci.until(&at_epci, |n| n["state"] == "OFFERED" && n["waits_for"] == "person").await;
    epci.post(&format!("{at_epci}/accept"), &json!({})).await.ok();
    epci.negotiation(&own, "FINALIZED").await;
    let ended = epci.post("/negotiations", &wanted).await.ok()["id"].as_str().unwrap().to_owned();
    epci.peer_id("negotiations", &ended).await;
    let path = format!("/negotiations/{}", segment(&ended));
    epci.post(&format!("{path}/terminate"), &json!({"reason": "essai"})).await.ok();
    epci.until(&path, |n| n["waits_for"] == "nothing").await;

    let transfer = epci.transfer(&agreement, PURPOSE).await;
    let path = format!("/transfers/{}", segment(&transfer));
    for act in ["suspend", "resume", "complete"] {
        epci.post(&format!("{path}/{act}"), &json!({"reason": "essai"})).await.ok();
        epci.until(&path, |t| t["waits_for"] != "acknowledgement").await;
    }
    let refused = json!({"agreement": agreement, "purpose": OTHER_PURPOSE});
    let refused = epci.post("/transfers", &refused).await.ok()["id"].as_str().unwrap().to_owned();
    epci.transfer_in(&refused, "TERMINATED").await;

    for (path, kind) in [
        ("/catalog/request", "CatalogError"),
        ("/negotiations/request", "ContractNegotiationError"),
        ("/negotiations/x/termination", "ContractNegotiationError"),
        ("/transfers/request", "TransferError"),
        ("/transfers/x/start", "TransferError"),
    ] {
        epci.say(eau, path, &json!({})).await.refusal(400, kind);
    }
    for path in [format!("/negotiations/{}", segment(&theirs)), "/catalog/datasets/none".into()] {
        epci.ask(eau, &path).await;
    }
    epci.ask(eau, &format!("/catalog/datasets/{}", segment(&dataset))).await.ok();
    eau.public("/.well-known/dspace-version").await.ok();
}

fn judge(schemas: &Schemas, said: &[Exchange]) {
    let mut seen = BTreeSet::new();
    let mut check = |path: &str, value: &Value| {
        let Some(kind) = value["@type"].as_str() else { return };
        let Some(schema) = schema(kind) else { panic!("{path}: no schema for {kind}") };
        assert_eq!(faults(&schemas.validator(schema), value), [""; 0], "{path}: {value:#}");
        seen.insert(kind.to_owned());
    };
    for exchange in said.iter().filter(|e| e.path.starts_with("/dsp/")) {
        check(&exchange.path, &exchange.asked);
        check(&exchange.path, &exchange.answered);
        assert!(exchange.status < 500, "{exchange:?}");
    }
    let all: BTreeSet<String> = TYPES.iter().chain(&REPAIRED).map(|(kind, _)| (*kind).to_owned()).collect();
    assert_eq!(all.difference(&seen).collect::<Vec<_>>(), Vec::<&String>::new(), "never said");
    let versions = said.iter().find(|e| e.path == "/.well-known/dspace-version").unwrap();
    let schema = schemas.validator("common/protocol-version-schema.json");
    assert_eq!(faults(&schema, &versions.answered), [""; 0]);
}
