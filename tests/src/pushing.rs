//! What tests of pushes share.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::engine::Engine;
use crate::federation::Federation;
use crate::flow::{PATIENCE, PURPOSE, closed};
use crate::member::Member;
use crate::node::{Setup, TestNode};

/// Enough that a push can be caught in the middle.
pub const LARGE: usize = 192 << 20;

/// Bytes of which no two parts are alike.
pub fn pattern(length: usize) -> Vec<u8> {
    (0..length as u64 / 8).flat_map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes()).collect()
}

/// A provider, a consumer, and a contract between them.
pub struct Stage {
    pub federation: Federation,
    pub eau: Member,
    pub epci: Member,
    pub agreement: String,
}

/// One of these nodes provides this content to the other.
pub async fn stage_of(setups: Vec<Setup>, content: &[u8]) -> Stage {
    let federation = Federation::of(setups).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.bin", content);
    let dataset = eau.publish(&closed("a.bin", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    Stage { federation, eau, epci, agreement }
}

/// The same with ordinary nodes.
pub async fn stage(engine: Engine, content: &[u8]) -> Stage {
    stage_of(["eau", "epci"].map(|name| Setup::new(engine, name)).into(), content).await
}

/// A file that a node received.
pub fn received(node: &TestNode, name: &str) -> PathBuf {
    node.folder.path().join("received").join(name)
}

/// Waits until so many bytes of a file have come, or all of it.
pub async fn coming(node: &TestNode, name: &str, bytes: u64) {
    let part = received(node, &format!("{name}.part"));
    let started = Instant::now();
    while !received(node, name).exists() && std::fs::metadata(&part).map_or(0, |m| m.len()) < bytes {
        assert!(started.elapsed() < PATIENCE, "{} does not grow", part.display());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Waits until both sides know that it is complete; gives the provider's name for it.
pub async fn completed(stage: &Stage, transfer: &str) -> String {
    let theirs = stage.epci.peer_id("transfers", transfer).await;
    stage.epci.transfer_in(transfer, "COMPLETED").await;
    stage.eau.transfer_in(&theirs, "COMPLETED").await;
    theirs
}
