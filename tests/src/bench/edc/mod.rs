//! The same work done by two nodes of ours and by two participants of Eclipse EDC, on the same machine, in one run.

mod catalogue;
pub mod load;
mod ours;
mod push;
mod ratios;
mod theirs;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use self::ours::Ours;
use self::theirs::{DEFAULT, TUNED, Theirs, Tuning};
use super::figure::{Figure, percentile};
use super::machine::Machine;
use crate::conformance::edc::lab::Lab;
use crate::edc::artifacts;
use crate::edc::gateway::Gateway;
use crate::edc::identity::Identity;
use crate::edc::participant::Kit;
use crate::edc::site::Site;
use crate::pair::Pair;
use crate::postgres::database;
use crate::process::Setup;

pub use ratios::{DIFFERENCES, ratios};

/// How much is done.
#[derive(Debug, Clone)]
pub struct Sizes {
    pub version: String,
    /// Both sides keep their state in databases of this PostgreSQL server.
    pub postgres: Option<String>,
    /// Negotiations one after another, of ours and of EDC tuned; of EDC as it comes, a tenth.
    pub negotiations: usize,
    /// Negotiations before memory is looked at.
    pub memory: usize,
    /// Seconds of each rate.
    pub seconds: f64,
    /// The largest catalogue.
    pub datasets: usize,
    /// Size of the push, in MB.
    pub megabytes: u64,
    /// Starts, of which the median counts.
    pub starts: usize,
    pub only: Vec<String>,
}

impl Sizes {
    fn wants(&self, group: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|wanted| wanted == group)
    }
}

/// Heaps tried for EDC, smallest first: the first that does the work counts.
const HEAPS: [Tuning; 4] = [
    Tuning { name: "48m", heap: "48m", ..TUNED },
    Tuning { name: "64m", heap: "64m", ..TUNED },
    Tuning { name: "96m", heap: "96m", ..TUNED },
    Tuning { name: "128m", heap: "128m", ..TUNED },
];
/// Longest that a heap is tried: below the smallest that works, time goes into collecting garbage.
const PATIENCE: Duration = Duration::from_secs(75);
const IN_FLIGHT: [usize; 3] = [1, 8, 32];

struct Bench<'a> {
    sizes: &'a Sizes,
    kit: Kit,
    gateway: Gateway,
    peer: catalogue::Peer,
    machine: Machine,
    tell: &'a dyn Fn(&Figure),
    figures: Vec<Figure>,
}

/// Measures, and tells each figure as it comes.
///
/// # Errors
/// What could not be started.
pub async fn run(folder: &Path, sizes: &Sizes, tell: &dyn Fn(&Figure)) -> Result<Vec<Figure>, String> {
    let jars = artifacts::resolve(&sizes.version, sizes.postgres.is_some()).map_err(|e| e.to_string())?;
    let pair = pair(folder, sizes, "ours");
    let gateway = Gateway::start(folder);
    let kit = Kit::prepare(&folder.join("edc"), &jars, &pair.authority.file())?;
    let identity = Arc::new(Identity::new(&gateway.url("bench")));
    gateway.sites.add("bench", Site::Edc { identity: Arc::clone(&identity), protocol: 0, public: 0 });
    let peer = catalogue::Peer { identity, http: crate::api::http(&pair.authority.pem()) };
    let machine = Machine::measure(folder, &pair.authority, 0.5).await;
    let mut bench = Bench { sizes, kit, gateway, peer, machine, tell, figures: Vec::new() };
    let ours = bench.starts(Ours::start(pair).await).await?;
    bench.negotiations(&ours).await?;
    bench.memory(folder).await?;
    bench.catalogues(&ours).await?;
    drop(ours.stop());
    if sizes.wants("push") {
        bench.pushes(Lab::start(&jars).await?).await?;
    }
    Ok(bench.figures)
}

/// Two new nodes of ours.
fn pair(folder: &Path, sizes: &Sizes, name: &str) -> Pair {
    let [provider, consumer] = ["provider", "consumer"].map(|role| Setup {
        database: sizes.postgres.as_ref().map(|server| database(server, &format!("fiducie_{name}_{role}"))),
        ..Setup::default()
    });
    Pair::init(&folder.join(name), &provider, &consumer)
}

