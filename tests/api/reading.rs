//! Who reads the log stands in the log; what everybody may know of uses is counted.

use contracts::api::log::EntryView;
use reqwest::Method;
use serde_json::{Value, json};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, segment, text};
use tests::member::Member;
use tests::on_both;

on_both!(
    every_reading_is_recorded,
    following_the_log_does_not_make_it_grow,
    uses_are_counted_for_everybody,
    an_auditor_opens_what_its_scope_says
);

async fn exchanged(federation: &Federation) -> (Member, Member, String, String) {
    let [eau, epci] = [0, 1].map(|n| federation.member(n));
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    epci.pulled(&transfer).await;
    eau.until_logged("delivery.acknowledged", 1).await;
    (eau, epci, dataset, agreement)
}

/// What the newest entry says, when it tells of a reading.
async fn newest(member: &Member) -> Value {
    let log = member.log().await;
    let told: Vec<&EntryView> = log.iter().filter(|e| e.kind == "log.read").collect();
    told.last().and_then(|e| e.body.clone()).unwrap_or_default()
}

async fn token(member: &Member, role: &str, label: &str) -> (String, String) {
    let issued = member.post("/tokens", &json!({"role": role, "label": label})).await.ok();
    (text(&issued["id"]), text(&issued["token"]))
}

async fn every_reading_is_recorded(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let (eau, epci, _, agreement) = exchanged(&federation).await;
    let (id, reader) = token(&eau, "reader", "délégué à la protection des données").await;
    let opened = eau.log().await.into_iter().find(|e| e.kind == "delivery.opened").unwrap().index;
    let contract = segment(&agreement);
    for (path, read) in [
        ("/log/entries?limit=3".to_owned(), "entries 0-2".to_owned()),
        ("/events?limit=2&cursor=1".to_owned(), "events 1-2".to_owned()),
        (format!("/log/extract?contract={contract}"), format!("extract of contract {agreement}")),
        (format!("/log/entries/{opened}/proof"), format!("proof of entry {opened}")),
        (format!("/log/entries/{opened}/decision"), format!("decision of entry {opened}")),
        (format!("/evidence?contract={contract}"), format!("evidence about contract {agreement}")),
    ] {
        assert_eq!(eau.call(&reader, Method::GET, &path, None).await.status, 200, "{path}");
        let said = newest(&eau).await;
        let value = |name: &str| said[name]["value"].clone();
        assert_eq!((value("read"), value("reader")), (read.into(), id.clone().into()), "{path}");
        assert_eq!(
            (value("role"), value("reason")),
            ("reader".into(), "délégué à la protection des données".into())
        );
    }
    let path = format!("/evidence?contract={contract}&reason=plainte%20118");
    eau.call(&reader, Method::GET, &path, None).await.ok();
    assert_eq!(newest(&eau).await["reason"]["value"], "plainte 118");
    // Committed to like everything.
    let entry = eau.log().await.into_iter().rev().find(|e| e.kind == "log.read").unwrap();
    let leaf: Value = serde_json::from_str(&entry.leaf).unwrap();
    assert!(leaf["c"]["reader"].is_string() && !entry.leaf.contains(&id), "{leaf}");

    let (auditor_id, auditor) = token(&eau, "auditor", "chambre régionale").await;
    let bearer = format!("Bearer {auditor}");
    let size = eau.log().await.len() as u64;
    for (tile, recorded) in
        [(format!("tile/0/000.p/{}", size.min(9)), false), ("tile/entries/000.p/5".into(), true)]
    {
        let headers = [("authorization", bearer.as_str())];
        assert_eq!(eau.raw(Method::GET, &format!("/log/{tile}"), &headers, Vec::new()).await.status, 200);
        let said = newest(&eau).await;
        assert_eq!(said["reader"]["value"] == auditor_id.as_str(), recorded, "{said}");
    }
    // What is refused or not there is not read.
    let before = newest(&eau).await;
    eau.call(&auditor, Method::GET, "/log/entries", None).await.problem(403);
    eau.call(&reader, Method::GET, "/log/entries/99999/proof", None).await.problem(404);
    assert_eq!(newest(&eau).await, before);
    // A peer that compares twins reads its own exchanges with us.
    let compared = epci.post(&format!("/contracts/{contract}/twins"), &json!({})).await.ok();
    assert_eq!(compared["state"], "agree", "{compared}");
    let said = newest(&eau).await;
    assert_eq!(
        (&said["role"]["value"], &said["reader"]["value"]),
        (&"peer".into(), &epci.did.clone().into())
    );
    assert_eq!(said["scope"]["value"], agreement.as_str());
}

async fn following_the_log_does_not_make_it_grow(engine: Engine) {
    let federation = Federation::start(engine, &["eau"]).await;
    let eau = federation.member(0);
    let size = || async {
        let checkpoint = eau.public("/log/checkpoint").await.text();
        checkpoint.lines().nth(1).unwrap().parse::<u64>().unwrap()
    };
    let mut cursor = String::from("0");
    let mut sizes = Vec::new();
    for _ in 0..6 {
        let page = eau.get(&format!("/events?cursor={cursor}")).await.ok();
        cursor = text(&page["next"]);
        sizes.push(size().await);
    }
    // The first page was recorded; the page that tells only of this was not, and so it ends.
    assert!(sizes.iter().all(|n| *n == sizes[0]), "{sizes:?}");
    let kinds: Vec<_> = eau.log().await.into_iter().map(|e| e.kind).collect();
    assert_eq!(kinds.iter().filter(|kind| *kind == "log.read").count(), 1, "{kinds:?}");
}

