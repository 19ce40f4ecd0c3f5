//! A log whose database went back in time: noticed at the start by what partners hold, and continued in a new epoch.

use std::path::Path;

use contracts::tlog::cosignature::AddCheckpoint;
use contracts::tlog::note::{Checkpoint, Note};
use contracts::tlog::{consistency_proof, leaf_hash, root};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tests::binary::{Ended, command};
use tests::engine::{Engine, POSTGRES};
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed};
use tests::member::Member;
use tests::on_both;
use tests::temporary::Folder;

on_both!(
    an_older_image_is_noticed_and_goes_on_in_a_new_epoch,
    a_backup_is_asked_about,
    partners_that_are_silent
);

/// The newest checkpoint of an epoch.
async fn head(member: &Member, prefix: &str) -> (Note, Checkpoint) {
    let note = Note::parse(&member.public(&format!("{prefix}/checkpoint")).await.text()).unwrap();
    let checkpoint = Checkpoint::parse(&note.text).unwrap();
    (note, checkpoint)
}

/// Has a partner cosign the newest checkpoint, as the continuation of what it knows; gives its size.
async fn cosign(member: &Member, by: &Member, prefix: &str) -> usize {
    let (note, checkpoint) = head(member, prefix).await;
    let leaves: Vec<_> = member.log().await.iter().map(|e| leaf_hash(e.leaf.as_bytes())).collect();
    let size = checkpoint.size as usize;
    let add = |old: usize| {
        let (proof, note) = (consistency_proof(&leaves[..size], old), note.clone());
        let body = AddCheckpoint { old: old as u64, proof, note, checkpoint: checkpoint.clone() }.write();
        by.raw(Method::POST, "/witness/add-checkpoint", &[], body.into_bytes())
    };
    let mut answer = add(0).await;
    if answer.status == 409 {
        answer = add(answer.text().trim().parse().unwrap()).await;
    }
    assert_eq!(answer.status, 200, "{}", answer.text());
    size
}

/// The size up to which a partner knows a log.
async fn known(origin: &str, by: &Member) -> usize {
    let hash = hex::encode(Sha256::digest(origin.as_bytes()));
    let note = by.public(&format!("/witness/{hash}/checkpoint")).await.text();
    Checkpoint::parse(&Note::parse(&note).unwrap().text).unwrap().size as usize
}

/// A provider and a consumer with a contract, and the provider's log as the consumer cosigned it.
async fn parties(engine: Engine) -> (Federation, [Member; 2], String, usize) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|n| federation.member(n));
    federation.nodes[0].put("a.csv", "a\n1\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let size = cosign(&eau, &epci, "/log").await;
    (federation, [eau, epci], agreement, size)
}

/// A copy of a stopped node's database, as it is on the disk; gives its address.
async fn image(url: &str, folder: &Path) -> String {
    match url.strip_prefix("sqlite://") {
        Some(file) => {
            let copy = folder.join("image.sqlite");
            std::fs::copy(file, &copy).unwrap();
            format!("sqlite://{}", copy.display())
        }
        None => {
            let (server, name) = url.rsplit_once('/').unwrap();
            let mut connection = PgConnection::connect(&std::env::var(POSTGRES).unwrap()).await.unwrap();
            let sql = format!("CREATE DATABASE {name}_image TEMPLATE {name}");
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
            format!("{server}/{name}_image")
        }
    }
}

/// The node's folder names this database from here on.
fn configure(federation: &mut Federation, node: usize, from: &str, to: &str) {
    let node = &mut federation.nodes[node];
    let file = node.folder.path().join(node::config::FILE);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{text}");
    std::fs::write(&file, text.replace(from, to)).unwrap();
    node.config = node::config::load(node.folder.path()).unwrap();
}

/// Nothing can be recorded, and everybody is told why.
async fn stopped(eau: &Member, epci: &Member, why: &str) {
    let size = eau.log().await.len();
    let refused = eau.post("/datasets", &closed("a.csv", epci, PURPOSE)).await;
    let problem = refused.problem(503);
    assert_eq!(problem["type"], "urn:fiducie:problem:stopped");
    assert!(problem["detail"].as_str().unwrap().contains(why), "{problem:#}");
    assert!(!refused.header("retry-after").is_empty());
    let status = eau.get("/status").await.ok();
    let checks = status["checks"].as_array().unwrap();
    let check = checks.iter().find(|c| c["name"] == "log of eau").unwrap();
    assert_eq!(check["ok"], false);
    assert!(check["detail"].as_str().unwrap().contains(why), "{check:#}");
    assert_eq!(eau.public("/health/ready").await.status, 503);
    assert_eq!(eau.log().await.len(), size, "something was recorded");
}

