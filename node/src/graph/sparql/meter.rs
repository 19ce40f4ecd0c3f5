//! What an evaluation has used, and its end when that is too much.
//!
//! The evaluator joins and sorts without asking anybody: what it cannot do without copying terms. So copies are what is
//! counted, and where a limit is met, the evaluation is unwound from there, whatever it was doing. It runs on a thread of
//! its own and changes nothing that others see.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

/// Copies of terms alive at once: some 300 MB.
const ALIVE: u64 = 6_000_000;
/// Bytes of texts taken out for expressions, in all.
const TEXT: u64 = 256 << 20;
/// Copies between two looks at the clock.
const STEPS: u64 = 1 << 10;

/// What was too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    Time,
    Memory,
}

/// Why an evaluation did not end by itself.
pub(super) enum Stopped {
    Limit(Limit),
    /// It failed; the panic hook has told why.
    Failed,
}

thread_local! {
    static ALIVE_NOW: Cell<u64> = const { Cell::new(0) };
    static STEPS_DONE: Cell<u64> = const { Cell::new(0) };
    static TEXT_TAKEN: Cell<u64> = const { Cell::new(0) };
    static DEADLINE: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Runs an evaluation on this thread, for at most so long.
pub(super) fn within<T>(time: Duration, run: impl FnOnce() -> T) -> Result<T, Stopped> {
    DEADLINE.set(Instant::now().checked_add(time));
    ALIVE_NOW.set(0);
    TEXT_TAKEN.set(0);
    let ended = catch_unwind(AssertUnwindSafe(run));
    DEADLINE.set(None);
    ended.map_err(|cause| match cause.downcast_ref::<Limit>() {
        Some(limit) => Stopped::Limit(*limit),
        None => Stopped::Failed,
    })
}

/// A step of work.
pub(super) fn step() {
    let done = STEPS_DONE.get().wrapping_add(1);
    STEPS_DONE.set(done);
    if done.is_multiple_of(STEPS) && DEADLINE.get().is_some_and(|end| Instant::now() >= end) {
        stop(Limit::Time);
    }
}

/// A term was copied.
pub(super) fn copied() {
    let alive = ALIVE_NOW.get() + 1;
    ALIVE_NOW.set(alive);
    if alive > ALIVE && DEADLINE.get().is_some() {
        stop(Limit::Memory);
    }
    step();
}

/// A copy was let go.
pub(super) fn dropped() {
    ALIVE_NOW.set(ALIVE_NOW.get().saturating_sub(1));
}

/// A text was taken out.
pub(super) fn taken(bytes: usize) {
    let taken = TEXT_TAKEN.get().saturating_add(bytes as u64);
    TEXT_TAKEN.set(taken);
    if taken > TEXT && DEADLINE.get().is_some() {
        stop(Limit::Memory);
    }
    step();
}

fn stop(limit: Limit) -> ! {
    // Once is enough: what is let go on the way out is counted by nobody.
    DEADLINE.set(None);
    resume_unwind(Box::new(limit))
}

/// Ends the evaluation: it makes something too large.
pub(super) fn too_much() {
    if DEADLINE.get().is_some() {
        stop(Limit::Memory);
    }
}
