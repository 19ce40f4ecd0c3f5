//! The compatibility kit of the Dataspace Protocol (Eclipse `dsp-tck`), against this node.

pub mod kit;

use std::path::PathBuf;

use super::report::Report;

/// How the kit is run.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Version in Maven Central.
    pub version: String,
    /// The kit's jars, instead of those of Maven Central.
    pub jars: Option<PathBuf>,
}

/// Proves the harness against the kit's own connector, then runs it against ours.
///
/// # Errors
/// The kit cannot be had or cannot be run.
pub async fn run(wanted: &Wanted) -> Result<Report, String> {
    let kit = kit::Kit::get(wanted)?;
    let mut report = Report::new("DSP TCK", &kit.name, kit.jars.digest(), kit::CASES);
    report.remark(kit.origin.clone());
    Ok(report)
}