async fn open(dir: &Path, more: &[&str]) -> Ended {
    command(dir, &[&["log", "epoch", "open"], more].concat()).await
}

async fn an_older_image_is_noticed_and_goes_on_in_a_new_epoch(engine: Engine) {
    let (mut federation, [eau, epci], agreement, _) = parties(engine).await;
    let aside = Folder::default();
    let copied = aside.path().join("log");
    let given = epci.transfer(&agreement, PURPOSE).await;
    drop((eau, epci));
    federation.nodes[0].stop(true).await;
    let now = federation.nodes[0].config.database_url();
    let before = image(&now, aside.path()).await;
    federation.nodes[0].run(None).await.unwrap();

    // What happens after the image was taken, and is cosigned.
    let [eau, epci] = [0, 1].map(|n| federation.member(n));
    epci.pulled(&given).await;
    eau.until_logged("delivery.acknowledged", 1).await;
    let dir = federation.nodes[1].folder.path().to_owned();
    let base = eau.base.clone();
    let arguments = ["log", "copy", copied.to_str().unwrap(), "--peer", &base];
    command(&dir, &arguments).await.ok();
    let lost = cosign(&eau, &epci, "/log").await;

    // The image comes back.
    drop((eau, epci));
    federation.nodes[0].stop(true).await;
    configure(&mut federation, 0, &now, &before);
    federation.nodes[0].run(None).await.unwrap();
    let [eau, epci] = [0, 1].map(|n| federation.member(n));
    stopped(&eau, &epci, &format!("{lost}")).await;
    let address = epci.address(&given).await;
    epci.fetch(&address, &[]).await.problem(503);
    let size = head(&eau, "/log").await.1.size as usize;
    assert!(size < lost);
    let folder = federation.nodes[0].folder.path().to_owned();
    assert_eq!(open(&folder, &[]).await.code, 6, "beside a running node");
    drop((eau, epci));
    federation.nodes[0].stop(true).await;

    // A new epoch admits what was lost, and goes on from what came back.
    let opened = open(&folder, &[]).await.ok();
    assert_eq!((&opened["epoch"], &opened["size"], &opened["lost"]), (&json!(2), &json!(size), &json!(lost)));
    assert_eq!(open(&folder, &[]).await.code, 1, "there is nothing to open another one for");
    federation.nodes[0].run(None).await.unwrap();
    let [eau, epci] = [0, 1].map(|n| federation.member(n));
    assert_eq!(eau.public("/health/ready").await.status, 200);
    // Before the log is read: reading is recorded.
    let (_, new) = head(&eau, "/log/2").await;
    let log = eau.log().await;
    assert_eq!(log[size].kind, "log.epoch");
    let body = serde_json::to_value(&log[size].body).unwrap();
    assert_eq!(body["lost-size"]["value"], json!(lost.to_string()), "{body:#}");
    let leaves: Vec<_> = log.iter().map(|e| leaf_hash(e.leaf.as_bytes())).collect();

    // The former epoch stays where it ended; the new one begins with it.
    let (_, ended) = head(&eau, "/log").await;
    assert_eq!((ended.size as usize, ended.root), (size, root(&leaves[..size])));
    assert_eq!(new.origin, format!("{}/2", ended.origin));
    assert_eq!(new.root, root(&leaves[..new.size as usize]));
    for (prefix, tile, status) in [
        ("/log", format!("tile/0/000.p/{size}"), 200),
        ("/log", format!("tile/0/000.p/{}", size + 1), 404),
        ("/log/2", format!("tile/0/000.p/{}", size + 1), 200),
        ("/log/1", format!("tile/0/000.p/{size}"), 404),
        ("/log/3", format!("tile/0/000.p/{size}"), 404),
    ] {
        assert_eq!(eau.public(&format!("{prefix}/{tile}")).await.status, status, "{prefix}/{tile}");
    }
    let list = eau.public("/log/epochs").await.ok();
    let told = Checkpoint::parse(&Note::parse(list["epochs"][1]["lost"].as_str().unwrap()).unwrap().text);
    assert_eq!((list["epochs"][1]["size"].clone(), told.unwrap().size as usize), (json!(size), lost));

    // Its witness takes it under its name, says so in its own log, and holds on to what it knew of the other.
    cosign(&eau, &epci, "/log/2").await;
    assert_eq!(epci.logged("witness.epoch").await, 1);
    assert_eq!(known(&ended.origin, &epci).await, lost);

    // Who copied the former epoch is told; a new copy verifies; work goes on.
    let refused = command(&dir, &arguments).await;
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.json["error"]["detail"].as_str().unwrap().contains("/log/2"), "{refused:?}");
    let again = aside.path().join("again");
    command(&dir, &["log", "copy", again.to_str().unwrap(), "--peer", &eau.base]).await.ok();
    let verified = command(&dir, &["log", "verify", again.to_str().unwrap()]).await.ok();
    assert_eq!(verified["ok"], true, "{verified:#}");
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    assert_eq!(epci.pulled(&transfer).await.0, b"a\n1\n");
    eau.until_logged("delivery.acknowledged", 1).await;

    // The exchange that was lost has lost its twin: the partner is told.
    let compared =
        epci.post(&format!("/contracts/{}/twins", tests::flow::segment(&agreement)), &json!({})).await.ok();
    let lost: Vec<Value> = [&compared["awaited"], &compared["differences"]]
        .iter()
        .flat_map(|v| v.as_array().unwrap().clone())
        .collect();
    assert_eq!((lost.len(), &compared["pairs"]), (1, &json!(1)), "{compared:#}");

    // It stays so after a restart, and after a rotation of the key.
    drop((eau, epci));
    federation.nodes[0].stop(true).await;
    federation.nodes[0].run(None).await.unwrap();
    let eau = federation.member(0);
    eau.post("/members/self/keys", &json!({"purpose": "log"})).await.ok();
    assert_eq!(head(&eau, "/log/2").await.1.origin, new.origin);
    command(&folder, &["log", "verify"]).await.ok();
}

