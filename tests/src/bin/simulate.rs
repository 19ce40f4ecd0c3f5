//! `cargo run --release -p tests --bin simulate -- --seeds N | --seed S | --sabotage NAME [--postgres URL]`.

use std::process::ExitCode;
use std::sync::Mutex;

use clap::Parser;
use tests::simulation::run::{Options, Story, run};
use tests::simulation::sabotage::Sabotage;

// A story makes and drops whole nodes: a good part of its time went into the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Steps whole nodes one call at a time through faults that a seed chooses, and checks what must always hold.
#[derive(Parser)]
struct Arguments {
    /// How many seeds, from `--from` on
    #[arg(long, default_value_t = 100)]
    seeds: u64,
    /// The first seed
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Only this seed, with its whole trace
    #[arg(long, conflicts_with_all = ["seeds", "from"])]
    seed: Option<u64>,
    /// Puts a fault in, which must be found
    #[arg(long)]
    sabotage: Option<Sabotage>,
    /// PostgreSQL server, with the right to create databases, instead of SQLite
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// One long story instead: so many data requests given between five nodes, with faults, and all compared at the end
    #[arg(long, value_name = "REQUESTS")]
    day: Option<u64>,
    /// Stories at the same time
    #[arg(long)]
    threads: Option<usize>,
}

#[derive(Default)]
struct Total {
    seeds: u64,
    kept: u64,
    steps: u64,
    granted: u64,
    refused: u64,
    deaths: u64,
    lost: u64,
    entries: u64,
    pairs: u64,
}

impl Total {
    fn add(&mut self, story: &Story) {
        self.seeds += 1;
        self.kept += u64::from(story.violations.is_empty());
        let tally = &story.tally;
        for (all, one) in [
            (&mut self.steps, tally.steps),
            (&mut self.granted, tally.granted),
            (&mut self.refused, tally.refused),
            (&mut self.deaths, tally.deaths),
            (&mut self.lost, tally.lost),
            (&mut self.entries, tally.entries),
            (&mut self.pairs, tally.pairs),
        ] {
            *all += one;
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let seeds = match arguments.seed {
        Some(seed) => vec![seed],
        None if arguments.day.is_some() => vec![arguments.from],
        None => (arguments.from..arguments.from + arguments.seeds).collect(),
    };
    let (sabotage, one) = (arguments.sabotage, arguments.seed.is_some());
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let threads = arguments.threads.unwrap_or(threads);
    let options = Options { seeds, sabotage, postgres: arguments.postgres, threads, day: arguments.day };
    let total = Mutex::new(Total::default());
    run(&options, &|story| {
        total.lock().unwrap().add(story);
        if one {
            story.trace.iter().for_each(|line| println!("{line}"));
            println!("seed {}: {}", story.seed, story.digest);
        }
        for violation in &story.violations {
            println!("seed {}: {violation}", story.seed);
        }
    });
    let total = total.into_inner().unwrap();
    println!(
        "{} steps, {} deaths of nodes, {} messages and answers lost; {} data requests given, {} refused; {} log \
         entries verified, {} pairs of twins",
        total.steps, total.deaths, total.lost, total.granted, total.refused, total.entries, total.pairs
    );
    println!("simulation: {} of {} seeds kept every invariant", total.kept, total.seeds);
    if total.kept == total.seeds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
