//! `cargo run --release -p tests --bin bench -- exchange [--json]`: measures two nodes on this machine.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser};
use serde_json::{Map, Value, json};
use tests::bench::Sizes;
use tests::bench::exchange::run;
use tests::bench::figure::Figure;
use tests::temporary::Folder;

// The client runs on the cores of the nodes: with their allocator it takes less of them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures two nodes on this machine, beside what the machine itself can do.
#[derive(Parser)]
enum Command {
    /// Contracts, reads, pulls and revocation between two nodes
    Exchange(Exchange),
    /// The same work by two nodes of ours and by two participants of Eclipse EDC
    Edc(Edc),
    /// A member's catalogue of 10 000 and of 50 000 datasets
    Catalogue(Catalogue),
    /// Large catalogues of others, sound and faulty, in each syntax
    Import(Import),
    /// Decisions on contracts of twenty conditions, and their reports
    Policy(Decisions),
    /// A member's log: appends, proofs, verification of all of it, recovery
    Log(Log),
    /// Fills a log until it is killed: `log` starts it
    #[command(hide = true)]
    Grow(Grow),
}

#[derive(Args)]
struct Import {
    /// End with one line of JSON
    #[arg(long)]
    json: bool,
    /// Size of each
    #[arg(long, default_value_t = 50)]
    megabytes: usize,
}

#[derive(Args)]
struct Decisions {
    /// End with one line of JSON
    #[arg(long)]
    json: bool,
    /// Decisions on one contract, and as many on ten thousand
    #[arg(long, default_value_t = 1_000_000)]
    decisions: usize,
    /// Reports
    #[arg(long, default_value_t = 10_000)]
    reports: usize,
}

#[derive(Args)]
struct Log {
    /// End with one line of JSON
    #[arg(long)]
    json: bool,
    /// Seconds of each rate
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// Entries of the large log
    #[arg(long, default_value_t = 10_000_000)]
    leaves: u64,
    /// Entries of the log that is verified from its files
    #[arg(long, default_value_t = 1_000_000)]
    verified: u64,
}

#[derive(Args)]
struct Catalogue {
    /// End with one line of JSON
    #[arg(long)]
    json: bool,
    /// Datasets of the smaller catalogue
    #[arg(long, default_value_t = 10_000)]
    small: usize,
    /// Datasets of the larger one
    #[arg(long, default_value_t = 50_000)]
    large: usize,
    /// Catalogues that are followed by their feeds; 0 leaves this out
    #[arg(long, default_value_t = 50)]
    catalogues: usize,
    /// Datasets of each of these
    #[arg(long, default_value_t = 2_000)]
    datasets: usize,
    /// Nothing but the catalogues that are followed
    #[arg(long)]
    only_delta: bool,
}

#[derive(Args)]
struct Grow {
    #[arg(long)]
    folder: PathBuf,
    #[arg(long)]
    leaves: u64,
}

