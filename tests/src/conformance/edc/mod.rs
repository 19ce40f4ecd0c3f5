//! Our node, as it ships, and Eclipse EDC as published: real exchanges both ways, bytes compared by digest.

mod ends;
pub mod lab;
mod refusals;
mod they;
mod we;

use std::time::Duration;

use futures_util::future::LocalBoxFuture;

use self::lab::Lab;
use super::report::Report;
use crate::edc::artifacts;

/// What a check found: something to say, or why it failed.
pub type Outcome = Result<String, String>;

type Check = (&'static str, for<'a> fn(&'a Lab) -> LocalBoxFuture<'a, Outcome>);

macro_rules! checks {
    ($($name:literal => $($path:ident)::+,)+) => {
        &[$(($name, |lab| Box::pin($($path)::+(lab)))),+]
    };
}

const CHECKS: &[Check] = checks![
    "EDC reads our catalogue" => they::read,
    "EDC negotiates with us" => they::negotiate,
    "EDC is pushed to by us" => they::push,
    "EDC pulls from us" => they::pull,
    "we read EDC's catalogue" => we::read,
    "we negotiate with EDC" => we::negotiate,
    "we are pushed to by EDC" => we::push,
    "we pull from EDC" => we::pull,
    "counter-offer: EDC accepts what we offer instead" => they::counter,
    "counter-offer: EDC goes by its own offer, and we end it" => we::counter,
    "we end a negotiation and a transfer" => ends::by_us,
    "EDC ends a negotiation and a transfer" => ends::by_edc,
    "EDC suspends and resumes a pull from us" => ends::suspended_by_edc,
    "we suspend and resume a pull by EDC" => ends::suspended_by_us,
    "we suspend and resume a pull from EDC" => ends::suspended_as_consumer,
    "a policy we refuse ends cleanly on both sides" => refusals::by_us,
    "a policy EDC refuses ends cleanly on both sides" => refusals::by_edc,
    "EDC's agreements are recorded as unsigned" => refusals::recorded,
    "with the default configuration unsigned agreements are refused, with the reason" => refusals::unsigned,
    "revocation by us stops its running pull" => refusals::revoked,
];

/// Longest time of one check.
const PATIENCE: Duration = Duration::from_secs(90);

/// Runs every check against each version.
///
/// # Errors
/// Why it could not begin.
pub async fn run(versions: &[String], only: &str) -> Result<Report, String> {
    let mut report: Option<Report> = None;
    for version in versions {
        let jars = artifacts::resolve(version, false).map_err(|e| e.to_string())?;
        let report = report.get_or_insert_with(|| {
            let expected = if only.is_empty() { CHECKS.len() * versions.len() } else { 1 };
            Report::new("EDC", &format!("Eclipse EDC {}", versions.join(" and ")), jars.digest(), expected)
        });
        report.remark(format!("Eclipse EDC {version}, {} jars", jars.digests("").len()));
        let mut lab = Lab::start(&jars).await?;
        for (name, check) in CHECKS.iter().filter(|(name, _)| name.contains(only)) {
            let once = async || {
                let outcome = tokio::time::timeout(PATIENCE, check(&lab)).await;
                outcome.unwrap_or_else(|_| Err(format!("not done after {PATIENCE:?}")))
            };
            let mut outcome = once().await;
            // EDC at times writes its own step over one that it has just accepted from us, and the two never agree
            // again. What fails twice is not that.
            if let Err(first) = &outcome {
                report.remark(format!("{version} {name}: failed and is tried again: {first}"));
                outcome = once().await;
            }
            let (passed, said) = match outcome {
                Ok(said) => (true, said),
                Err(said) => (false, said),
            };
            report.line(format!("{version} {name}"), passed, (!said.is_empty()).then_some(said));
        }
        let failed = report.passed() < report.lines.len();
        lab.stop(failed).await;
    }
    report.ok_or_else(|| "no version of EDC named".into())
}
