//! What the node relies on goes away and comes back.

use std::process::Command;
use std::time::Duration;

use node::domain::time::Clock;
use node::startup::{Application, Options};
use serde_json::json;
use sqlx::{AnyConnection, Connection, Row};
use tests::check::check;
use tests::engine::{Engine, POSTGRES, run};
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, segment};
use tests::node::Setup;
use tests::on_both;
use tests::postgres::Cluster;
use tests::skip::skipped;
use tests::temporary::Folder;

on_both!(
    a_second_process_is_refused,
    a_restart_forgets_nothing,
    a_peer_that_was_away_is_told_when_it_is_back,
    a_pull_under_way_goes_on_after_a_restart,
    answers_that_nobody_asks_for_again_are_forgotten,
);

async fn a_second_process_is_refused(engine: Engine) {
    let federation = Federation::start(engine, &["eau"]).await;
    let second = Application::build(federation.nodes[0].config.clone(), Options::default()).await;
    let error = second.err().expect("two processes write to one database").to_string();
    assert!(error.contains("database"), "{error}");
    federation.member(0).get("/status").await.ok();
}

async fn a_restart_forgets_nothing(engine: Engine) {
    let mut federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    let address = epci.address(&transfer).await;
    let used = epci.proof(&address.endpoint, &address.token);
    let bound = format!("DPoP {}", address.token);
    assert_eq!(epci.fetch_with(&address.endpoint, &bound, &used, &[]).await.status, 200);
    drop(eau);
    federation.nodes[0].stop(true).await;
    federation.nodes[0].run(None).await.unwrap();
    // The proof that was used before is still used.
    epci.fetch_with(&address.endpoint, &bound, &used, &[]).await.problem(401);
    assert_eq!(epci.pulled(&transfer).await.0, b"a;b\n1;2\n");
    federation.member(0).until_logged("delivery.acknowledged", 1).await;
    drop(epci);
    federation.nodes[1].stop(true).await;
    federation.nodes[1].run(None).await.unwrap();
    assert_eq!(check(&federation).await.exchanges, 1);
}

async fn a_peer_that_was_away_is_told_when_it_is_back(engine: Engine) {
    let mut federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    drop(eau);
    federation.nodes[0].stop(false).await;
    let path = format!("/transfers/{}", segment(&transfer));
    epci.post(&format!("{path}/suspend"), &json!({"reason": "vacances"})).await.ok();
    tokio::time::sleep(Duration::from_millis(600)).await;
    let waiting = epci.get(&path).await.ok();
    assert_eq!((&waiting["state"], &waiting["waits_for"]), (&json!("SUSPENDED"), &json!("acknowledgement")));
    federation.nodes[0].run(None).await.unwrap();
    epci.until(&path, |t| t["waits_for"] != "acknowledgement").await;
    let theirs = epci.peer_id("transfers", &transfer).await;
    federation.member(0).transfer_in(&theirs, "SUSPENDED").await;
    check(&federation).await;
}