impl Bench<'_> {
    fn add(&mut self, figure: Figure) {
        (self.tell)(&figure);
        self.figures.push(figure);
    }

    async fn theirs(&self, tuning: &Tuning) -> Result<Theirs<'_>, String> {
        Theirs::start(&self.kit, &self.gateway, tuning, self.sizes.postgres.as_deref()).await
    }

    async fn starts(&mut self, ours: Ours) -> Result<Ours, String> {
        if !self.sizes.wants("start") {
            return Ok(ours);
        }
        let mut taken = vec![ours.started.as_secs_f64()];
        let (idle, mut pair) = (ours.memory(), ours.stop());
        for _ in 1..self.sizes.starts {
            taken.push(pair.provider.start().await.as_secs_f64());
            pair.provider.stop();
        }
        self.add(Figure::new("ours_start_s", percentile(&mut taken, 0.5), "s").note("until ready, median"));
        self.add(Figure::new("ours_idle_mb", idle, "MB").note("both nodes, just started"));
        let (mut taken, mut memory) = (Vec::new(), 0.0);
        for _ in 0..self.sizes.starts {
            let both = self.theirs(&DEFAULT).await?;
            taken.push(both.started.as_secs_f64());
            memory = both.memory();
        }
        self.add(Figure::new("edc_start_s", percentile(&mut taken, 0.5), "s").note("until healthy, median"));
        self.add(
            Figure::new("edc_idle_default_mb", memory, "MB").note("both, just started, heap as it comes"),
        );
        Ok(Ours::start(pair).await)
    }

    async fn negotiations(&mut self, ours: &Ours) -> Result<(), String> {
        if !self.sizes.wants("negotiation") {
            return Ok(());
        }
        let times = self.sizes.negotiations;
        let before = ours.counted().await;
        let latency = load::median(0, times, async || ours.one().await).await;
        let after = ours.counted().await;
        let [commits, signatures] = [0, 1].map(|n| (after[n] - before[n]) / times as f64);
        let machine = &self.machine;
        let proof =
            1e3 * (commits / machine.fdatasync + signatures / machine.sign + signatures / machine.verify);
        self.add(Figure::new("ours_negotiation_ms", latency, "ms").note(format!("median of {times}")));
        let said = format!("{commits:.1} flushes and {signatures:.1} signatures made and checked, alone");
        self.add(Figure::new("ours_proof_ms", proof, "ms").note(said));
        for in_flight in IN_FLIGHT {
            let rate = load::rate(in_flight, self.time(), async || ours.one().await).await;
            self.add(
                Figure::new(NAMES[0][place(in_flight)], rate, "/s").note(format!("{in_flight} in flight")),
            );
        }
        let tuned = self.theirs(&TUNED).await?;
        let latency = load::median(5, times, async || tuned.one().await).await;
        let mut rates = Vec::new();
        for in_flight in IN_FLIGHT {
            rates.push(load::rate(in_flight, self.time(), async || tuned.one().await).await);
        }
        let failures = tuned.failures();
        drop(tuned);
        self.add(
            Figure::new("edc_tuned_negotiation_ms", latency, "ms")
                .note(format!("median of {times}, loops of 50 ms; {failures}, load included")),
        );
        for (in_flight, rate) in IN_FLIGHT.into_iter().zip(rates) {
            self.add(
                Figure::new(NAMES[1][place(in_flight)], rate, "/s")
                    .note(format!("{in_flight} in flight, loops of 50 ms")),
            );
        }
        let fewer = (times / 10).max(3);
        let latency = {
            let both = self.theirs(&DEFAULT).await?;
            load::median(1, fewer, async || both.one().await).await
        };
        self.add(
            Figure::new("edc_default_negotiation_ms", latency, "ms")
                .note(format!("median of {fewer}, loops of 1 s")),
        );
        Ok(())
    }

    fn time(&self) -> Duration {
        Duration::from_secs_f64(self.sizes.seconds)
    }

    /// Of nodes that did nothing else, on both sides.
    async fn memory(&mut self, folder: &Path) -> Result<(), String> {
        if !self.sizes.wants("memory") {
            return Ok(());
        }
        let times = self.sizes.memory;
        let ours = Ours::start(pair(folder, self.sizes, "memory")).await;
        load::all(times, 8, async |_| _ = ours.one().await).await;
        let after = format!("both, after {times} negotiations");
        self.add(Figure::new("ours_memory_mb", ours.memory(), "MB").note(after.clone()));
        drop(ours.stop());
        let as_it_comes = {
            let both = self.theirs(&TUNED).await?;
            load::all(times, 8, async |_| _ = both.one().await).await;
            both.memory()
        };
        self.add(
            Figure::new("edc_default_memory_mb", as_it_comes, "MB")
                .note(format!("{after}, heap as it comes")),
        );
        for tuning in &HEAPS {
            let tried = async {
                let both = self.theirs(tuning).await?;
                let failed = std::sync::Mutex::new(None);
                load::all(times, 8, async |_| {
                    if failed.lock().unwrap().is_none()
                        && let Err(said) = both.negotiate().await
                    {
                        *failed.lock().unwrap() = Some(said);
                    }
                })
                .await;
                failed.into_inner().unwrap().map_or(Ok(both.memory()), Err)
            };
            if let Ok(Ok(memory)) = tokio::time::timeout(PATIENCE, tried).await {
                let note = format!("{after}, heap of {}, the smallest that does it", tuning.heap);
                self.add(Figure::new("edc_memory_mb", memory, "MB").note(note));
                return Ok(());
            }
        }
        self.add(Figure::missing("edc_memory_mb", "MB", "no heap of up to 128 MB does the work"));
        Ok(())
    }

    async fn catalogues(&mut self, ours: &Ours) -> Result<(), String> {
        if !self.sizes.wants("catalogue") {
            return Ok(());
        }
        let mut pages = Vec::new();
        {
            let theirs = self.theirs(&TUNED).await?;
            let mut there = 0;
            for (place, count) in COUNTS.into_iter().enumerate().filter(|(_, n)| *n <= self.sizes.datasets) {
                catalogue::publish_ours(&ours.pair, &self.peer, there, count).await;
                catalogue::publish_theirs(&theirs, there, count).await;
                there = count;
                pages.push((place, self.peer.ours(&ours.pair).await, self.peer.theirs(&theirs).await));
            }
        }
        for (place, ours, theirs) in pages {
            let note = format!("a page of 50 of {}, median", COUNTS[place]);
            self.add(Figure::new(NAMES[2][place], ours, "ms").note(note.clone()));
            self.add(Figure::new(NAMES[3][place], theirs, "ms").note(note));
        }
        Ok(())
    }

    async fn pushes(&mut self, mut lab: Lab) -> Result<(), String> {
        let megabytes = self.sizes.megabytes;
        let ours = push::ours(&lab, megabytes).await;
        lab.stop(false).await;
        let ours = ours?;
        let theirs = push::theirs(&self.theirs(&TUNED).await?, megabytes).await?;
        let note = format!("{megabytes} MB to the same sink, TLS");
        self.add(Figure::new("ours_push_mb_per_s", ours.mb_per_s, "MB/s").note(note.clone()));
        self.add(
            Figure::new("ours_push_peak_mb", ours.peak_mb, "MB").note("the provider's memory meanwhile"),
        );
        self.add(Figure::new("edc_push_mb_per_s", theirs.mb_per_s, "MB/s").note(note));
        self.add(
            Figure::new("edc_push_peak_mb", theirs.peak_mb, "MB").note("the provider's, heap as it comes"),
        );
        Ok(())
    }
}

const COUNTS: [usize; 3] = [100, 1_000, 10_000];
/// Ours and theirs: negotiations a second by what is in flight, then milliseconds of a page by what there is.
const NAMES: [[&str; 3]; 4] = [
    ["ours_negotiations_1_per_s", "ours_negotiations_8_per_s", "ours_negotiations_32_per_s"],
    ["edc_tuned_negotiations_1_per_s", "edc_tuned_negotiations_8_per_s", "edc_tuned_negotiations_32_per_s"],
    ["ours_page_100_ms", "ours_page_1k_ms", "ours_page_10k_ms"],
    ["edc_page_100_ms", "edc_page_1k_ms", "edc_page_10k_ms"],
];

fn place(in_flight: usize) -> usize {
    IN_FLIGHT.iter().position(|n| *n == in_flight).unwrap_or_default()
}