#[derive(Args)]
struct Edc {
    /// End with one line of JSON: the ratios
    #[arg(long)]
    json: bool,
    /// Version of EDC
    #[arg(long = "edc", default_value = "0.14.1")]
    version: String,
    /// PostgreSQL server, with the right to create databases, for both sides; otherwise ours write SQLite files, and
    /// EDC keeps its state in memory
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// Negotiations one after another
    #[arg(long, default_value_t = 100)]
    negotiations: usize,
    /// Negotiations before memory is looked at
    #[arg(long, default_value_t = 500)]
    memory: usize,
    /// Seconds of each rate
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// Datasets of the largest catalogue
    #[arg(long, default_value_t = 10_000)]
    datasets: usize,
    /// Size of the push, in MB
    #[arg(long, default_value_t = 1000)]
    megabytes: u64,
    /// Starts of which the median counts
    #[arg(long, default_value_t = 3)]
    starts: usize,
    /// Some groups only: start, negotiation, memory, catalogue, push
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

#[derive(Args)]
struct Exchange {
    /// End with one line of JSON
    #[arg(long)]
    json: bool,
    /// Seconds of each rate
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// Negotiations one after another
    #[arg(long, default_value_t = 300)]
    negotiations: usize,
    /// Datasets of the large catalogue; 0 leaves it out
    #[arg(long, default_value_t = 10_000)]
    datasets: usize,
    /// Size of the large pull, in MB
    #[arg(long, default_value_t = 2000)]
    megabytes: u64,
    /// The reference server, if it is not in the path
    #[arg(long, value_name = "PROGRAM")]
    nginx: Option<PathBuf>,
    /// Some groups only: log, ready, negotiation, read, pull, revocation
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let wanted = Command::parse();
    if let Command::Grow(wanted) = &wanted {
        tests::bench::log::grow(&wanted.folder, wanted.leaves).await;
    }
    println!("bench {}", std::env::args().skip(1).collect::<Vec<_>>().join(" "));
    println!("{}", machine());
    let scratch = Folder::named("bench");
    let before = processor();
    match wanted {
        Command::Exchange(wanted) => exchange(scratch.path(), wanted, before).await,
        Command::Policy(Decisions { json, decisions, reports }) => {
            let sizes = tests::bench::policy::Sizes { decisions: decisions.max(1), reports };
            end(&tests::bench::policy::run(sizes, |figure| println!("{figure}")), json, before);
        }
        Command::Import(Import { json, megabytes }) => {
            end(&tests::bench::import::run(megabytes, |figure| println!("{figure}")), json, before);
        }
        Command::Log(wanted) => log(scratch.path(), wanted, before).await,
        Command::Catalogue(wanted) => catalogue(scratch.path(), wanted, before).await,
        Command::Grow(_) => {}
        Command::Edc(wanted) => match edc(scratch.path(), wanted, before).await {
            Ok(()) => {}
            Err(said) => {
                eprintln!("{said}");
                return ExitCode::FAILURE;
            }
        },
    }
    ExitCode::SUCCESS
}

async fn exchange(folder: &Path, wanted: Exchange, before: Processor) {
    let sizes = Sizes {
        seconds: wanted.seconds,
        negotiations: wanted.negotiations.max(1),
        datasets: wanted.datasets,
        megabytes: wanted.megabytes.max(1),
        nginx: wanted.nginx,
        only: wanted.only,
    };
    let figures = run(folder, &sizes, |some| some.iter().for_each(|figure| println!("{figure}"))).await;
    end(&figures, wanted.json, before);
}

async fn log(folder: &Path, wanted: Log, before: Processor) {
    let sizes = tests::bench::log::Sizes {
        seconds: wanted.seconds,
        leaves: wanted.leaves.max(1),
        verified: wanted.verified.max(1),
    };
    let figures = tests::bench::log::run(folder, &sizes, |figure| println!("{figure}")).await;
    end(&figures, wanted.json, before);
}

async fn catalogue(folder: &Path, wanted: Catalogue, before: Processor) {
    let small = wanted.small.max(50);
    let sizes = tests::bench::catalogue::Sizes { small, large: wanted.large.max(small) };
    let mut figures = match wanted.only_delta {
        true => Vec::new(),
        false => tests::bench::catalogue::run(folder, &sizes, |figure| println!("{figure}")).await,
    };
    if wanted.catalogues > 0 {
        let sizes =
            tests::bench::delta::Sizes { catalogues: wanted.catalogues, datasets: wanted.datasets.max(1) };
        figures.extend(tests::bench::delta::run(folder, &sizes, |figure| println!("{figure}")).await);
    }
    end(&figures, wanted.json, before);
}

/// What the host took, and the line for programs.
fn end(figures: &[Figure], json: bool, before: Processor) {
    println!("{}", stolen(before));
    if json {
        let line: Map<String, Value> =
            figures.iter().map(|f| (f.name.to_owned(), f.value.map_or(Value::Null, |v| json!(v)))).collect();
        println!("{}", Value::Object(line));
    }
}

async fn edc(folder: &Path, wanted: Edc, before: Processor) -> Result<(), String> {
    let sizes = tests::bench::edc::Sizes {
        version: wanted.version,
        postgres: wanted.postgres,
        negotiations: wanted.negotiations.max(1),
        memory: wanted.memory.max(1),
        seconds: wanted.seconds,
        datasets: wanted.datasets,
        megabytes: wanted.megabytes.max(1),
        starts: wanted.starts.max(1),
        only: wanted.only,
    };
    let figures = tests::bench::edc::run(folder, &sizes, &|figure| println!("{figure}")).await?;
    println!("{}", stolen(before));
    println!("{}", tests::bench::edc::DIFFERENCES);
    let ratios = tests::bench::edc::ratios(&figures);
    for (name, value, wanted) in &ratios {
        let verdict = match value {
            Some(value) if value >= wanted => format!("{value:.1} times, wanted {wanted}: reached"),
            Some(value) => format!("{value:.1} times, wanted {wanted}: MISSED"),
            None => "not measured".to_owned(),
        };
        println!("{name:<32} {verdict}");
    }
    if wanted.json {
        let line: Map<String, Value> =
            ratios.into_iter().map(|(name, value, _)| (name.to_owned(), json!(value))).collect();
        println!("{}", Value::Object(line));
    }
    Ok(())
}

/// Processor, cores, memory, load and date: figures mean nothing without.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).map(str::to_owned).unwrap_or_default();
        line.split_once(':').map_or(String::new(), |(_, value)| value.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let date = node::domain::time::Clock::System.now().rfc3339();
    let load = read("/proc/loadavg");
    format!(
        "{}, {cores} cores, {} memory, load {} before, {date}",
        field(&read("/proc/cpuinfo"), "model name"),
        field(&read("/proc/meminfo"), "MemTotal"),
        load.split_whitespace().next().unwrap_or_default(),
    )
}

/// Ticks of all cores since the start: of any kind, and those that the host of a virtual machine gave to others.
#[derive(Clone, Copy)]
struct Processor {
    all: u64,
    stolen: u64,
}

fn processor() -> Processor {
    let text = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let ticks = text.lines().next().unwrap_or_default().split_whitespace().skip(1);
    let ticks: Vec<u64> = ticks.take(8).filter_map(|n| n.parse().ok()).collect();
    Processor { all: ticks.iter().sum(), stolen: ticks.get(7).copied().unwrap_or(0) }
}

/// What no figure can be blamed for.
fn stolen(before: Processor) -> String {
    let now = processor();
    let share = 100.0 * (now.stolen - before.stolen) as f64 / (now.all - before.all).max(1) as f64;
    format!("the host of this virtual machine kept {share:.1} % of its processors from it meanwhile")
}
