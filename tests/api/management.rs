//! The management API: who may do what, and how it says no.

use reqwest::Method;
use serde_json::json;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, text};
use tests::on_both;

on_both!(
    a_token_gives_its_role_and_no_more,
    refusals_are_said_in_the_callers_language,
    events_are_read_by_cursor
);

async fn a_token_gives_its_role_and_no_more(engine: Engine) {
    let federation = Federation::start(engine, &["eau"]).await;
    let eau = federation.member(0);
    federation.nodes[0].put("a.csv", "a\n1\n");
    let issue = |role: &str| json!({"role": role, "label": format!("essai {role}"), "days": 1});
    let reader = eau.post("/tokens", &issue("reader")).await.ok();
    let operator = text(&eau.post("/tokens", &issue("operator")).await.ok()["token"]);
    let (reader_id, reader) = (text(&reader["id"]), text(&reader["token"]));
    let dataset = closed("a.csv", &eau, PURPOSE);
    eau.call(&reader, Method::GET, "/datasets", None).await.ok();
    eau.call(&reader, Method::POST, "/datasets", Some(&dataset)).await.problem(403);
    eau.call(&operator, Method::POST, "/datasets", Some(&dataset)).await.ok();
    eau.call(&operator, Method::POST, "/tokens", Some(&issue("admin"))).await.problem(403);
    for token in ["", "fid_unknown", "x", &format!("{operator}x")] {
        eau.call(token, Method::GET, "/datasets", None).await.problem(401);
    }
    let listed = eau.get("/tokens").await;
    assert!(!listed.text().contains(&reader) && listed.text().contains("essai reader"));
    assert_eq!(eau.call(&eau.token, Method::DELETE, &format!("/tokens/{reader_id}"), None).await.status, 204);
    eau.call(&reader, Method::GET, "/datasets", None).await.problem(401);
    eau.post("/tokens", &json!({"role": "root", "label": "x"})).await.problem(400);
    eau.post("/tokens", &json!({"role": "reader", "label": " "})).await.problem(400);
}

async fn refusals_are_said_in_the_callers_language(engine: Engine) {
    let federation = Federation::start(engine, &["eau"]).await;
    let eau = federation.member(0);
    let mut titles = Vec::new();
    for language in ["fr", "en"] {
        let answer = eau.raw(Method::GET, "/api/v1/datasets", &[("accept-language", language)], vec![]).await;
        titles.push(text(&answer.problem(401)["title"]));
    }
    assert_ne!(titles[0], titles[1]);
    // Malformed input too: our words in the caller's language, those of the parser as they are, the place named.
    let bearer = format!("Bearer {}", eau.token);
    for (language, said, thing) in [
        ("fr", "Le corps n'est pas ce qui est attendu : unknown field `colour`", "(contrat)"),
        ("en", "The body is not what is expected: unknown field `colour`", "no such contract"),
    ] {
        let json = "application/json";
        let headers = [("accept-language", language), ("authorization", &*bearer), ("content-type", json)];
        let body = br#"{"role": "reader", "label": "x", "colour": "blue"}"#.to_vec();
        let answer = eau.raw(Method::POST, "/api/v1/tokens", &headers, body).await;
        let problem = answer.problem(400);
        assert!(text(&problem["detail"]).starts_with(said), "{problem}");
        assert_eq!(problem["at"], "/colour");
        let missing = "/api/v1/contracts/0198d3a0-0000-7000-8000-000000000000";
        let answer = eau.raw(Method::GET, missing, &headers, vec![]).await;
        assert!(text(&answer.problem(404)["detail"]).contains(thing));
    }
    eau.public("/nowhere").await.problem(404);
    eau.raw(Method::PATCH, "/api/v1/datasets", &[], vec![]).await.problem(405);
    for query in ["?limit=0", "?limit=100000", "?limit=x", "?colour=blue", "?cursor=%00"] {
        eau.get(&format!("/datasets{query}")).await.problem(400);
    }
    eau.get("/negotiations/%00").await.problem(400);
    eau.get("/contracts/0198d3a0-0000-7000-8000-000000000000").await.problem(404);
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(eau.public(path).await.status, 200);
    }
}

async fn events_are_read_by_cursor(engine: Engine) {
    let federation = Federation::start(engine, &["eau"]).await;
    let eau = federation.member(0);
    federation.nodes[0].put("a.csv", "a\n1\n");
    let first = eau.get("/events?limit=100").await.ok();
    let cursor = text(&first["next"]);
    assert!(!first["items"].as_array().unwrap().is_empty());
    let waiting = {
        let (eau, cursor) = (eau.clone(), cursor.clone());
        tokio::spawn(async move { eau.get(&format!("/events?cursor={cursor}&wait=20")).await.ok() })
    };
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    eau.publish(&closed("a.csv", &eau, PURPOSE)).await;
    let next = waiting.await.unwrap();
    assert_eq!(next["items"][0]["kind"], "dataset.published", "{next:#}");
    let empty = eau.get(&format!("/events?cursor={}", text(&next["next"]))).await.ok();
    assert_eq!(empty["items"], json!([]));
}
