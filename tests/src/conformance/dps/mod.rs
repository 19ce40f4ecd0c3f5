//! The compatibility kit of Data Plane Signaling (Eclipse `dps-tck`), against this node as a data plane and as a
//! control plane.
//!
//! The node is the product. Around it, as a data plane: [`front`] gives the kit TLS, an address for pushes and the pace
//! that its cases expect; [`session`] gives the node the agreements that the kit names. As a control plane: [`control`].

pub mod cases;
pub mod control;
pub mod front;
pub mod kit;
pub mod session;

use std::path::PathBuf;

use self::cases::{CASES, CONTROL_PLANE};
use self::control::Control;
use self::kit::Kit;
use self::session::Session;
use super::dsp::output::Case;
use super::maven::Failure;
use super::report::Report;

/// How the kit is run.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Version in Maven Central.
    pub version: String,
    /// The kit's jars, instead of those of Maven Central.
    pub jars: Option<PathBuf>,
    /// Only cases whose name begins so.
    pub case: String,
    /// Let the kit print each step.
    pub debug: bool,
}

/// Runs the kit.
///
/// # Errors
/// The kit cannot be had ([`Failure::Missing`]) or cannot be run.
pub async fn run(wanted: &Wanted) -> Result<Report, Failure> {
    let kit = Kit::get(wanted)?;
    let chosen = |case: &&str| case.starts_with(wanted.case.as_str());
    let all = CASES.iter().flat_map(|group| group.iter()).chain(&CONTROL_PLANE).filter(|c| chosen(c)).count();
    let mut report = Report::new("DPS TCK", &kit.name, kit.jars.digest(), all);
    report.remark(kit.origin.clone());
    for group in CASES {
        let cases: Vec<&str> = group.iter().copied().filter(chosen).collect();
        if cases.is_empty() {
            continue;
        }
        // A new node for each: what it learnt of the kit's identity in one would change the next.
        let slow = cases.iter().any(|case| case.ends_with(":04-01"));
        let session = Session::start(slow).await;
        let ran = kit.run(&session.properties(&cases, kit.debug), &cases).await;
        session.stop().await;
        enter(&mut report, ran)?;
    }
    let cases: Vec<&str> = CONTROL_PLANE.into_iter().filter(chosen).collect();
    if !cases.is_empty() {
        let control = Control::start().await;
        let ran = kit.run(&control.properties(&cases, kit.debug), &cases).await;
        control.stop().await;
        enter(&mut report, ran)?;
    }
    Ok(report)
}

fn enter(report: &mut Report, ran: Result<(Vec<Case>, String), String>) -> Result<(), Failure> {
    let (cases, output) = ran.map_err(Failure::Other)?;
    report.output.push_str(&output);
    for case in cases {
        report.line(case.name, case.passed, case.said);
    }
    Ok(())
}
