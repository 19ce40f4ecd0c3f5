//! Seeds: one story each, on as many threads as there are processors.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::model::Model;
use super::sabotage::Sabotage;
use super::store::Databases;
use super::template;
use super::trace::Trace;
use super::violation::{Invariant, Violation};
use super::world::{Tally, World};
use crate::random::Random;
use crate::temporary::Folder;

/// What to run.
#[derive(Debug, Clone)]
pub struct Options {
    pub seeds: Vec<u64>,
    pub sabotage: Option<Sabotage>,
    /// A PostgreSQL server instead of files.
    pub postgres: Option<String>,
    pub threads: usize,
    /// One long story instead: so many accesses between five nodes.
    pub day: Option<u64>,
}

/// How one story went.
#[derive(Debug, Clone)]
pub struct Story {
    pub seed: u64,
    pub digest: String,
    pub trace: Vec<String>,
    pub tally: Tally,
    pub violations: Vec<Violation>,
}

impl Story {
    pub fn invariants(&self) -> BTreeSet<Invariant> {
        self.violations.iter().map(|violation| violation.invariant).collect()
    }
}

/// Waits for something outside of any node.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Runs all stories; `told` hears of each as it ends.
pub fn run(options: &Options, told: &(dyn Fn(&Story) + Sync)) {
    let folder = Folder::within(memory(), "simulation");
    let databases = options.postgres.clone().map_or(Databases::Files, Databases::Server);
    let templates = block_on(template::make(folder.path(), &databases));
    let next = AtomicU64::new(0);
    let telling = Mutex::new(());
    std::thread::scope(|scope| {
        for _ in 0..options.threads.max(1) {
            scope.spawn(|| {
                while let Some(seed) =
                    options.seeds.get(next.fetch_add(1, Ordering::Relaxed) as usize).copied()
                {
                    let place = folder.path().join(format!("seed{seed}"));
                    let story = tell(seed, options, &databases, &templates, &place);
                    let _ = std::fs::remove_dir_all(&place);
                    let _one = telling.lock().unwrap_or_else(PoisonError::into_inner);
                    told(&story);
                }
            });
        }
    });
    block_on(databases.remove_templates(templates.len()));
}

/// Memory, where there is some: no disk is tested here.
fn memory() -> PathBuf {
    let shared = PathBuf::from("/dev/shm");
    if shared.is_dir() { shared } else { std::env::temp_dir() }
}

fn tell(
    seed: u64,
    options: &Options,
    databases: &Databases,
    templates: &[PathBuf],
    place: &std::path::Path,
) -> Story {
    let mut random = Random::new(seed);
    let nodes = if options.day.is_some() { template::MOST } else { 2 + random.below(4) as usize };
    let steps = 30 + random.below(70);
    let machines = block_on(World::prepare(databases, templates, place, nodes));
    let mut world = World {
        random,
        databases: databases.clone(),
        machines,
        waiting: Vec::new(),
        strays: Vec::new(),
        slow: Vec::new(),
        seen: Vec::new(),
        partitions: BTreeSet::new(),
        documents: Arc::default(),
        model: Model::default(),
        trace: Trace::default(),
        tally: Tally::default(),
        violations: Vec::new(),
        sabotage: options.sabotage,
        calm: false,
        unfinished: Vec::new(),
        datasets: Vec::new(),
        names: HashMap::new(),
        pulls: 0,
        copies: BTreeMap::new(),
        calmness: if options.day.is_some() { 200 } else { 6 },
        is_day: options.day.is_some(),
    };
    world.begin();
    for _ in 0..if options.day.is_some() { 0 } else { steps } {
        world.turn();
    }
    while world.violations.is_empty() && options.day.is_some_and(|day| world.tally.granted < day) {
        world.turn();
    }
    world.heal();
    world.compare();
    world.judge();
    let urls: Vec<String> = world.machines.iter().map(|machine| machine.database.clone()).collect();
    for node in 0..nodes {
        world.fell(node);
    }
    block_on(async {
        for url in urls {
            databases.remove(&url).await;
        }
    });
    Story {
        seed,
        digest: world.trace.digest(),
        trace: world.trace.lines().to_vec(),
        tally: world.tally,
        violations: world.violations,
    }
}
