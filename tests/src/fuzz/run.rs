//! A short run: the seeds, what was found before, then changes of both until the time is over.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use super::mutate::mutate;
use super::{Target, files_in};
use crate::random::Random;

/// Longest that one input may take, ten times what the slowest seed does: more is an attack that works.
const SLOW: Duration = Duration::from_secs(2);
/// Inputs that once were a fault, by target. They stay right.
const KEPT: &str = "tests/fuzz/kept";

/// What a run ended with.
pub struct Outcome {
    pub inputs: u64,
    /// An input that was not borne, and why.
    pub fault: Option<(Vec<u8>, String)>,
}

/// The seeds of a target, and what was found before.
pub fn corpus(target: &Target) -> Vec<Vec<u8>> {
    let mut corpus = (target.seeds)();
    assert!(!corpus.is_empty(), "{} has no seeds", target.name);
    corpus.extend(files_in(&[&format!("{KEPT}/{}", target.name)]));
    corpus
}

/// Runs a target for so long, the same changes for the same seed.
pub fn run(target: &Target, seed: u64, time: Duration) -> Outcome {
    let corpus = corpus(target);
    let (mut random, mut inputs) = (Random::new(seed), 0);
    for bytes in &corpus {
        inputs += 1;
        if let Some(why) = borne(target, bytes) {
            return Outcome { inputs, fault: Some((bytes.clone(), why)) };
        }
    }
    let begun = Instant::now();
    while begun.elapsed() < time {
        let [one, other] = [(); 2].map(|()| random.below(corpus.len() as u64) as usize);
        let bytes = mutate(&mut random, &corpus[one], &corpus[other]);
        inputs += 1;
        if let Some(why) = borne(target, &bytes) {
            return Outcome { inputs, fault: Some((bytes, why)) };
        }
    }
    Outcome { inputs, fault: None }
}

/// Why an input was not borne.
fn borne(target: &Target, bytes: &[u8]) -> Option<String> {
    let begun = Instant::now();
    let caught = catch_unwind(AssertUnwindSafe(|| (target.read)(bytes))).err();
    let panic = caught.map(|panic| match (panic.downcast_ref::<String>(), panic.downcast_ref::<&str>()) {
        (Some(text), _) => text.clone(),
        (None, Some(text)) => (*text).to_owned(),
        (None, None) => "a panic".to_owned(),
    });
    let took = begun.elapsed();
    panic.or_else(|| (took > SLOW).then(|| format!("took {:.1} s", took.as_secs_f64())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_borne_is_found() {
        fn seeds() -> Vec<Vec<u8>> {
            vec![b"0123456789".to_vec()]
        }
        fn careless(bytes: &[u8]) {
            assert!(bytes.first() != Some(&b'9'), "begins with a nine");
        }
        let target = Target { name: "none", read: careless, seeds };
        let found = run(&target, 1, Duration::from_secs(20));
        let (bytes, why) = found.fault.unwrap();
        assert_eq!((bytes[0], why.as_str()), (b'9', "begins with a nine"));
        let careful = Target { name: "none", read: |_| (), seeds };
        assert!(run(&careful, 1, Duration::from_millis(50)).fault.is_none());
    }
}