#[test]
fn the_database_goes_away_and_comes_back() {
    run(Engine::Postgres, "the_database_goes_away_and_comes_back", |engine| async move {
        assert!(std::env::var_os(POSTGRES).is_some());
        let mut cluster = Cluster::start().await;
        let setup = Setup { database: Some(cluster.url.clone()), ..Setup::new(engine, "eau") };
        let federation = Federation::of(vec![setup, Setup::new(engine, "epci")]).await;
        let [eau, epci] = [0, 1].map(|i| federation.member(i));
        federation.nodes[0].put("a.csv", "a;b\n1;2\n");
        let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
        let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
        let transfer = epci.transfer(&agreement, PURPOSE).await;
        let address = epci.address(&transfer).await;
        cluster.cut().await;
        let answer = eau.post("/datasets", &closed("a.csv", &epci, PURPOSE)).await;
        answer.problem(503);
        assert!(!answer.header("retry-after").is_empty());
        let refused = epci.fetch(&address, &[]).await;
        refused.problem(503);
        assert_eq!(eau.public("/health/ready").await.status, 503);
        assert_eq!(eau.public("/health/live").await.status, 200);
        cluster.back().await;
        for _ in 0..400 {
            if eau.public("/health/ready").await.status == 200 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(epci.fetch(&address, &[]).await.text(), "a;b\n1;2\n");
        eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
        check(&federation).await;
    });
}

async fn a_pull_under_way_goes_on_after_a_restart(engine: Engine) {
    let mut federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    let bytes: Vec<u8> = (0..48_u32 << 20).map(|n| (n % 251) as u8).collect();
    federation.nodes[0].put("large.bin", &bytes);
    let dataset = eau.publish(&closed("large.bin", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    let path = format!("/transfers/{}/pull", segment(&transfer));
    let job = epci.post(&path, &json!({"to": "large.bin"})).await.ok();
    let path = format!("{path}/{}", job["id"].as_str().unwrap());
    epci.until(&path, |p| p["bytes"].as_u64().is_some_and(|n| n > 0)).await;
    assert_eq!(epci.get(&path).await.ok()["state"], "running", "too fast to be interrupted");
    drop(epci);
    federation.nodes[1].stop(false).await;
    assert!(!federation.nodes[1].folder.path().join("received/large.bin").exists());
    federation.nodes[1].run(None).await.unwrap();
    // Under the same identifier, without being asked again.
    let epci = federation.member(1);
    let ended = epci.until(&path, |p| p["state"] != "running").await;
    assert_eq!(ended["state"], "done", "{ended:#}");
    assert!(std::fs::read(federation.nodes[1].folder.path().join("received/large.bin")).unwrap() == bytes);
    let parts: Vec<_> = epci.log().await.into_iter().filter(|e| e.kind == "delivery.received").collect();
    assert!(parts.len() > 1, "it began again");
    // How it ended is known after another restart, and it is not begun again.
    drop(epci);
    federation.nodes[1].stop(true).await;
    federation.nodes[1].run(None).await.unwrap();
    assert_eq!(federation.member(1).get(&path).await.ok()["files"], ended["files"]);
    drop(eau);
    check(&federation).await;
}

async fn answers_that_nobody_asks_for_again_are_forgotten(engine: Engine) {
    let clock = Clock::fixed(Clock::System.now());
    let setup = |name| Setup { clock: clock.clone(), ..Setup::new(engine, name) };
    let mut federation = Federation::of(vec![setup("eau"), setup("epci")]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    epci.contract(&eau, &dataset, PURPOSE).await;
    drop((eau, epci));
    sqlx::any::install_default_drivers();
    let url = federation.nodes[0].config.database_url();
    let kept = async || {
        let mut aside = AnyConnection::connect(&url).await.unwrap();
        sqlx::query("SELECT COUNT(*) FROM inbox").fetch_one(&mut aside).await.unwrap().get::<i64, _>(0)
    };
    let before = kept().await;
    assert!(before > 1);
    // A week is how long a message is repeated: nothing is forgotten yet.
    for (days, left) in [(10, before), (5, 0)] {
        federation.nodes[0].stop(true).await;
        clock.advance(days * 24 * 3600 * 1000);
        federation.nodes[0].run(None).await.unwrap();
        for _ in 0..100 {
            if kept().await == left {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(kept().await, left, "after {days} more days");
    }
}

/// A disk of sixteen megabytes; needs the right to mount one.
struct Disk(Folder);

impl Disk {
    fn new() -> Option<Self> {
        let folder = Folder::default();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=16m,mode=700", "tmpfs"])
            .arg(folder.path())
            .output();
        mounted.is_ok_and(|o| o.status.success()).then(|| Self(folder))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).output();
    }
}

#[test]
fn a_full_disk_refuses_and_a_freed_one_goes_on() {
    let Some(disk) = Disk::new() else {
        return skipped("a_full_disk_refuses_and_a_freed_one_goes_on", "this user cannot mount a small disk");
    };
    run(Engine::Sqlite, "a_full_disk", |engine| async move {
        let url = format!("sqlite://{}", disk.0.path().join("node.sqlite").display());
        let setup = Setup { database: Some(url), ..Setup::new(engine, "eau") };
        let federation = Federation::of(vec![setup, Setup::new(engine, "epci")]).await;
        let [eau, epci] = [0, 1].map(|i| federation.member(i));
        federation.nodes[0].put("a.csv", "a;b\n1;2\n");
        let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
        let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
        let transfer = epci.transfer(&agreement, PURPOSE).await;
        let address = epci.address(&transfer).await;
        // Something else takes all the room.
        let ballast = disk.0.path().join("ballast");
        let mut fill = std::fs::File::create(&ballast).unwrap();
        while std::io::Write::write_all(&mut fill, &[0; 4096]).is_ok() {}
        drop(fill);
        let mut refused = false;
        for _ in 0..400 {
            let answer = epci.fetch(&address, &[]).await;
            if answer.status != 200 {
                answer.problem(503);
                refused = true;
                break;
            }
        }
        assert!(refused, "bytes left without a record on the disk");
        std::fs::remove_file(&ballast).unwrap();
        let mut last = epci.fetch(&address, &[]).await;
        for _ in 0..400 {
            if last.status == 200 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
            last = epci.fetch(&address, &[]).await;
        }
        assert_eq!(last.status, 200, "no recovery from a full disk: {}", last.text());
        check(&federation).await;
    });
}

#[test]
fn a_full_disk_stops_a_pull_which_goes_on_when_there_is_room() {
    let name = "a_full_disk_stops_a_pull_which_goes_on_when_there_is_room";
    let Some(disk) = Disk::new() else { return skipped(name, "this user cannot mount a small disk") };
    run(Engine::Sqlite, name, |engine| async move {
        let config = format!("[data]\nreceived = \"{}\"\n", disk.0.path().display());
        let setup = Setup { config, ..Setup::new(engine, "epci") };
        let federation = Federation::of(vec![Setup::new(engine, "eau"), setup]).await;
        let [eau, epci] = [0, 1].map(|i| federation.member(i));
        let bytes: Vec<u8> = (0..10_u32 << 20).map(|n| (n % 251) as u8).collect();
        federation.nodes[0].put("large.bin", &bytes);
        let dataset = eau.publish(&closed("large.bin", &epci, PURPOSE)).await;
        let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
        let transfer = epci.transfer(&agreement, PURPOSE).await;
        let ballast = disk.0.path().join("ballast");
        std::fs::write(&ballast, vec![0; 10 << 20]).unwrap();
        let stopped = epci.pull(&transfer, json!({"to": "large.bin"})).await;
        assert_eq!(stopped["state"], "failed", "{stopped:#}");
        let received = stopped["bytes"].as_u64().unwrap();
        assert!(received < bytes.len() as u64, "more arrived than there was room for");
        // What arrived is recorded as what it was, and the node serves on.
        let entry = epci.log().await.into_iter().rfind(|e| e.kind == "delivery.received").unwrap();
        let body = entry.body.unwrap();
        assert_eq!(body["ending"]["value"], "broken", "{body:#}");
        assert!(body["bytes"]["value"].as_str().unwrap().parse::<u64>().unwrap() < 7 << 20, "{body:#}");
        epci.get("/status").await.ok();
        assert!(!disk.0.path().join("large.bin").exists(), "an incomplete file under its name");
        std::fs::remove_file(&ballast).unwrap();
        let (whole, pull) = {
            let pull = epci.pull(&transfer, json!({"to": "large.bin"})).await;
            (std::fs::read(disk.0.path().join("large.bin")).unwrap(), pull)
        };
        assert_eq!(pull["state"], "done", "{pull:#}");
        assert!(whole == bytes, "the file differs");
        // It went on where it had stopped.
        let last = epci.log().await.into_iter().rfind(|e| e.kind == "delivery.received").unwrap();
        let rest = last.body.unwrap()["bytes"]["value"].as_str().unwrap().parse::<u64>().unwrap();
        assert!(rest < bytes.len() as u64, "it began again");
        eau.until_logged("delivery.acknowledged", 2).await;
    });
}
