//! A log that shows its entries for a period: what is refused then, what stays provable, and what a copy says of it.

use std::path::Path;

use contracts::tlog::note::{Checkpoint, Note};
use node::domain::time::Clock;
use serde_json::Value;
use tests::binary::command;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed};
use tests::node::Setup;
use tests::on_both;
use tests::temporary::Folder;

use crate::log::long_log;

on_both!(a_log_shows_its_entries_for_as_long_as_it_says);

const YEAR_MS: i64 = 366 * 86_400_000;

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn size(note: &str) -> u64 {
    Checkpoint::parse(&Note::parse(note).unwrap().text).unwrap().size
}

/// The federation's node stops, and runs again so many years later.
async fn years_later(federation: &mut Federation, years: i64) {
    federation.nodes[0].stop(true).await;
    federation.nodes[0].clock.advance(years * YEAR_MS);
    federation.nodes[0].run(None).await.unwrap();
}

async fn a_log_shows_its_entries_for_as_long_as_it_says(engine: Engine) {
    let clock = Clock::fixed(Clock::System.now());
    let config = "[log]\nretention_months = 24\n".into();
    let setup = Setup { config, clock, ..Setup::new(engine, "eau") };
    let mut federation = Federation::of(vec![setup]).await;
    let (eau, token) = long_log(&federation).await;
    let bearer = [("authorization", format!("Bearer {token}"))];
    let shown = eau.public("/log/retention").await.json();
    assert_eq!((&shown["retention"], &shown["minimum_index"]), (&"P24M".into(), &0.into()));
    let (kept, late) = (Folder::default(), Folder::default());
    let (kept, late) = (kept.path().join("journal"), late.path().join("journal"));
    let node = federation.nodes[0].folder.path().to_owned();
    command(&node, &["log", "copy", path(&kept)]).await.ok();
    let old = size(&eau.public("/log/newest").await.text());
    assert!((257..512).contains(&old), "{old}");

    years_later(&mut federation, 4).await;
    let eau = federation.member(0);
    eau.publish(&closed("a.csv", &eau, PURPOSE)).await;
    let minimum = until_minimum(&eau).await;
    assert_eq!(minimum, old, "all that is older than the period, and nothing else");
    // What ends below is gone, for strangers and auditors; what holds younger entries, and all above, is there.
    let status = async |path: String| {
        let header = [(bearer[0].0, bearer[0].1.as_str())];
        eau.raw(reqwest::Method::GET, &path, &header, Vec::new()).await.status
    };
    for (tile, expected) in [
        ("tile/0/000", 410),
        ("tile/0/000.p/7", 410),
        ("tile/entries/000", 410),
        ("tile/1/000.p/1", 200),
        ("tile/entries/001.p/1", 200),
        ("tile/0/001.p/1", 200),
    ] {
        assert_eq!(status(format!("/log/{tile}")).await, expected, "{tile}");
    }
    // The years gone by open no more, and each is said to be erased, with the setting as its ground.
    let log = eau.log().await;
    assert!(log[..old as usize].iter().all(|entry| entry.body.is_none()));
    let erased: Vec<&Value> =
        log.iter().filter(|e| e.kind == "log.erased").filter_map(|e| e.body.as_ref()).collect();
    assert_eq!(erased[0]["ground"]["value"], "log.retention_months = 24", "{erased:#?}");

    // A new copy is whole, and says what it could not look at; the old one goes on, and still sees all.
    for (folder, missing, pruned) in [(&late, 256, true), (&kept, 0, false)] {
        let size = command(&node, &["log", "copy", path(folder)]).await.ok()["size"].as_u64().unwrap();
        let report = command(&node, &["log", "verify", path(folder)]).await.ok();
        assert_eq!(
            (&report["ok"], &report["fields"]["entries"]),
            (&true.into(), &(size - missing).to_string().into())
        );
        let findings = report["findings"].as_array().unwrap();
        assert_eq!(findings.iter().any(|f| f["code"] == "log-pruned"), pruned, "{findings:#?}");
    }
    excuses_nothing_else(&node, &late).await;

    // Without the setting all is shown again; what was erased stays so.
    federation.nodes[0].config.log.retention_months = 0;
    years_later(&mut federation, 0).await;
    let eau = federation.member(0);
    let shown = eau.public("/log/retention").await.json();
    assert_eq!((&shown["retention"], &shown["minimum_index"]), (&Value::Null, &0.into()));
    assert_eq!(eau.public("/log/tile/0/000").await.status, 200);
    assert!(eau.log().await[..old as usize].iter().all(|entry| entry.body.is_none()));
}

/// The minimum, once the node has looked after its log.
async fn until_minimum(member: &tests::member::Member) -> u64 {
    for _ in 0..200 {
        let shown = member.public("/log/retention").await.json();
        if shown["minimum_index"] != 0 {
            return shown["minimum_index"].as_u64().unwrap();
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the minimum does not move");
}

/// What a log says of its retention does not excuse another tree, nor a file that is to be there.
async fn excuses_nothing_else(node: &Path, folder: &Path) {
    let above = folder.join("tile/1/000.p/1");
    let note = std::fs::read_to_string(folder.join("checkpoint")).unwrap();
    let size = size(&note);
    let young = folder.join(format!("tile/0/001.p/{}", size - 256));
    for (what, file) in [("the hashes above differ", &above), ("a young tile is missing", &young)] {
        let before = std::fs::read(file).unwrap();
        if file == &above {
            let mut other = before.clone();
            other[3] ^= 1;
            std::fs::write(file, other).unwrap();
        } else {
            std::fs::remove_file(file).unwrap();
            std::fs::rename(folder.join(format!("tile/entries/001.p/{}", size - 256)), folder.join("aside"))
                .unwrap();
        }
        assert_ne!(command(node, &["log", "verify", path(folder)]).await.code, 0, "{what}");
        std::fs::write(file, before).unwrap();
    }
}
