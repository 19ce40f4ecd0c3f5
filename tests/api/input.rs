//! Bad input: a clear answer that blames the caller, and nothing else happens.

use std::os::unix::fs::symlink;

use reqwest::Method;
use serde_json::{Value, json};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, segment};
use tests::on_both;

on_both!(
    bodies_that_are_no_message_are_refused,
    sources_outside_the_folders_are_refused,
    big_and_deep_bodies_are_refused
);

const PROTOCOL: [&str; 12] = [
    "/catalog/request",
    "/negotiations/request",
    "/negotiations/offers",
    "/negotiations/x/request",
    "/negotiations/x/offers",
    "/negotiations/x/agreement",
    "/negotiations/x/agreement/verification",
    "/negotiations/x/events",
    "/negotiations/x/termination",
    "/transfers/request",
    "/transfers/x/start",
    "/transfers/x/termination",
];
const MANAGEMENT: [&str; 7] = [
    "/datasets",
    "/catalog",
    "/negotiations",
    "/transfers",
    "/tokens",
    "/transfers/x/pull",
    "/contracts/x/revoke",
];

fn bad() -> Vec<(&'static str, Vec<u8>)> {
    let context = "https://w3id.org/dspace/2025/1/context.jsonld";
    let typed = |kind: &str| json!({"@context": [context], "@type": kind, "consumerPid": {}, "providerPid": [], "offer": [], "agreement": 3});
    let mut list: Vec<(&str, Vec<u8>)> = vec![
        ("empty", vec![]),
        ("no JSON", b"{\"a\":".to_vec()),
        ("not UTF-8", vec![b'"', 0xff, 0xfe, b'"']),
        ("null", b"null".to_vec()),
        ("a number", b"1e999".to_vec()),
        ("an empty array", b"[]".to_vec()),
        ("an empty object", b"{}".to_vec()),
        ("twice the same member", b"{\"@type\":\"A\",\"@type\":\"B\"}".to_vec()),
        (
            "an unknown member",
            b"{\"peer\":\"did:web:x.example\",\"dataset\":\"d\",\"colour\":\"blue\"}".to_vec(),
        ),
        (
            "NUL in a text",
            b"{\"peer\":\"did:web:x.example\",\"dataset\":\"a\\u0000b\",\"ground\":\"a\\u0000b\"}".to_vec(),
        ),
        ("two documents", b"{}{}".to_vec()),
    ];
    for kind in [
        "CatalogRequestMessage",
        "ContractRequestMessage",
        "ContractAgreementMessage",
        "TransferRequestMessage",
    ] {
        let mut value = typed(kind);
        value["filter"] = json!("x");
        list.push(("wrong types", serde_json::to_vec(&value).unwrap()));
    }
    list
}

async fn bodies_that_are_no_message_are_refused(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    for (what, body) in bad() {
        for path in PROTOCOL {
            let token = epci.peer_token(&eau.did, &body);
            let answer = epci.say_with(&eau, path, body.clone(), &token).await;
            assert!(answer.is_callers_fault(), "{path}, {what}: {} {}", answer.status, answer.text());
            assert!(
                answer.json()["@type"].as_str().is_some_and(|t| t.ends_with("Error")),
                "{}",
                answer.text()
            );
        }
        let bearer = format!("Bearer {}", eau.token);
        for path in MANAGEMENT {
            let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
            let answer = eau.raw(Method::POST, &format!("/api/v1{path}"), &headers, body.clone()).await;
            assert!(answer.is_callers_fault(), "{path}, {what}: {} {}", answer.status, answer.text());
            answer.problem(answer.status);
        }
    }
    // Right bytes under a wrong name.
    let body = serde_json::to_vec(&closed("a.csv", &epci, PURPOSE)).unwrap();
    let bearer = format!("Bearer {}", eau.token);
    for kind in ["text/plain", "application/xml", ""] {
        let headers = [("authorization", bearer.as_str()), ("content-type", kind)];
        eau.raw(
            Method::POST,
            "/api/v1/datasets",
            &headers[..if kind.is_empty() { 1 } else { 2 }],
            body.clone(),
        )
        .await
        .problem(415);
    }
    assert!(eau.all("/datasets").await.is_empty() && eau.all("/negotiations").await.is_empty());
}

