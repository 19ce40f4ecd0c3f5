//! `cargo run --release -p tests --bin conformance -- dsp [--report FILE]`: other people's suites against this node.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser};
use tests::conformance::maven::Failure;
use tests::conformance::report::Report;
use tests::conformance::{dcp, dps, dsp, edc, merkle, odrl, openapi, shacl};

/// Runs other people's conformance suites against this node. Needs Java 17 (JDK), Maven, and Maven Central once.
#[derive(Parser)]
enum Command {
    /// Eclipse's compatibility kit for the Dataspace Protocol 2025-1
    Dsp(Dsp),
    /// Eclipse's compatibility kit for the Decentralized Claims Protocol 1.0
    Dcp(Dcp),
    /// Eclipse's compatibility kit for Data Plane Signaling 1.0-RC3; ends with code 3 when it cannot be had
    Dps(Dps),
    /// Real exchanges with Eclipse EDC, both ways
    Edc(Edc),
    /// Public vectors of proofs in Merkle trees (transparency-dev/merkle)
    Merkle(Merkle),
    /// Cases of policies in ODRL 2.2 (SolidLab, OVAL, W3C, FIWARE)
    Odrl(Odrl),
    /// What the node's OpenAPI documents allow, asked by schemathesis (Python 3; PyPI once)
    Openapi(Openapi),
    /// The shapes of DCAT-AP against every public catalogue of a node, judged by pySHACL; needs python3-venv, and PyPI once
    Shacl(Shacl),
}

#[derive(Args)]
struct Odrl {
    /// Folder that holds a folder for each suite
    #[arg(long, value_name = "FOLDER")]
    cases: PathBuf,
}

#[derive(Args)]
struct Openapi {
    /// Keep the run as JSON here
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Seconds given to each document
    #[arg(long, default_value_t = 60)]
    seconds: u64,
}

#[derive(Args)]
struct Shacl {
    /// Folder of the shapes
    #[arg(long, value_name = "FOLDER")]
    shapes: PathBuf,
    /// Of the random descriptions
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[derive(Args)]
struct Merkle {
    /// Folder of the vectors
    #[arg(long, value_name = "FOLDER")]
    cases: PathBuf,
}

#[derive(Args)]
struct Edc {
    /// Keep the run as JSON here
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Versions of EDC, one after another
    #[arg(long = "edc", value_delimiter = ',', default_values = ["0.14.1", "0.15.1"])]
    versions: Vec<String>,
    /// Only checks whose name contains this
    #[arg(long, default_value = "")]
    only: String,
}

#[derive(Args)]
struct Dps {
    /// Keep the run as JSON here
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Version of the kit
    #[arg(long, default_value = "1.2.0")]
    version: String,
    /// The kit's jars with all they need, instead of those of Maven Central
    #[arg(long, value_name = "FOLDER")]
    jars: Option<PathBuf>,
    /// Only cases whose name begins so, such as DP_P
    #[arg(long, value_name = "CASE", default_value = "")]
    case: String,
    /// Let the kit print each of its steps into the report
    #[arg(long)]
    debug: bool,
}

#[derive(Args)]
struct Dcp {
    /// Keep the run as JSON here
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Version of the kit
    #[arg(long, default_value = "1.0.2")]
    version: String,
    /// The kit's jars with all they need, instead of those of Maven Central
    #[arg(long, value_name = "FOLDER")]
    jars: Option<PathBuf>,
    /// Only the package whose name ends so, such as presentation.verifier
    #[arg(long, value_name = "PACKAGE", default_value = "")]
    part: String,
    /// Let the kit print each of its steps into the report
    #[arg(long)]
    debug: bool,
}

#[derive(Args)]
struct Dsp {
    /// Keep the run as JSON here
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Version of the kit
    #[arg(long, default_value = "1.0.1")]
    version: String,
    /// The kit's jars with all they need, instead of those of Maven Central
    #[arg(long, value_name = "FOLDER")]
    jars: Option<PathBuf>,
    /// Only this case, such as CN:01-01
    #[arg(long, value_name = "CASE")]
    case: Option<String>,
    /// Let the kit print each of its steps into the report
    #[arg(long)]
    debug: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let (ran, file) = match Command::parse() {
        Command::Dsp(Dsp { report, version, jars, case, debug }) => {
            (dsp::run(&dsp::Wanted { version, jars, case, debug }).await, report)
        }
        Command::Dcp(Dcp { report, version, jars, part, debug }) => {
            (dcp::run(&dcp::Wanted { version, jars, part, debug }).await, report)
        }
        Command::Dps(Dps { report, version, jars, case, debug }) => {
            match dps::run(&dps::Wanted { version, jars, case, debug }).await {
                Err(Failure::Missing(said)) => {
                    println!("DPS TCK: not run, the kit is not to be had ({said})");
                    return ExitCode::from(3);
                }
                ran => (ran.map_err(|e| e.to_string()), report),
            }
        }
        Command::Openapi(Openapi { report, seconds }) => (openapi::run(seconds).await, report),
        Command::Merkle(Merkle { cases }) => return proofs(&cases),
        Command::Odrl(Odrl { cases }) => return policies(&cases),
        Command::Shacl(Shacl { shapes, seed }) => return shapes_hold(&shapes, seed).await,
        Command::Edc(Edc { report, versions, only }) => (edc::run(&versions, &only).await, report),
    };
    end(ran, file)
}

/// Judges catalogues by the shapes of a folder.
async fn shapes_hold(shapes: &Path, seed: u64) -> ExitCode {
    match shacl::run(shapes, seed).await {
        Ok(judged) => {
            judged.failed.iter().for_each(|what| println!("failed {what}"));
            println!("SHACL: passed {} of {}", judged.passed, judged.total());
            let all = judged.failed.is_empty() && judged.passed > 0;
            if all { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(said) => {
            eprintln!("{said}");
            ExitCode::FAILURE
        }
    }
}

/// Judges the vectors of a folder.
fn proofs(cases: &Path) -> ExitCode {
    match merkle::run(cases) {
        Ok(judged) => {
            judged.failed.iter().for_each(|vector| println!("failed {vector}"));
            println!("merkle: passed {} of {}", judged.passed, judged.total());
            let all = judged.failed.is_empty() && judged.passed > 0;
            if all { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(said) => {
            eprintln!("{said}");
            ExitCode::FAILURE
        }
    }
}

/// Judges the suites of a folder.
fn policies(cases: &Path) -> ExitCode {
    let suites = match odrl::run(cases) {
        Ok(suites) => suites,
        Err(said) => {
            eprintln!("{said}");
            return ExitCode::FAILURE;
        }
    };
    for judged in &suites {
        println!("{}: passed {} of {}", judged.suite, judged.passed, judged.total());
        judged.failed.iter().for_each(|(case, why)| println!("  failed {case}: {why}"));
    }
    if suites.iter().all(odrl::Judged::enough) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Keeps the report; the last line says how it went.
fn end(ran: Result<Report, String>, file: Option<PathBuf>) -> ExitCode {
    let report = match ran {
        Ok(report) => report,
        Err(said) => {
            eprintln!("{said}");
            return ExitCode::FAILURE;
        }
    };
    if let Some(Err(said)) = file.map(|file| report.write(&file)) {
        eprintln!("{said}");
        return ExitCode::FAILURE;
    }
    println!("{}", report.summary());
    if report.succeeded() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