async fn a_backup_is_asked_about(engine: Engine) {
    let (mut federation, [eau, epci], _, size) = parties(engine).await;
    let folder = federation.nodes[0].folder.path().to_owned();
    let aside = Folder::default();
    let [file, secret] = ["node.backup", "backup.secret"].map(|n| aside.path().join(n).display().to_string());
    command(&folder, &["backup", &file, "--secret-file", &secret]).await.ok();
    // One entry more than the partner has seen, so that the backup is not behind what anybody holds.
    let held = eau.log().await.len();
    assert!(held >= size);
    drop((eau, epci));
    federation.nodes[0].stop(true).await;
    let now = federation.nodes[0].config.database.url.clone();
    let mut restored = Vec::new();
    for _ in 0..2 {
        let empty = Folder::default();
        let url = engine.database(empty.path()).await;
        let from = federation.nodes[0].config.database.url.clone();
        configure(&mut federation, 0, &from, &url);
        command(&folder, &["restore", &file, "--secret-file", &secret]).await.ok();
        restored.push((empty, url));
    }

    // Without an answer nothing is recorded after a restore, though the configuration would go on.
    federation.nodes[1].stop(true).await;
    federation.nodes[0].run(None).await.unwrap();
    let eau = federation.member(0);
    stopped(&eau, &eau, "did:web").await;
    drop(eau);
    federation.nodes[1].run(None).await.unwrap();
    let [eau, epci] = [0, 1].map(|n| federation.member(n));
    // It asks again, and goes on by itself: nobody holds more.
    eau.until("/status", |s| s["checks"].as_array().unwrap().iter().all(|c| c["ok"] == true)).await;
    eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    assert_eq!(eau.log().await.len(), held + 1);
    let lost = cosign(&eau, &epci, "/log").await;
    drop((eau, epci));
    federation.nodes[0].stop(true).await;

    // The same backup again, now behind what the partner cosigned.
    let from = federation.nodes[0].config.database.url.clone();
    configure(&mut federation, 0, &from, &restored[0].1);
    federation.nodes[0].run(None).await.unwrap();
    let [eau, epci] = [0, 1].map(|n| federation.member(n));
    stopped(&eau, &epci, &format!("{lost}")).await;
    drop((eau, epci));
    federation.nodes[0].stop(true).await;

    // The database that was there before the restore is behind what went on elsewhere, too.
    configure(&mut federation, 0, &restored[0].1, &now);
    assert_eq!(open(&folder, &[]).await.ok()["lost"], json!(lost));
}

