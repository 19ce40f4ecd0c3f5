//! `cargo run --release -p tests --bin policies -- --cases N`: random policies, judged by the engine and by a naive
//! reading of the semantics.

use std::process::ExitCode;

use clap::Parser;
use tests::oracle;

/// Draws policies with requests and compares what two evaluators say of them.
#[derive(Parser)]
struct Wanted {
    /// How many
    #[arg(long, default_value_t = 50_000)]
    cases: u64,
    /// Where the draw begins; printed
    #[arg(long, default_value_t = 2026)]
    seed: u64,
}

fn main() -> ExitCode {
    let Wanted { cases, seed } = Wanted::parse();
    let tally = oracle::run(seed, cases);
    for (name, count) in &tally.seen {
        println!("  {name:<40} {count}");
    }
    if let Some(fault) = &tally.fault {
        println!("{fault}");
    }
    let share = 100 * tally.permits / tally.cases.max(1);
    println!("permits: {share} % of {} cases, seed {seed}", tally.cases);
    println!("forms: {} policies went into a form and out again, the same", tally.forms);
    let [judged, permits] = tally.cedar;
    match &tally.unasked {
        None => {
            println!("cedar: agreed on {judged} cases of the permit/forbid core, {permits} of them permits")
        }
        Some(why) => println!("cedar: not asked, {why}"),
    }
    let whole = tally.missing.is_empty() && share >= 20;
    if !tally.missing.is_empty() {
        println!("never occurred: {}", tally.missing.join(", "));
    }
    let agreed = tally.fault.is_none();
    println!("policies: {}", if agreed && whole { "agreed on all" } else { "FAILED" });
    if agreed && whole { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
