//! The compatibility kit of the Decentralized Claims Protocol (Eclipse `dcp-tck`), against this node as holder, issuer and
//! verifier.
//!
//! The node is the product as the program builds it, but for what [`relaxed`] names. Around it, [`front`] gives the kit the
//! plain HTTP by which it resolves DIDs, and the node the TLS that it asks for.

pub mod front;
pub mod kit;
pub mod mux;
pub mod relaxed;
pub mod session;

use std::path::PathBuf;

use self::kit::Kit;
use self::relaxed::Relaxed;
use self::session::{Part, Session};
use super::report::Report;

/// How the kit is run.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Version in Maven Central.
    pub version: String,
    /// The kit's jars, instead of those of Maven Central.
    pub jars: Option<PathBuf>,
    /// Only the package whose name ends so.
    pub part: String,
    /// Let the kit print each step.
    pub debug: bool,
}

/// Runs the kit, each of its packages against a node of its own.
///
/// # Errors
/// The kit cannot be had or cannot be run.
pub async fn run(wanted: &Wanted) -> Result<Report, String> {
    let kit = Kit::get(wanted)?;
    let relaxed = Relaxed::by(&kit.version);
    let parts: Vec<Part> =
        Part::ALL.into_iter().filter(|part| part.package().ends_with(wanted.part.as_str())).collect();
    let expected = parts.iter().map(|part| part.cases()).sum();
    let mut report = Report::new("DCP TCK", &kit.name, kit.jars.digest(), expected);
    report.remark(kit.origin.clone());
    relaxed.sentences().into_iter().for_each(|sentence| report.remark(sentence));
    for part in parts {
        let session = Session::start(part, relaxed, &kit).await?;
        let ran = kit.run(&session.properties(kit.debug), part.package()).await;
        session.stop().await;
        let ran = ran?;
        report.output.push_str(&ran.output);
        if ran.passed + ran.failed.len() != part.cases() {
            let all = ran.passed + ran.failed.len();
            return Err(format!("{}: {all} cases ran, not {}\n{}", part.package(), part.cases(), ran.output));
        }
        for n in 1..=ran.passed {
            report.line(format!("{} {n} of {}", part.name(), part.cases()), true, None);
        }
        for (name, said) in ran.failed {
            report.line(format!("{} {name}", part.name()), false, Some(said));
        }
    }
    Ok(report)
}
