//! A member's log beside what the machine can do: appends within a time, proofs and recovery in a log of millions,
//! verification of a whole log from its files.

mod append;
mod grown;
mod journal;
mod whole;

use std::path::Path;
use std::time::Duration;

pub use grown::grow;
use journal::Journal;

use super::figure::Figure;
use super::machine::{self, Machine};

/// Writers of the figure that stands among those of an exchange.
const WRITERS: usize = 1000;
/// Bytes of an entry in these logs, hashed with one byte before them.
const ENTRY: usize = 512;

/// How much is done.
#[derive(Debug, Clone)]
pub struct Sizes {
    /// Seconds of each rate.
    pub seconds: f64,
    /// Entries of the large log.
    pub leaves: u64,
    /// Entries of the log that is verified from its files.
    pub verified: u64,
}

/// Measures, and tells each figure as it comes.
pub async fn run(folder: &Path, sizes: &Sizes, tell: impl Fn(&Figure)) -> Vec<Figure> {
    let time = Duration::from_secs_f64(sizes.seconds);
    let mut all = Vec::new();
    let mut add = |figure: Figure| {
        tell(&figure);
        all.push(figure);
    };
    let flushes = machine::fdatasync(folder, time.min(Duration::from_secs(2)));
    let hashes = machine::leaves(ENTRY, time.min(Duration::from_secs(2)));
    add(Figure::new("fdatasync_per_s", flushes, "/s").note("4 KiB each, one after another"));
    add(Figure::new("sha256_leaves_per_s", hashes, "/s").note(format!("{ENTRY} bytes each, one core")));
    let journal = Journal::create(&folder.join("append")).await;
    for (name, budget) in [("appends_per_s_10ms", 10.0), ("appends_per_s_250ms", 250.0)] {
        let figure = match append::within(&journal, budget, time).await {
            Some(load) => load.figure(name),
            None => Figure::missing(name, "/s", format!("99 % took more than {budget} ms with any number")),
        };
        add(figure.at_least(20_000.0).of("fdatasync/s", flushes));
    }
    journal.store.close().await;
    for figure in whole::measure(&folder.join("whole"), sizes.verified, hashes).await {
        add(figure);
    }
    for figure in grown::measure(&folder.join("grown"), sizes.leaves).await {
        add(figure);
    }
    all
}

/// Appends by a thousand writers, for so long: the figure that stands among those of an exchange.
pub async fn measure(folder: &Path, machine: &Machine, seconds: f64) -> Vec<Figure> {
    let journal = Journal::create(&folder.join("log")).await;
    let load = append::load(&journal, WRITERS, Duration::from_secs_f64(seconds)).await;
    journal.store.close().await;
    vec![load.figure("log_appends_per_s").at_least(20_000.0).of("fdatasync/s", machine.fdatasync)]
}