async fn partners_that_are_silent(engine: Engine) {
    let (mut federation, [eau, epci], ..) = parties(engine).await;
    let (note, _) = head(&eau, "/log").await;
    drop((eau, epci));
    let aside = Folder::default();
    let folder = federation.nodes[0].folder.path().to_owned();
    federation.nodes[0].stop(true).await;
    let now = federation.nodes[0].config.database_url();
    let before = image(&now, aside.path()).await;
    federation.nodes[0].run(None).await.unwrap();
    let [eau, epci] = [0, 1].map(|n| federation.member(n));
    for _ in 0..3 {
        eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    }
    let lost = cosign(&eau, &epci, "/log").await;
    let newest = head(&eau, "/log").await.0;
    drop((eau, epci));
    federation.nodes[0].stop(true).await;
    federation.nodes[1].stop(true).await;
    configure(&mut federation, 0, &now, &before);

    // By default a silent partner stops nobody, and is named.
    federation.nodes[0].run(None).await.unwrap();
    let eau = federation.member(0);
    assert_eq!(eau.public("/health/ready").await.status, 200);
    let status = eau.get("/status").await.ok();
    let named =
        status["checks"].as_array().unwrap().iter().find(|c| c["name"] == "log of eau").unwrap().clone();
    assert!(named["ok"] == true && named["detail"].as_str().unwrap().contains("did:web"), "{named:#}");
    drop(eau);
    federation.nodes[0].stop(true).await;

    // A checkpoint that the operator kept says the same as the partner would; one that the log leads to says nothing.
    std::fs::create_dir(folder.join("checkpoints")).unwrap();
    std::fs::write(folder.join("checkpoints/1"), note.write()).unwrap();
    federation.nodes[0].run(None).await.unwrap();
    assert_eq!(federation.member(0).public("/health/ready").await.status, 200);
    federation.nodes[0].stop(true).await;
    std::fs::write(folder.join("checkpoints/2"), newest.write()).unwrap();
    federation.nodes[0].run(None).await.unwrap();
    let eau = federation.member(0);
    stopped(&eau, &eau, &format!("{lost}")).await;
    drop(eau);
    federation.nodes[0].stop(true).await;
    std::fs::remove_dir_all(folder.join("checkpoints")).unwrap();

    // Or all are required, and nothing is recorded until they answer.
    let file = folder.join(node::config::FILE);
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{text}\n[log]\npartners = \"require\"\n")).unwrap();
    federation.nodes[0].config = node::config::load(&folder).unwrap();
    federation.nodes[0].run(None).await.unwrap();
    let eau = federation.member(0);
    stopped(&eau, &eau, "did:web").await;
    federation.nodes[1].run(None).await.unwrap();
    let behind = |s: &Value| s["checks"].to_string().contains(&format!(" {lost} "));
    eau.until("/status", behind).await;
    drop(eau);
    federation.nodes[0].stop(true).await;
    federation.nodes[1].stop(true).await;

    // Without the partner the operator's own checkpoint opens an epoch, or none at all when the operator says so.
    assert_eq!(open(&folder, &[]).await.code, 1);
    let strange = aside.path().join("strange");
    std::fs::write(&strange, "no checkpoint").unwrap();
    assert_eq!(open(&folder, &["--checkpoint", strange.to_str().unwrap()]).await.code, 2);
    std::fs::write(&strange, newest.write()).unwrap();
    let opened = open(&folder, &["--checkpoint", strange.to_str().unwrap()]).await.ok();
    assert_eq!((&opened["lost"], opened["silent"].as_array().unwrap().len()), (&json!(lost), 1));
    let blind = open(&folder, &["--without-checkpoint"]).await.ok();
    assert_eq!((&blind["epoch"], &blind["lost"]), (&json!(3), &Value::Null));
}
