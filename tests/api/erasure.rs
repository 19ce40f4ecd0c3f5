//! What opens the entries about a person in a year is erased: every proof stays, and nothing of it lies about.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contracts::api::log::EntryView;
use contracts::archive::Line;
use node::domain::time::Clock;
use serde_json::{Value, json};
use sqlx::{AnyConnection, Connection, Row};
use tests::api::{Answer, Failure, segment};
use tests::binary::{command, fiducie};
use tests::collector::Collector;
use tests::engine::Engine;
use tests::on_both;
use tests::pair::Pair;
use tests::places::{Place, backup, database};
use tests::process::Setup;
use tests::skip::skipped;
use tests::temporary::Folder;

on_both!(what_was_erased_lies_nowhere, an_erasure_says_why_and_of_whom);

/// A pair after one exchange; the provider on the engine under test, telling everything it can of what it does.
async fn exchanged(engine: Engine, scratch: &Folder, settings: String) -> (Pair, String, String) {
    let (database, url) = match engine {
        Engine::Sqlite => {
            (None, format!("sqlite://{}", scratch.path().join("provider/fiducie.sqlite").display()))
        }
        Engine::Postgres => {
            let url = engine.database(scratch.path()).await;
            (Some(url.clone()), url)
        }
    };
    let provider = Setup { database, settings, ..Setup::default() };
    let mut pair = Pair::init(scratch.path(), &provider, &Setup::default());
    std::fs::write(pair.data("a.csv"), "a;b\n1;2\n").unwrap();
    let mut serve = std::process::Command::new(fiducie());
    serve.arg("--dir").arg(&pair.provider.dir).arg("serve").env("FIDUCIE__TELEMETRY__LOG", "debug");
    pair.provider.start_as(serve).await;
    pair.consumer.start().await;
    let agreement = pair.contract(&pair.publish("a.csv").await).await;
    let transfer = pair.transfer(&agreement).await;
    let job = pair.consumer.api.pull(&transfer, "a.csv").await.unwrap();
    while pair.consumer.api.pulled(&job).await.unwrap().state == "running" {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    (pair, agreement, url)
}

fn salt(entry: &EntryView) -> Option<String> {
    Some(entry.body.as_ref()?["peer"]["salt"].as_str()?.to_owned())
}

async fn what_was_erased_lies_nowhere(engine: Engine) {
    sqlx::any::install_default_drivers();
    let (scratch, begun) = (Folder::named("erasure"), SystemTime::now());
    let collector = Collector::start().await;
    let settings = match &collector {
        Ok(collector) => format!("otlp = \"{}\"\nservice = \"provider\"\n", collector.address),
        Err(why) => {
            skipped("erased values in traces at a collector", why);
            String::new()
        }
    };
    let (mut pair, agreement, url) = exchanged(engine, &scratch, settings).await;
    let provider = &pair.provider;
    let year = i64::from(Clock::System.now().to_date().year());

    // Values that only openings hold: why a person read, and salts. And one that lies in clear, by which we see that we
    // look at the right places.
    let [why, label] = ["asked by Anne ", "control "].map(|name| format!("{name}{}", uuid::Uuid::new_v4()));
    let path = format!("/evidence?contract={}&reason={}", segment(&agreement), segment(&why));
    provider.api.bytes(&path).await.unwrap();
    let labelled = json!({ "role": "reader", "label": label });
    provider.api.post::<Value>("/tokens", &labelled).await.unwrap();
    let entries = provider.api.entries().await.unwrap();
    let about: Vec<_> = entries.iter().filter(|entry| salt(entry).is_some()).collect();
    let opened = about.iter().find(|entry| entry.kind == "delivery.opened").unwrap();
    assert!(about.len() > 5 && opened.facts.is_some());
    let read = entries.iter().rfind(|entry| {
        entry.kind == "log.read" && entry.body.as_ref().unwrap()["reason"]["value"] == why.as_str()
    });
    let reader = read.unwrap().body.as_ref().unwrap()["reader"]["value"].as_str().unwrap().to_owned();
    let mut erased: Vec<String> = about.iter().filter_map(|entry| salt(entry)).collect();
    erased.push(why.clone());

    // The keys as they are sealed in the database.
    let mut conn = AnyConnection::connect(&url).await.unwrap();
    let keys = sqlx::query("SELECT subject, sealed FROM opening_key").fetch_all(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let key_of = |subject: &str| -> Vec<u8> {
        keys.iter().find(|row| row.get::<String, _>("subject") == subject).unwrap().get("sealed")
    };
    let sealed = [key_of(&pair.consumer.did), key_of(&reader)];
    for key in &sealed {
        assert!(
            database(engine, &url, begun).await.iter().any(|place| place.holds(key)),
            "keys are looked for elsewhere"
        );
    }

    let proof = |index: u64| format!("/log/entries/{index}/proof");
    let before = provider.api.bytes(&proof(opened.index)).await.unwrap();
    for subject in [&pair.consumer.did, &reader] {
        let year = year.to_string();
        let arguments =
            ["log", "erase", "--subject", subject, "--year", &year, "--ground", "demande du 3 mai"];
        let told = command(&provider.dir, &arguments).await.ok();
        assert_eq!(told["scrubbed"], true, "{told:#}");
    }

    // Every proof stays: of the whole log, and of an entry that nobody opens any more.
    let after: Vec<EntryView> = provider.api.entries().await.unwrap();
    for (then, now) in entries.iter().zip(&after) {
        assert_eq!((&then.leaf, &then.leaf_hash), (&now.leaf, &now.leaf_hash));
        let gone = salt(then).is_some() || then.index == read.unwrap().index;
        assert_eq!(now.body.is_none(), gone, "{} {}", now.index, now.kind);
        assert!(!gone || now.facts.is_none());
    }
    assert_eq!(after.iter().filter(|entry| entry.kind == "log.erased").count(), 2);
    command(&provider.dir, &["log", "verify"]).await.ok();
    let copy = scratch.path().join("journal");
    command(&provider.dir, &["log", "copy", copy.to_str().unwrap()]).await.ok();
    let key = command(&provider.dir, &["log", "key"]).await.ok()["key"].as_str().unwrap().to_owned();
    let verified =
        command(&provider.dir, &["log", "verify", copy.to_str().unwrap(), "--log-key", &key]).await.ok();
    assert_eq!((&verified["ok"], &verified["anchored"]), (&true.into(), &true.into()), "{verified:#}");
    let document = reqwest_document(&pair).await;
    let anchor = scratch.write("provider.did.json", document);
    for (name, file) in
        [("before", before), ("after", provider.api.bytes(&proof(opened.index)).await.unwrap())]
    {
        let file = scratch.write(&format!("{name}.tlog-proof"), file);
        let arguments = ["verify", file.to_str().unwrap(), "--anchor", anchor.to_str().unwrap()];
        assert_eq!(command(scratch.path(), &arguments).await.code, 0, "{name}");
    }

    // Nowhere: database, what it writes ahead, backup, projection, traces.
    let (file, secret) = (scratch.path().join("node.backup"), scratch.path().join("backup.secret"));
    let arguments = ["backup", file.to_str().unwrap(), "--secret-file", secret.to_str().unwrap()];
    command(&provider.dir, &arguments).await.ok();
    let backup = backup(&file, &secret);
    assert!(!keys_in(&backup).contains(&pair.consumer.did) && keys_in(&backup).contains(&String::new()));
    let mut places = database(engine, &url, begun).await;
    places.push(Place::new("backup", backup));
    let projection =
        pair.consumer.api.post::<Value>("/catalog", &json!({ "peer": provider.did })).await.unwrap();
    places.push(Place::new("projection", projection.to_string()));
    for place in &places {
        assert_eq!(place.first_of(&erased), None, "{}", place.name);
        // What a server wrote ahead stays until it is recycled; there the key is sealed all the same.
        let is_kept = engine == Engine::Postgres && place.name == "written ahead";
        for key in sealed.iter().filter(|_| !is_kept) {
            let encoded = STANDARD.encode(key);
            assert!(!place.holds(key) && !place.holds(encoded.as_bytes()), "{}: an erased key", place.name);
        }
    }
    let found = |name: &str, value: &str| {
        places.iter().any(|place| place.name == name && place.first_of(&[value.to_owned()]).is_some())
    };
    assert!(found("database", &label) || found("written ahead", &label), "the database is elsewhere");
    assert!(found("backup", &label) && found("projection", "Volumes distribués"));

    pair.consumer.stop();
    pair.provider.stop();
    let mut traces = vec![Place::new("log of the process", pair.provider.said())];
    assert!(traces[0].len() > 1000, "the process tells nothing: {}", pair.provider.said());
    if let Ok(collector) = &collector {
        let spans = collector.spans();
        assert!(spans.iter().any(|span| span.name == "POST /api/v1/log/erasures"), "{spans:?}");
        traces.push(Place::new("traces", format!("{spans:?}")));
    }
    for place in &traces {
        assert_eq!(place.first_of(&erased), None, "{}", place.name);
    }
    // With all that was written ahead now in the database.
    for place in database(engine, &url, begun).await {
        assert_eq!(place.first_of(&erased), None, "{}, at rest", place.name);
    }
}

fn refused(answer: Answer<Value>) -> u16 {
    match answer {
        Err(Failure::Refused(status, _)) => status,
        other => panic!("{other:?}"),
    }
}

/// The subjects of the keys in a decrypted backup.
fn keys_in(backup: &str) -> Vec<String> {
    let mut within = false;
    let mut found = Vec::new();
    for line in backup.lines() {
        match serde_json::from_str(line).unwrap() {
            Line::Table { name, columns } => {
                within = name == "opening_key";
                assert!(!within || columns[1] == "subject", "{columns:?}");
            }
            Line::Row(row) if within => found.push(row[1].as_str().unwrap().to_owned()),
            Line::Row(_) | Line::Manifest(_) | Line::Backup(_) | Line::Member(_) | Line::End { .. } => {}
        }
    }
    found
}

async fn reqwest_document(pair: &Pair) -> Vec<u8> {
    let http = tests::api::http(pair.provider.authority());
    let url = format!("{}/.well-known/did.json", pair.provider.url);
    http.get(url).send().await.unwrap().bytes().await.unwrap().to_vec()
}

async fn an_erasure_says_why_and_of_whom(engine: Engine) {
    let scratch = Folder::named("erasure");
    let (pair, _, _) = exchanged(engine, &scratch, String::new()).await;
    let provider = &pair.provider;
    let year = Clock::System.now().to_date().year();
    let erase = |body: Value| async move { provider.api.post::<Value>("/log/erasures", &body).await };
    let did = pair.consumer.did.as_str();
    for (body, status) in [
        (json!({ "subject": did, "year": year, "ground": " " }), 400),
        (json!({ "subject": did, "year": year + 1, "ground": "x" }), 400),
        (json!({ "subject": did, "year": year - 1, "ground": "x" }), 404),
        (json!({ "subject": "did:web:nobody.example", "year": year, "ground": "x" }), 404),
        (json!({ "subject": did, "year": year, "ground": "x", "more": 1 }), 400),
    ] {
        assert_eq!(refused(erase(body.clone()).await), status, "{body}");
    }
    let reader = json!({ "role": "operator", "label": "not enough" });
    let token: Value = provider.api.post("/tokens", &reader).await.unwrap();
    let weaker = tests::api::Api::new(provider.authority(), &provider.url, token["token"].as_str().unwrap());
    let body = json!({ "subject": did, "year": year, "ground": "x" });
    assert_eq!(refused(weaker.post::<Value>("/log/erasures", &body).await), 403);
    // Nothing was erased by what was refused; the member itself is one whom entries are about.
    assert!(provider.api.entries().await.unwrap().iter().all(|entry| entry.body.is_some()));
    erase(json!({ "year": year, "ground": "x" })).await.unwrap();
    let after = provider.api.entries().await.unwrap();
    let gone = |kind: &str| after.iter().find(|e| e.kind == kind).unwrap().body.is_none();
    assert!(gone("member.created") && gone("dataset.published") && !gone("contract.signed"));
    // What comes later has a key of its own.
    let last = after.iter().rfind(|entry| entry.kind == "log.erased").unwrap();
    assert_eq!(last.body.as_ref().unwrap()["ground"]["value"], "x");
}
