//! Entries per second that the store appends to one member's log: committed, hashed, with signed checkpoints.

use std::time::{Duration, Instant};

use contracts::id::{ParticipantId, Pid};
use futures_util::future::join_all;
use node::domain::event::{Access, AccessEvent, Event, Reference};
use node::domain::time::Clock;
use node::identity::random;
use node::store::Error;

use super::journal::Journal;
use crate::bench::figure::{Figure, percentile};

/// How many write at once: each waits for its own entry before it makes the next one.
const WRITERS: [usize; 8] = [8, 16, 32, 64, 128, 256, 512, 1000];

/// What so many writers reached.
pub struct Load {
    pub writers: usize,
    pub per_s: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// Entries in one commit.
    pub batch: f64,
}

impl Load {
    /// As a figure, with what it cost to get there.
    pub fn figure(&self, name: &'static str) -> Figure {
        let Self { writers, p50_ms, p99_ms, batch, .. } = self;
        let note = format!(
            "{writers} writers, {batch:.0} entries in one commit, acknowledged in {p50_ms:.1} ms, 99 % in {p99_ms:.1} ms"
        );
        Figure::new(name, self.per_s, "/s").note(note)
    }
}

/// Appends for so long. What an entry says is drawn anew for each.
pub async fn load(journal: &Journal, writers: usize, time: Duration) -> Load {
    let commits = journal.store.commits();
    let begun = Instant::now();
    let waits = join_all((0..writers).map(|_| async {
        let mut waits = Vec::new();
        while begun.elapsed() < time {
            let asked = Instant::now();
            append(journal).await;
            waits.push(asked.elapsed().as_secs_f64() * 1e3);
        }
        waits
    }));
    let mut waits = waits.await.concat();
    let seconds = begun.elapsed().as_secs_f64();
    let commits = (journal.store.commits() - commits).max(1);
    Load {
        writers,
        per_s: waits.len() as f64 / seconds,
        p50_ms: percentile(&mut waits, 0.5),
        p99_ms: percentile(&mut waits, 0.99),
        batch: waits.len() as f64 / commits as f64,
    }
}

/// The most writers of whom 99 % are answered in time: found in short runs, then measured for the whole time.
pub async fn within(journal: &Journal, budget_ms: f64, time: Duration) -> Option<Load> {
    let mut best: Option<Load> = None;
    for writers in WRITERS {
        let tried = load(journal, writers, time / 5).await;
        if tried.p99_ms <= budget_ms && best.as_ref().is_none_or(|best| tried.per_s > best.per_s) {
            best = Some(tried);
        }
    }
    // A longer run is the judge of the short ones: fewer writers until the budget holds.
    let place = WRITERS.iter().position(|writers| best.as_ref().is_some_and(|b| b.writers == *writers))?;
    for writers in WRITERS[..=place].iter().rev() {
        let whole = load(journal, *writers, time).await;
        if whole.p99_ms <= budget_ms {
            return Some(whole);
        }
    }
    None
}

/// One entry, acknowledged when it is on disk.
pub async fn append(journal: &Journal) {
    append_all(journal, 1).await;
}

/// So many entries in one write: what fills a log in little time.
pub async fn append_all(journal: &Journal, count: u64) {
    let written = journal.store.write(&journal.member, move |tx| {
        Box::pin(async move {
            (0..count).for_each(|_| tx.record(event()));
            Ok::<_, Error>(())
        })
    });
    written.await.unwrap();
}

fn event() -> Event {
    Event::Access(Access {
        what: AccessEvent::Opened { first: 0 },
        reference: Reference(random::reference(Clock::System.now()).0),
        transfer: Pid::parse("urn:uuid:0192f0c1-2a9b-7cc4-8b3e-0d5c1a7e9f10").unwrap(),
        agreement: None,
        dataset: None,
        peer: ParticipantId::did("did:web:localhost%3A8444").unwrap(),
    })
}
