//! Real files of French administrations: each published, exchanged and verified by digest, under eight policies.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::check::check;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, described};
use tests::member::Member;
use tests::on_both;
use tests::reference::{files, folder};

on_both!(every_real_file_is_exchanged_under_every_policy);

/// Permissions by name. Every one is met by the exchange of this test.
fn policies(epci: &Member) -> Vec<(&'static str, Value)> {
    // The rung wants each permission to name its recipients.
    let one = |left: &str, operator: &str, right: Value| {
        let recipient = json!({"leftOperand": "recipient", "operator": "eq", "rightOperand": epci.did});
        let other = json!({"leftOperand": left, "operator": operator, "rightOperand": right});
        json!([{"action": "use", "constraint": [recipient, other]}])
    };
    vec![
        ("recipient", one("recipient", "neq", json!("did:web:other.example"))),
        ("recipients", one("recipient", "isAnyOf", json!([epci.did, "did:web:other.example"]))),
        ("purpose", one("purpose", "isA", json!(PURPOSE))),
        ("date", one("dateTime", "lt", json!({"@value": "2099-01-01T00:00:00Z", "@type": "xsd:dateTime"}))),
        ("count", one("count", "lteq", json!(3))),
        ("place", one("fiducie:processingPlace", "isPartOf", json!("EU"))),
        ("law", one("fiducie:governingLaw", "eq", json!("FR"))),
        (
            "time since the first use",
            one("elapsedTime", "lteq", json!({"@value": "P1D", "@type": "xsd:duration"})),
        ),
    ]
}

async fn every_real_file_is_exchanged_under_every_policy(engine: Engine) {
    let Some(reference) = folder("data", "every_real_file_is_exchanged_under_every_policy") else { return };
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    let found = files(&reference, "");
    assert!(found.len() > 40, "only {} files", found.len());
    let mut expected = BTreeMap::new();
    for file in &found {
        let name = file.strip_prefix(&reference).unwrap().display().to_string();
        let bytes = std::fs::read(file).unwrap();
        expected.insert(name.clone(), hex::encode(Sha256::digest(&bytes)));
        federation.nodes[0].put(&format!("real/{name}"), bytes);
    }
    // Each file is a dataset under one of the policies; each policy also gives the whole folder.
    let policies = policies(&epci);
    for (n, (name, digest)) in expected.iter().enumerate() {
        let (policy, permission) = &policies[n % policies.len()];
        let transfer = exchange(&eau, &epci, json!({"file": format!("real/{name}")}), permission).await;
        let pull = epci.pull(&transfer, json!({})).await;
        assert_eq!(pull["state"], "done", "{name} under {policy}: {pull:#}");
        assert_eq!(pull["files"][0]["sha256"], digest.as_str(), "{name} under {policy}");
    }
    for (policy, permission) in &policies {
        let transfer = exchange(&eau, &epci, json!({"folder": "real"}), permission).await;
        if *policy == "count" {
            continue;
        }
        let pull = epci.pull(&transfer, json!({})).await;
        assert_eq!(pull["state"], "done", "folder under {policy}: {pull:#}");
        let arrived: Vec<_> =
            pull["files"].as_array().unwrap().iter().map(|f| f["sha256"].as_str().unwrap()).collect();
        for (name, digest) in &expected {
            assert!(arrived.contains(&digest.as_str()), "{name} did not arrive under {policy}");
        }
    }
    let checked = check(&federation).await;
    assert!(checked.exchanges >= found.len() * policies.len(), "{checked:?}");
}

async fn exchange(eau: &Member, epci: &Member, source: Value, permission: &Value) -> String {
    let dataset = eau.publish(&described(source, permission.clone())).await;
    let agreement = epci.contract(eau, &dataset, PURPOSE).await;
    epci.transfer(&agreement, PURPOSE).await
}
