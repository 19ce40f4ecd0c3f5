//! Rounds of work, kill, restart and check.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::check::{Both, violations};
use super::load::{Dataset, heads, share, work};
use super::notes::{Notes, Side};
use super::observe::{Memory, digest, observe, verify_contracts};
use super::report::Report;
use crate::pair::Pair;
use crate::process::Setup;
use crate::random::Random;

/// Rounds on the same two nodes; then new ones, so that logs stay short enough to be read whole each time.
const ROUNDS: u32 = 25;
/// Works at the same time.
const WORKERS: u64 = 6;
/// Longest time until both sides must agree again: a retry comes at most a minute after the one before.
const SETTLE: Duration = Duration::from_secs(75);

/// How the kills are done.
pub struct Options<'a> {
    pub times: u32,
    pub seed: u64,
    /// Where folders are made.
    pub folder: &'a Path,
    /// Databases for provider and consumer, new for each pair; SQLite without.
    pub databases: Option<Box<dyn Fn(u32) -> [String; 2] + 'a>>,
}

/// Kills `times` times; stops at the first violation, whose folders are kept.
pub async fn run(options: &Options<'_>) -> Report {
    let mut random = Random::new(options.seed);
    let mut report = Report { seed: options.seed, ..Report::default() };
    let (mut round, mut number) = (0, 0);
    while round < options.times && report.violations.is_empty() {
        let rounds = ROUNDS.min(options.times - round);
        let root = options.folder.join(format!("pair-{number}"));
        let [provider, consumer] = match &options.databases {
            Some(make) => make(number).map(|url| Setup { database: Some(url), ..Setup::default() }),
            None => [Setup::default(), Setup::default()],
        };
        let mut pair = Pair::init(&root, &provider, &consumer);
        rounds_on(&mut pair, rounds, &mut random, &mut report).await;
        pair.provider.stop();
        pair.consumer.stop();
        if report.violations.is_empty() {
            let _ = std::fs::remove_dir_all(&root);
        } else {
            eprintln!("kept for a look: {}", root.display());
        }
        round += rounds;
        number += 1;
        eprintln!("{round} of {} kills", options.times);
    }
    report
}

async fn rounds_on(pair: &mut Pair, rounds: u32, random: &mut Random, report: &mut Report) {
    let mut datasets = Vec::new();
    for (name, bytes) in [("small.csv", 30_000), ("middle.csv", 3 << 20), ("large.csv", 24 << 20)] {
        std::fs::write(pair.data(name), random.bytes(bytes)).unwrap();
    }
    pair.start().await;
    for name in ["small.csv", "middle.csv", "large.csv"] {
        let sha256 = digest(&pair.data(name)).unwrap();
        datasets.push(Dataset { id: pair.publish(name).await, sha256 });
    }
    let notes = Arc::new(Notes::default());
    let names = Arc::new(AtomicU64::new(0));
    let mut memory = Memory::default();
    let mut seen = Both::default();
    for _ in 0..rounds {
        strike(pair, &datasets, &notes, &names, random, report).await;
        seen = settle(pair, &notes, &mut memory, report).await;
        if !report.violations.is_empty() {
            break;
        }
    }
    report.add(&notes.kept(), &seen);
    report.contract_files += memory.verified();
}

/// Work, a kill at some instant, and the restart.
async fn strike(
    pair: &mut Pair,
    datasets: &[Dataset],
    notes: &Arc<Notes>,
    names: &Arc<AtomicU64>,
    random: &mut Random,
    report: &mut Report,
) {
    let shared = Arc::new(share(pair, datasets, notes, names).await.unwrap_or_else(|e| panic!("{e}")));
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(heads(Arc::clone(&shared)));
    for _ in 0..WORKERS {
        tasks.spawn(work(Arc::clone(&shared), Random::new(random.number())));
    }
    tokio::time::sleep(Duration::from_micros(5_000 + random.below(600_000))).await;
    let which = random.below(7);
    let what = match which {
        0..3 => "provider",
        3..6 => "consumer",
        _ => "both",
    };
    *report.kills.entry(what).or_default() += 1;
    for (victim, node) in [(0..3, &mut pair.provider), (3..6, &mut pair.consumer)] {
        if victim.contains(&which) || which == 6 {
            node.kill();
        }
    }
    // The other goes on for a moment, and meets the silence.
    tokio::time::sleep(Duration::from_millis(random.below(300))).await;
    shared.ended.store(true, Ordering::Relaxed);
    tasks.abort_all();
    while tasks.join_next().await.is_some_and(|ended| match ended {
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        _ => true,
    }) {}
    for node in [&mut pair.provider, &mut pair.consumer] {
        if node.pid().is_none() {
            report.ready.push(node.start().await);
        }
    }
}

/// Looks until nothing is wrong, or until what is wrong has had its time.
async fn settle(pair: &Pair, notes: &Notes, memory: &mut Memory, report: &mut Report) -> Both {
    let (begun, kept) = (Instant::now(), notes.kept());
    loop {
        let looked = observe(pair, &kept.done, memory).await;
        let mut seen = looked.unwrap_or_else(|e| panic!("after the restart: {e}"));
        let mut found = violations(&kept, &seen);
        if found.is_empty() {
            report.settled.push(begun.elapsed());
            verify_contracts(pair, &mut seen, memory).await.unwrap_or_else(|e| panic!("{e}"));
            found = violations(&kept, &seen);
        }
        if found.is_empty() {
            for (side, head) in [(Side::Provider, seen.provider.head), (Side::Consumer, seen.consumer.head)] {
                notes.head(side, super::notes::Head { size: head.0, root: head.1 });
            }
            return seen;
        }
        if begun.elapsed() > SETTLE
            || seen.provider.refused_files.len() + seen.consumer.refused_files.len() > 0
        {
            report.violations = found;
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
