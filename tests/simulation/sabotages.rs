//! Each fault put in on purpose is found, by the invariant that is there for it; the same seeds without it are sound.

use clap::ValueEnum;
use tests::simulation::sabotage::Sabotage;

const SEEDS: std::ops::Range<u64> = 0..24;

fn found(sabotage: Sabotage) {
    let seeds: Vec<u64> = SEEDS.collect();
    let stories = super::stories(&seeds, Some(sabotage), None);
    let wanted = sabotage.found_by();
    let by: Vec<_> = stories.values().filter(|story| story.invariants().contains(&wanted)).collect();
    assert!(!by.is_empty(), "{sabotage:?} is not found by `{}` in any of {SEEDS:?}", wanted.as_str());
}

#[test]
fn the_same_seeds_are_sound_without_sabotage() {
    super::kept(&SEEDS.collect::<Vec<_>>(), None);
}

macro_rules! found {
    ($($name:ident: $sabotage:ident,)+) => {
        $(#[test]
        fn $name() {
            found(Sabotage::$sabotage);
        })+

        #[test]
        fn every_sabotage_has_its_test() {
            let tested = [$(Sabotage::$sabotage),+];
            assert!(Sabotage::value_variants().iter().all(|sabotage| tested.contains(sabotage)));
        }
    };
}

found! {
    a_skipped_decision: SkipDecision,
    an_answer_before_the_flush: AnswerBeforeFlush,
    a_message_before_its_commit: SendBeforeCommit,
    a_dropped_twin: DropTwin,
    an_ignored_revocation: IgnoreRevocation,
    a_token_used_again: ReuseToken,
    a_database_rolled_back: RollbackDatabase,
    a_forked_log: ForkLog,
}
