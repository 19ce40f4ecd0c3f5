//! The compatibility kit of the Dataspace Protocol (Eclipse `dsp-tck`), against this node.
//!
//! The node is the product as the program builds it. What the kit needs besides is around it: [`front`] gives the kit
//! an identity and TLS, [`player`] does unasked what a case expects, through the application layer.

pub mod cases;
pub mod front;
pub mod kit;
pub mod output;
pub mod player;
pub mod script;
pub mod session;

use std::collections::BTreeSet;
use std::path::PathBuf;

use self::kit::{CASES, Kit};
use self::output::Case;
use self::session::Session;
use super::report::Report;
use crate::process::free_port;

/// Runs of the kit against its own connector, at most.
const RUNS: u32 = 5;

/// How the kit is run.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Version in Maven Central.
    pub version: String,
    /// The kit's jars, instead of those of Maven Central.
    pub jars: Option<PathBuf>,
    /// Only this case, such as `CN:01-01`.
    pub case: Option<String>,
    /// Let the kit print each step.
    pub debug: bool,
}

/// Proves the harness against the kit's own connector, then runs it against ours.
///
/// # Errors
/// The kit cannot be had or cannot be run.
pub async fn run(wanted: &Wanted) -> Result<Report, String> {
    let kit = Kit::get(wanted)?;
    let mut report = Report::new("DSP TCK", &kit.name, kit.jars.digest(), CASES);
    report.remark(kit.origin.clone());
    prove(&kit, wanted.case.as_deref(), &mut report).await?;
    let (cases, output) = against_node(&kit, wanted.case.as_deref()).await?;
    report.output = output;
    for case in cases {
        let mut said = case.said.clone();
        if !case.passed && wanted.case.is_none() {
            said = Some(format!("{}; {}", said.unwrap_or_default(), again(&kit, &case.name).await));
        }
        report.line(case.name, case.passed, said);
    }
    Ok(report)
}

/// Whether each case can pass here at all. The kit's own connector sends some messages before the kit listens for
/// them, so that now and then another case fails: each must pass in one of a few runs.
async fn prove(kit: &Kit, case: Option<&str>, report: &mut Report) -> Result<(), String> {
    let mut failed = BTreeSet::new();
    for run in 1..=RUNS {
        let (own, output) = kit.run(free_port(), None, case).await?;
        if case.is_none() && own.len() < CASES {
            return Err(format!("the kit ran only {} cases:\n{output}", own.len()));
        }
        let now: BTreeSet<String> = own.iter().filter(|c| !c.passed).map(|c| c.name.clone()).collect();
        let passed = own.len() - now.len();
        report.remark(format!(
            "the kit against its own connector, run {run}: passed {passed} of {}",
            own.len()
        ));
        failed = if run == 1 { now } else { &failed & &now };
        if failed.is_empty() {
            return Ok(());
        }
    }
    Err(format!(
        "the kit fails its own connector in {failed:?}, {RUNS} times: what it says of another is worth nothing"
    ))
}

async fn against_node(kit: &Kit, case: Option<&str>) -> Result<(Vec<Case>, String), String> {
    let session = Session::start().await;
    let ran = kit.run(session.addresses.port, Some(&session.addresses), case).await;
    session.stop().await;
    ran
}

/// A case that failed, alone and against a new node: both results are shown, the first one counts.
async fn again(kit: &Kit, case: &str) -> String {
    match against_node(kit, Some(case)).await {
        Ok((cases, _)) => match &cases[..] {
            [Case { passed: true, .. }] => "run again alone: passed".into(),
            [Case { said, .. }] => format!("run again alone: failed, {}", said.clone().unwrap_or_default()),
            other => format!("run again alone: {} cases ran", other.len()),
        },
        Err(said) => format!("run again alone: {said}"),
    }
}