async fn big_and_deep_bodies_are_refused(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    let deep = [vec![b'['; 10_000], vec![b']'; 10_000]].concat();
    let objects = [b"{\"a\":".repeat(10_000), b"1".to_vec(), b"}".repeat(10_000)].concat();
    let big = [b"{\"a\":\"".to_vec(), vec![b'x'; 10 << 20], b"\"}".to_vec()].concat();
    let bearer = format!("Bearer {}", eau.token);
    for (body, status) in [(deep, 400), (objects, 400), (big, 413)] {
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        eau.raw(Method::POST, "/api/v1/datasets", &headers, body.clone()).await.problem(status);
        let token = epci.peer_token(&eau.did, &body);
        epci.say_with(&eau, "/negotiations/request", body, &token)
            .await
            .refusal(status, "ContractNegotiationError");
    }
    // The node still answers.
    eau.get("/status").await.ok();
}

async fn sources_outside_the_folders_are_refused(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    let folder = federation.nodes[0].folder.path();
    federation.nodes[0].put("in/a.csv", "a;b\n1;2\n");
    symlink(folder.join("secret"), folder.join("data/in/link.csv")).unwrap();
    symlink(folder, folder.join("data/out")).unwrap();
    let absolute = folder.join("secret").display().to_string();
    for file in ["../secret", "in/../../secret", "out/secret", absolute.as_str(), "in/link.csv", "", "in/."] {
        let answer = eau.post("/datasets", &closed(file, &epci, PURPOSE)).await;
        let problem = answer.problem(if answer.status == 400 { 400 } else { 422 });
        // A NUL is refused wherever it stands in a body, before anything is read of it.
        let named = if file.contains('\0') { "U+0000" } else { "/source" };
        assert!(problem.to_string().contains(named), "{file}: {problem:#}");
    }
    // Nor can a request climb out of a published folder.
    let mut description = closed("", &epci, PURPOSE);
    description["source"] = json!({"folder": "in"});
    let dataset = eau.publish(&description).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    let mut address = epci.address(&transfer).await;
    let base = address.endpoint.clone();
    let secret = std::fs::read_to_string(folder.join("secret")).unwrap();
    for path in [
        "../secret",
        "..%2fsecret",
        "%2e%2e/%2e%2e/secret",
        "link.csv",
        "//etc/passwd",
        "..%5csecret",
        "a.csv%00",
    ] {
        address.endpoint = format!("{base}/{path}");
        let answer = epci.fetch(&address, &[]).await;
        assert!(answer.status >= 400 && answer.status < 500, "{path}: {}", answer.status);
        assert!(!answer.text().contains(secret.trim()), "{path} gave the secret");
    }
    address.endpoint = format!("{base}/a.csv");
    assert_eq!(epci.fetch(&address, &[]).await.text(), "a;b\n1;2\n");
    let pull = epci.pull(&transfer, json!({"path": "../secret"})).await;
    assert_eq!(pull["state"], "failed", "{pull:#}");
    // What arrives stays in its folder too.
    let path = format!("/transfers/{}/pull", segment(&transfer));
    for to in ["../escaped", "/tmp/escaped", "a/../../escaped"] {
        let answer = epci.post(&path, &json!({"path": "a.csv", "to": to})).await;
        let failed = answer.is_callers_fault() || pull_failed(&epci, &path, &answer.ok()).await;
        assert!(failed, "{to}: {}", answer.text());
    }
}

async fn pull_failed(epci: &tests::member::Member, path: &str, job: &Value) -> bool {
    let path = format!("{path}/{}", job["id"].as_str().unwrap());
    epci.until(&path, |p| p["state"] != "running").await["state"] == "failed"
}
