//! `cargo run --release -p tests --bin kill -- --times N [--seed S]`: kills nodes and looks for losses.

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Parser;
use tests::kill::run::{Options, run};
use tests::temporary::Folder;

/// Kills either of two nodes at random instants over live negotiations and transfers, and checks that nothing is lost.
#[derive(Parser)]
struct Arguments {
    /// Kills
    #[arg(long, default_value_t = 30)]
    times: u32,
    /// The same seed gives the same choices; printed in the report
    #[arg(long)]
    seed: Option<u64>,
    /// PostgreSQL server, with the right to create databases, instead of SQLite
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seed = arguments.seed.unwrap_or(u64::from(now.subsec_nanos()) ^ now.as_secs());
    let scratch = Folder::named("kill");
    let mut options = Options { times: arguments.times, seed, folder: scratch.path(), databases: None };
    if let Some(url) = arguments.postgres {
        options.databases = Some(Box::new(move |pair| {
            ["provider", "consumer"].map(|side| {
                tests::postgres::database(&url, &format!("fiducie_kill_{}_{pair}_{side}", std::process::id()))
            })
        }));
    }
    let report = run(&options).await;
    drop(options);
    println!("{report}");
    if report.passed() {
        return ExitCode::SUCCESS;
    }
    scratch.keep();
    ExitCode::FAILURE
}
