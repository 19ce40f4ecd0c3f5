//! What a use case said, as a problem document says it.

use std::sync::atomic::{AtomicU64, Ordering};

use contracts::api::{FaultView, Problem};

use crate::app::Error;
use crate::text::{self, Lang};

/// Seconds after which a database that was gone is worth asking again.
const UNAVAILABLE_RETRY: u32 = 5;
/// A peer whose identity could not be fetched: not before it may be asked for again.
const UNRESOLVED_RETRY: u32 = 15;
/// And an address whose member is on its way to another host, or that its people must look after.
const LEFT_RETRY: u32 = 60;

/// Fills in detail, place, reasons, faults and when to come back.
pub(super) fn describe(error: &Error, problem: &mut Problem, lang: Lang) {
    let fill = |key, values: &[(&str, &str)]| Some(text::fill(lang, key, values));
    match error {
        Error::Malformed { said, at } => {
            problem.at = Some(at.clone());
            problem.detail = Some(said.text(lang));
        }
        Error::Faulty(faults) => {
            problem.detail = fill("problem.faulty-detail", &[("count", &faults.len().to_string())]);
            problem.faults = faults
                .iter()
                .cloned()
                .map(|f| FaultView { field: f.field, value: f.value, remedy: f.remedy.text(lang) })
                .collect();
        }
        Error::NotNow { state, expected } => {
            problem.detail = fill("problem.not-now-detail", &[("state", state), ("expected", expected)]);
        }
        Error::NotAllowed { reasons } => {
            problem.reasons = reasons.clone();
            problem.detail = Some(reasons.join(" "));
        }
        Error::Unauthenticated(error) => {
            problem.detail = Some(match error.sentence() {
                Some((key, what)) => text::fill(lang, key, &[("what", &what)]),
                None => error.to_string(),
            });
        }
        Error::Gone(said) | Error::Unsupported(said) | Error::Conflict(said) => {
            problem.detail = Some(said.text(lang));
        }
        Error::NotFound(what) => {
            let noun = text::find(lang, &format!("noun.{}", what.replace(' ', "-"))).unwrap_or(what);
            problem.detail = fill("problem.not-found-detail", &[("what", noun)]);
        }
        Error::Busy { limit, retry_after } => {
            problem.retry_after = Some(*retry_after);
            let values = [("limit", *limit), ("seconds", &retry_after.to_string())];
            problem.detail = fill("problem.busy-detail", &values);
        }
        Error::Unavailable(cause) => {
            tracing::warn!(cause, "answered: unavailable");
            problem.retry_after = Some(UNAVAILABLE_RETRY);
            let seconds = UNAVAILABLE_RETRY.to_string();
            problem.detail = fill("problem.unavailable-detail", &[("seconds", &seconds)]);
        }
        Error::Unresolved(what) => {
            problem.retry_after = Some(UNRESOLVED_RETRY);
            problem.detail = fill("problem.unresolved-detail", &[("what", what)]);
        }
        Error::Left => {
            problem.retry_after = Some(LEFT_RETRY);
            problem.detail = fill("problem.left-detail", &[]);
        }
        Error::Stopped(why) => {
            problem.retry_after = Some(LEFT_RETRY);
            problem.detail = Some(why.text(lang));
        }
        Error::Peer { peer, what } => {
            problem.detail = fill("problem.peer-detail", &[("peer", peer), ("what", what)]);
        }
        Error::Internal(cause) => {
            let incident = incident();
            tracing::error!(cause, incident, "internal error");
            problem.detail = fill("problem.internal-detail", &[("incident", &incident)]);
            problem.incident = Some(incident);
        }
    }
}

/// Names a line of the node's log: the process and a count.
fn incident() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    format!("{:x}-{:x}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}