async fn uses_are_counted_for_everybody(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let (eau, epci, dataset, agreement) = exchanged(&federation).await;
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    epci.pulled(&transfer).await;
    // Another dataset, which is shown to nobody afterwards.
    let hidden = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let other = epci.contract(&eau, &hidden, PURPOSE).await;
    let transfer = epci.transfer(&other, PURPOSE).await;
    epci.pulled(&transfer).await;
    eau.until_logged("delivery.acknowledged", 3).await;
    let mut description = closed("a.csv", &epci, PURPOSE);
    description["id"] = hidden.clone().into();
    description["rung"] = "invisible".into();
    description.as_object_mut().unwrap().remove("offers");
    eau.post("/datasets", &description).await.ok();
    let answer = eau.public("/log/uses").await;
    let said = answer.text();
    let view: Value = serde_json::from_str(&said).unwrap();
    let line = json!({"dataset": dataset, "rung": "partenaires_nommes", "recipient": epci.did, "purpose": PURPOSE,
        "deliveries": 2, "bytes": 16});
    assert_eq!(view["uses"], json!([line]), "{said}");
    assert_eq!(view["rest"], json!({"deliveries": 1, "bytes": 8}));
    assert!(!said.contains(&hidden));
    let shown = tests::binary::command(federation.nodes[0].folder.path(), &["log", "uses"]).await.ok();
    assert_eq!(shown, view);
    assert_eq!(epci.public("/log/uses").await.text().matches("recipient").count(), 0);
}

async fn an_auditor_opens_what_its_scope_says(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let (eau, epci, dataset, agreement) = exchanged(&federation).await;
    let other = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let hidden = epci.contract(&eau, &other, PURPOSE).await;
    let node = federation.nodes[0].folder.path();
    let bare = dataset.trim_start_matches("urn:uuid:");
    let made = ["token", "new", "--role", "auditor", "--label", "chambre", "--dataset", bare];
    let issued = tests::binary::command(node, &made).await.ok();
    assert_eq!(issued["scope"], json!({"datasets": [dataset]}));
    let scoped = text(&issued["token"]);
    let log = eau.log().await;
    let of = |id: &str, kind: &str| {
        let about = |e: &&EntryView| e.body.as_ref().is_some_and(|b| b["dataset"]["value"] == id);
        log.iter().filter(about).find(|e| e.kind == kind).unwrap().index
    };
    let ask = |path: String| {
        let (eau, scoped) = (eau.clone(), scoped.clone());
        async move { eau.call(&scoped, Method::GET, &path, None).await }
    };
    let (mine, not_mine) = (of(&dataset, "delivery.opened"), of(&other, "contract.signed"));
    assert_eq!(ask(format!("/log/entries/{mine}/proof")).await.status, 200);
    assert_eq!(ask(format!("/log/entries/{mine}/decision")).await.ok()["same"], true);
    ask(format!("/log/entries/{not_mine}/proof")).await.problem(404);
    ask(format!("/log/entries/{not_mine}/decision")).await.problem(404);
    for path in ["/log/entries", "/events", "/contracts", "/datasets"] {
        ask(path.into()).await.problem(403);
    }
    let bearer = format!("Bearer {scoped}");
    let headers = [("authorization", bearer.as_str())];
    eau.raw(Method::GET, "/log/tile/entries/000.p/5", &headers, Vec::new()).await.problem(409);
    // Everything of the period, of which the scope lets out its dataset only.
    let pack = ask("/evidence?from=2000-01-01T00:00:00Z".into()).await.ok();
    let files: Vec<_> = pack["files"].as_object().unwrap().iter().collect();
    assert!(files.iter().any(|(name, _)| name.contains(agreement.trim_start_matches("urn:uuid:"))));
    let all: String = files.iter().map(|(name, text)| format!("{name} {text}")).collect();
    assert!(
        all.contains(&dataset)
            && !all.contains(&other)
            && !all.contains(hidden.trim_start_matches("urn:uuid:"))
    );
    ask(format!("/evidence?dataset={}", segment(&other))).await.problem(404);
    let said = newest(&eau).await;
    assert_eq!(said["scope"]["value"], json!({"datasets": [dataset]}).to_string());
    // A recipient's own uses.
    let scope = json!({"recipients": ["did:web:nobody.example"]});
    let body = json!({"role": "auditor", "label": "x", "scope": scope});
    let none = text(&eau.post("/tokens", &body).await.ok()["token"]);
    eau.call(&none, Method::GET, "/evidence?from=2000-01-01T00:00:00Z", None).await.problem(404);
    // Without a scope an auditor opens nothing, and nobody else has one.
    let (_, blind) = token(&eau, "auditor", "x").await;
    eau.call(&blind, Method::GET, "/evidence?from=2000-01-01T00:00:00Z", None).await.problem(403);
    for (role, scope, status) in [
        ("reader", json!({"datasets": [dataset]}), 400),
        ("auditor", json!({"datasets": ["x y"]}), 400),
        ("auditor", json!({"from": "yesterday"}), 400),
        ("auditor", json!({"colour": "red"}), 400),
    ] {
        eau.post("/tokens", &json!({"role": role, "label": "x", "scope": scope})).await.problem(status);
    }
}
