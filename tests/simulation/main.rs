//! The simulation itself: a seed is one story, every sabotage is found by what should find it.

mod sabotages;

use std::collections::BTreeMap;
use std::sync::Mutex;

use tests::simulation::run::{Options, Story, run};
use tests::simulation::sabotage::Sabotage;

/// Seeds that failed once, with what they showed: they are told for ever. `simulate --seed S` shows the whole story.
const FOUND: &[(&str, u64)] = &[
    ("what came while the database could write nothing is recorded later", 130),
    ("and also when the provider has suspended meanwhile", 264),
    ("a request sent again when its statements have ended is known all the same", 1635),
    ("a use that ended before its first byte is given back, and is none", 13),
];

/// Runs stories; gives them by seed.
fn stories(seeds: &[u64], sabotage: Option<Sabotage>, postgres: Option<String>) -> BTreeMap<u64, Story> {
    let told = Mutex::new(BTreeMap::new());
    let options = Options { seeds: seeds.to_vec(), sabotage, postgres, threads: 2, day: None };
    run(&options, &|story| drop(told.lock().unwrap().insert(story.seed, story.clone())));
    told.into_inner().unwrap()
}

/// Runs stories in which everything must hold.
fn kept(seeds: &[u64], postgres: Option<String>) -> BTreeMap<u64, Story> {
    let stories = stories(seeds, None, postgres);
    for (seed, story) in &stories {
        assert_eq!(story.violations, [], "simulate --seed {seed}\n{}", story.trace.join("\n"));
    }
    stories
}

#[test]
fn a_seed_is_one_story() {
    let seeds: Vec<u64> = (100..112).chain(FOUND.iter().map(|(_, seed)| *seed)).collect();
    let [first, second] = [kept(&seeds, None), kept(&seeds, None)];
    for (seed, story) in &first {
        assert_eq!(story.trace, second[seed].trace, "seed {seed}");
        assert_eq!(story.digest, second[seed].digest);
    }
    let digests: std::collections::BTreeSet<_> = first.values().map(|story| &story.digest).collect();
    assert_eq!(digests.len(), seeds.len(), "each seed is another story");
    let all = |part: fn(&Story) -> u64| first.values().map(part).sum::<u64>();
    assert!(all(|s| s.tally.granted) > 5 && all(|s| s.tally.refused) > 5 && all(|s| s.tally.deaths) > 5);
}

#[test]
fn both_databases_keep_every_invariant() {
    match std::env::var(tests::engine::POSTGRES) {
        Ok(server) => drop(kept(&[0, 1, 2], Some(server))),
        Err(_) => tests::skip::skipped(
            "both_databases_keep_every_invariant",
            "no PostgreSQL server (run tests/run)",
        ),
    }
}
