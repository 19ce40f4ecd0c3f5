//! Publication and catalogues.

use node::domain::time::Clock;
use reqwest::Method;
use serde_json::json;
use tests::answer::Answer;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, segment, text};
use tests::node::Setup;
use tests::on_both;

on_both!(
    every_fault_of_a_description_is_named,
    a_change_makes_a_revision_and_a_withdrawal_a_tombstone,
    the_catalogue_is_served_in_each_form,
    strangers_get_no_protocol_catalogue,
    pages_that_follow_each_other_are_of_one_catalogue,
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

async fn pages_that_follow_each_other_are_of_one_catalogue(engine: Engine) {
    let clock = Clock::fixed(Clock::System.now());
    let setup = |name| Setup { clock: clock.clone(), ..Setup::new(engine, name) };
    let federation = Federation::of(vec![setup("eau"), setup("epci")]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a\n1\n");
    let mut ids = Vec::new();
    for _ in 0..6 {
        clock.advance(10);
        ids.push(eau.publish(&closed("a.csv", &epci, PURPOSE)).await);
    }
    let body = json!({"@context": ["https://w3id.org/dspace/2025/1/context.jsonld"],
        "@type": "CatalogRequestMessage", "filter": [{"limit": 2}]});
    let body = serde_json::to_vec(&body).unwrap();
    let ask = async |query: &str| {
        let token = epci.peer_token(&eau.did, &body);
        epci.say_with(&eau, &format!("/catalog/request{query}"), body.clone(), &token).await
    };
    let shown = |answer: &Answer| {
        let list = answer.ok()["dataset"].as_array().cloned().unwrap_or_default();
        list.iter().map(|d| (text(&d["@id"]), text(&d["dcat:version"]))).collect::<Vec<_>>()
    };
    let next = |answer: &Answer| {
        let link = answer.header("link");
        link.split_once("/catalog/request").map(|(_, rest)| rest.split_once('>').unwrap().0.to_owned())
    };
    clock.advance(10);
    let first = ask("").await;
    let expected = |range: std::ops::Range<usize>, revision: &str| {
        ids[range].iter().map(|id| (id.clone(), revision.to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(shown(&first), expected(0..2, "1"));
    // Meanwhile one changes, one goes and one comes.
    clock.advance(10);
    let mut changed = closed("a.csv", &epci, PURPOSE);
    changed["id"] = json!(ids[2]);
    changed["title"] = json!("Débits, corrigés");
    eau.publish(&changed).await;
    eau.call(&eau.token, Method::DELETE, &format!("/datasets/{}", segment(&ids[4])), None).await;
    let come = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let second = ask(&next(&first).unwrap()).await;
    assert_eq!(shown(&second), expected(2..4, "1"), "another catalogue's page");
    let third = ask(&next(&second).unwrap()).await;
    assert_eq!(shown(&third), expected(5..6, "1"));
    assert_eq!(next(&third), None);
    // From the start it is the present one.
    let again = ask(&next(&ask("").await).unwrap()).await;
    assert_eq!(shown(&again)[0], (ids[2].clone(), "2".into()));
    let last = ask(&next(&again).unwrap()).await;
    assert_eq!(shown(&last), [(ids[5].clone(), "1".into()), (come, "1".into())]);
    // Not for ever, and not for whoever makes up a position.
    let old = next(&first).unwrap();
    clock.advance(2 * 3600 * 1000);
    ask(&old).await.refusal(400, "CatalogError");
    ask("?continuationToken=eA").await.refusal(400, "CatalogError");
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
