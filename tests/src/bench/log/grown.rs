//! A log of millions of entries: a proof, and what a start after `kill -9` takes.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use contracts::tlog::proof::LogProof;
use futures_util::future::join_all;
use node::log::proof::inclusion;

use super::append::{append, append_all};
use super::journal::Journal;
use crate::bench::figure::{Figure, percentile};
use crate::random::Random;

/// Writers that fill the log, and the entries of each of their writes.
const WRITERS: usize = 2;
const TOGETHER: u64 = 5000;
/// Writers at work when the process is killed.
const BUSY: usize = 1000;
/// Proofs made, of entries drawn at random.
const PROOFS: usize = 2000;
/// What the process that fills the log says when it is long enough. It goes on writing, until it is killed.
const GROWN: &str = "grown";

/// Fills a log; writes on until the process is killed.
pub async fn grow(folder: &Path, leaves: u64) {
    let journal = Journal::open(folder).await;
    let missing = leaves.saturating_sub(journal.size().await);
    let writes = missing.div_ceil(WRITERS as u64 * TOGETHER);
    let writers = (0..WRITERS).map(|_| async {
        for _ in 0..writes {
            append_all(&journal, TOGETHER).await;
        }
    });
    join_all(writers).await;
    println!("{GROWN}");
    std::io::stdout().flush().unwrap();
    // As in operation: many who each write one.
    join_all((0..BUSY).map(|_| async {
        loop {
            append(&journal).await;
        }
    }))
    .await;
}

pub(super) async fn measure(folder: &Path, leaves: u64) -> Vec<Figure> {
    Journal::create(folder).await.store.close().await;
    let begun = Instant::now();
    let mut writing = Command::new(std::env::current_exe().unwrap())
        .args(["grow", "--leaves", &leaves.to_string(), "--folder"])
        .arg(folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(writing.stdout.take().unwrap()).lines();
    let grown = said.map_while(Result::ok).any(|line| line == GROWN);
    assert!(grown, "the process that fills the log ended early");
    let filled = begun.elapsed().as_secs_f64();
    // In the middle of what it writes: the journal has to be replayed.
    writing.kill().unwrap();
    writing.wait().unwrap();
    let begun = Instant::now();
    let journal = Journal::open(folder).await;
    append(&journal).await;
    let recovered = begun.elapsed().as_secs_f64();
    let size = journal.size().await;
    assert!(size > leaves, "{size} entries");
    let (mut times, mut bytes) = proofs(&journal, size).await;
    let gigabytes = journal.bytes() as f64 / 1e9;
    journal.store.close().await;
    let of = format!("{size} entries, {gigabytes:.1} GB");
    vec![
        Figure::new("filled_per_s", leaves as f64 / filled, "/s").note("until the large log was there"),
        Figure::new("recovery_s", recovered, "s")
            .at_most(5.0)
            .note(format!("after kill -9 while writing, until an entry is acknowledged; {of}")),
        Figure::new("inclusion_proof_ms", percentile(&mut times, 0.5), "ms")
            .at_most(5.0)
            .note(format!("median of {PROOFS} of entries drawn at random; {of}")),
        Figure::new("inclusion_proof_p99_ms", percentile(&mut times, 0.99), "ms").at_most(5.0),
        Figure::new("proof_bytes", percentile(&mut bytes, 1.0), "bytes")
            .at_most(2048.0)
            .note("the largest tlog-proof file, the entry in it"),
    ]
}

/// Milliseconds and size of each proof, made from the store as the node makes them.
async fn proofs(journal: &Journal, size: u64) -> (Vec<f64>, Vec<f64>) {
    let mut random = Random::new(1);
    let (mut times, mut bytes) = (Vec::with_capacity(PROOFS), Vec::with_capacity(PROOFS));
    for _ in 0..PROOFS {
        let index = random.below(size);
        let begun = Instant::now();
        let mut reader = journal.store.read(&journal.member).await.unwrap();
        let head = reader.log_head().await.unwrap().unwrap();
        let entry = reader.entry(index).await.unwrap().unwrap();
        let proof = inclusion(&mut reader, index, head.size).await.unwrap();
        let file = LogProof { extra: Some(entry.leaf), index, proof, checkpoint: head.checkpoint }.write();
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        bytes.push(file.len() as f64);
    }
    (times, bytes)
}
