//! Publication and catalogues.

use reqwest::Method;
use serde_json::json;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, segment};
use tests::on_both;

on_both!(
    every_fault_of_a_description_is_named,
    a_change_makes_a_revision_and_a_withdrawal_a_tombstone,
    the_catalogue_is_served_in_each_form,
    strangers_get_no_protocol_catalogue,
);

async fn every_fault_of_a_description_is_named(engine: Engine) {
    let federation = Federation::start(engine, &["eau"]).await;
    let eau = federation.member(0);
    let mut bad = closed("a.csv", &eau, PURPOSE);
    bad["theme"] = json!("WATER");
    bad["location"]["kind"] = json!("planet");
    bad["frequency"] = json!(7);
    bad["rung"] = json!("secret");
    bad.as_object_mut().unwrap().remove("producer");
    bad["colour"] = json!("blue");
    let problem = eau.post("/datasets", &bad).await.problem(422);
    let faults = problem["faults"].as_array().unwrap();
    for field in ["theme", "location", "frequency", "rung", "producer", "colour"] {
        let named = |f: &&serde_json::Value| f["field"].as_str().is_some_and(|at| at.contains(field));
        let fault = faults.iter().find(named).unwrap_or_else(|| panic!("no fault at {field}: {problem:#}"));
        assert!(fault["remedy"].as_str().is_some_and(|r| !r.is_empty()), "{fault}");
    }
    // What the engine does not understand is refused here, not at the first use.
    let mut unknown = closed("a.csv", &eau, PURPOSE);
    unknown["offers"][0]["policy"]["permission"][0]["constraint"][0]["leftOperand"] = json!("weather");
    let problem = eau.post("/datasets", &unknown).await.problem(422);
    assert!(problem.to_string().contains("weather"), "{problem:#}");
    assert!(eau.all("/datasets").await.is_empty());
}

async fn a_change_makes_a_revision_and_a_withdrawal_a_tombstone(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a\n1\n");
    let mut description = closed("a.csv", &epci, PURPOSE);
    let first = eau.post("/datasets", &description).await.ok();
    description["id"] = first["id"].clone();
    let same = eau.post("/datasets", &description).await.ok();
    assert_eq!((&same["revision"], &same["digest"]), (&json!(1), &first["digest"]));
    description["title"] = json!("Débits, corrigés");
    let second = eau.post("/datasets", &description).await.ok();
    assert_eq!(second["revision"], 2);
    assert_ne!(second["digest"], first["digest"]);
    let path = format!("/datasets/{}", segment(first["id"].as_str().unwrap()));
    assert_eq!(eau.get(&format!("{path}?revision=1")).await.ok()["digest"], first["digest"]);
    assert!(eau.call(&eau.token, Method::DELETE, &path, None).await.status == 204);
    assert_eq!(eau.get(&path).await.ok()["withdrawn"], true);
    assert_eq!(eau.all(&format!("{path}/revisions")).await.len(), 3);
    let shown = epci.catalogue_of(&eau).await;
    assert!(shown.get("dataset").is_none_or(|d| d.as_array().is_some_and(Vec::is_empty)), "{shown:#}");
    let body = json!({"peer": eau.did, "dataset": first["id"], "purpose": PURPOSE});
    assert!(epci.post("/negotiations", &body).await.is_callers_fault(), "a withdrawn dataset was negotiated");
}

async fn the_catalogue_is_served_in_each_form(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a\n1\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    for (accept, found) in [("text/turtle", "dcat:Dataset"), ("application/ld+json", "Dataset")] {
        let mut answer = eau.raw(Method::GET, "/catalog", &[("accept", accept)], vec![]).await;
        for _ in 0..200 {
            // The projection follows the store.
            if answer.status == 200 && answer.text().contains(&dataset) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
            answer = eau.raw(Method::GET, "/catalog", &[("accept", accept)], vec![]).await;
        }
        assert_eq!(answer.status, 200, "{accept}: {}", answer.text());
        assert!(answer.header("content-type").starts_with(accept), "{}", answer.header("content-type"));
        assert!(answer.text().contains(&dataset) && answer.text().contains(found), "{}", answer.text());
        assert!(!answer.text().contains("a.csv"), "the source is shown: {}", answer.text());
    }
    let one = epci.ask(&eau, &format!("/catalog/datasets/{}", segment(&dataset))).await.ok();
    assert_eq!(one["@id"], dataset.as_str());
    let none = epci.ask(&eau, "/catalog/datasets/0198d3a0-0000-7000-8000-000000000000").await;
    none.refusal(404, "CatalogError");
}

async fn strangers_get_no_protocol_catalogue(engine: Engine) {
    let federation = Federation::start(engine, &["eau"]).await;
    let eau = federation.member(0);
    let body = json!({"@context": ["https://w3id.org/dspace/2025/1/context.jsonld"], "@type": "CatalogRequestMessage"});
    let headers = [("content-type", "application/json")];
    let answer = eau
        .raw(Method::POST, "/dsp/2025-1/catalog/request", &headers, serde_json::to_vec(&body).unwrap())
        .await;
    answer.refusal(401, "CatalogError");
    let version = eau.public("/.well-known/dspace-version").await.ok();
    assert_eq!(version["protocolVersions"][0]["path"], "/dsp/2025-1");
    assert_eq!(eau.public("/.well-known/did.json").await.ok()["id"], eau.did.as_str());
}
