//! A whole log from its files, as a stranger checks it: by the program, in a process of its own.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use contracts::jwk::Point;
use contracts::tlog::note::{origin, verifier_key};
use contracts::tlog::tile::{Holds, Tile, bundle};
use futures_util::future::join_all;
use node::domain::time::Clock;
use node::identity::keys::Purpose;
use node::log::tree::TILE;
use serde_json::Value;

use super::append::append;
use super::journal::Journal;
use crate::bench::figure::Figure;
use crate::binary::fiducie;

const WRITERS: u64 = 1000;

pub(super) async fn measure(folder: &Path, entries: u64, hashes_per_s: f64) -> Vec<Figure> {
    let journal = Journal::create(folder).await;
    join_all((0..WRITERS).map(|_| async {
        for _ in 0..entries.div_ceil(WRITERS) {
            append(&journal).await;
        }
    }))
    .await;
    let files = folder.join("files");
    let size = copy(&journal, &files).await;
    let key = key(&journal);
    journal.store.close().await;
    let begun = Instant::now();
    let judged = verify(&files, &key);
    let took = begun.elapsed().as_secs_f64();
    assert_eq!(judged["fields"]["entries"], size.to_string(), "{judged:#}");
    assert_eq!((&judged["ok"], &judged["anchored"]), (&true.into(), &true.into()), "{judged:#}");
    // The same program, with one byte of one entry changed: a verifier that does not look is quick.
    let bundle = files.join(Tile::all(Holds::Entries, size).last().unwrap().to_string());
    let mut bytes = std::fs::read(&bundle).unwrap();
    let last = bytes.len() - 10;
    bytes[last] ^= 1;
    std::fs::write(&bundle, bytes).unwrap();
    assert_eq!(verify(&files, &key)["ok"], false, "a changed entry was not found");
    // One hash for each entry and one for each node above it.
    let least = 2.0 * size as f64 / hashes_per_s;
    let figure = Figure::new("verify_1e6_s", took * 1e6 / size as f64, "s").at_most(10.0);
    vec![figure.note(format!("{size} entries in {took:.2} s; their hashes alone take {least:.2} s"))]
}

fn verify(files: &Path, key: &str) -> Value {
    let mut command = Command::new(fiducie());
    command.args(["--json", "log", "verify"]).arg(files).args(["--log-key", key]);
    serde_json::from_slice(&command.output().unwrap().stdout).unwrap()
}

fn key(journal: &Journal) -> String {
    let keys = journal.hosted.keys();
    let key = keys.current(Purpose::Log, Clock::System.now()).unwrap();
    let Ok(Point::Ed25519(public)) = key.public.jwk().point() else { panic!("logs are signed by Ed25519") };
    verifier_key(&origin(&journal.hosted.member.base_url, 1), &public)
}

/// Writes the log as its addresses give it. Gives its size.
async fn copy(journal: &Journal, folder: &Path) -> u64 {
    let mut reader = journal.store.read(&journal.member).await.unwrap();
    let head = reader.log_head().await.unwrap().unwrap();
    let write = |tile: &Tile, bytes: Vec<u8>| {
        let path = folder.join(tile.to_string());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    for tile in Tile::hashes(head.size) {
        let Holds::Hashes(level) = tile.holds else { continue };
        write(&tile, reader.tile_hashes(level, tile.range()).await.unwrap().concat());
    }
    for tile in Tile::all(Holds::Entries, head.size) {
        let leaves = reader.leaves(tile.range().start, TILE).await.unwrap();
        let leaves = leaves.iter().take(tile.width as usize).map(|(leaf, _)| leaf.as_slice());
        write(&tile, bundle(leaves).unwrap());
    }
    std::fs::write(folder.join("checkpoint"), head.checkpoint).unwrap();
    head.size
}
