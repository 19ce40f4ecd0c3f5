//! `cargo run --release -p tests --bin fuzz`: a short run of every reader of foreign bytes.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use tests::fuzz::{TARGETS, run, target};

/// Gives readers bytes that nobody meant to send.
#[derive(Parser)]
struct Wanted {
    /// One reader only
    #[arg(long)]
    target: Option<String>,
    /// Seconds for each
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// Where the changes begin; drawn and printed if not given
    #[arg(long)]
    seed: Option<u64>,
    /// Files to read once, instead of drawing any
    files: Vec<std::path::PathBuf>,
}

fn main() -> ExitCode {
    let wanted = Wanted::parse();
    let targets: Vec<_> = match wanted.target.as_deref().map(target) {
        None => TARGETS.iter().collect(),
        Some(Some(target)) => vec![target],
        Some(None) => {
            eprintln!(
                "no such target; there are {}",
                TARGETS.iter().map(|target| target.name).collect::<Vec<_>>().join(", ")
            );
            return ExitCode::FAILURE;
        }
    };
    for file in &wanted.files {
        let bytes = std::fs::read(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        targets.iter().for_each(|target| (target.read)(&bytes));
    }
    if !wanted.files.is_empty() {
        return ExitCode::SUCCESS;
    }
    // A panic is told once, with its input; not where it was caught.
    std::panic::set_hook(Box::new(|_| ()));
    let seed = wanted.seed.unwrap_or_else(|| u64::from(std::process::id()));
    println!("fuzz, seed {seed}");
    let (mut passed, all) = (0, targets.len());
    for target in targets {
        let outcome = run(target, seed, Duration::from_secs_f64(wanted.seconds));
        match outcome.fault {
            None => passed += 1,
            Some((bytes, why)) => {
                let file = std::env::temp_dir().join(format!("fiducie-fuzz-{}-{seed}", target.name));
                std::fs::write(&file, bytes).unwrap();
                println!("{}: {why}\n  the input is {}, seed {seed}", target.name, file.display());
            }
        }
        println!("{:<14} {} inputs", target.name, outcome.inputs);
    }
    println!("fuzz: passed {passed} of {all}");
    if passed == all { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
