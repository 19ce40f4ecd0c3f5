//! Provider: one attempt to push what a transfer gives to the sink its consumer named.
//!
//! Each file is decided and recorded like a data request of the consumer. What was complete before is not sent again;
//! after the last file the transfer is completed.

mod job;

use std::sync::Arc;

use contracts::id::Pid;

use job::{Job, complete};

use super::catalogue;
use super::peer::lang;
use super::transfer::act;
use super::{App, Error, Hosted};
use crate::dataplane::account;
use crate::dataplane::flight::{Route, Way};
use crate::dataplane::push::PushError;
use crate::domain::source::Source;
use crate::text;

/// What became of an attempt.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Completed, ended, or nothing to push now.
    Settled,
    /// To be tried again, at the earliest after so many seconds.
    Later { why: String, progress: bool, asked: Option<u32> },
}

/// Why an attempt stopped, and whether the sink holds more than before.
struct Stopped {
    error: PushError,
    resumable: bool,
    progress: bool,
}

/// Pushes what is still to be pushed.
pub(super) async fn attempt(app: &Arc<App>, hosted: &Arc<Hosted>, pid: &Pid) -> Outcome {
    let later = |why: String, progress, asked| Outcome::Later { why, progress, asked };
    let pushed = match push(app, hosted, pid).await {
        Ok(true) => act::complete(app, hosted, pid).await.map(|_| ()),
        Ok(false) => return Outcome::Settled,
        Err(Stopped { error, resumable, progress }) => match error.end(resumable, lang(app)) {
            Ok((code, reason)) => end(app, hosted, pid, code, reason).await,
            Err(why) => return later(why, progress, error.retry_after()),
        },
    };
    match pushed {
        // Suspended or ended meanwhile: its state says what happens next.
        Ok(()) | Err(Error::NotNow { .. } | Error::NotFound(_)) => Outcome::Settled,
        Err(error) => later(error.to_string(), false, None),
    }
}

/// Ends a push that has been tried for longer than undelivered messages are kept. Says whether it did.
pub(super) async fn give_up(app: &Arc<App>, hosted: &Arc<Hosted>, pid: &Pid, why: &str) -> bool {
    let Ok(mut reader) = app.store.read(hosted.id()).await else { return false };
    let Ok(Some(transfer)) = reader.transfer(pid).await else { return false };
    drop(reader);
    let patience = i64::try_from(app.config.limits.give_up_s).unwrap_or(i64::MAX);
    if transfer.pushes_to().is_none() || app.now() < transfer.updated.plus_seconds(patience) {
        return false;
    }
    let reason = text::fill(lang(app), "push.given-up", &[("why", why)]);
    end(app, hosted, pid, "push-failed", reason).await.is_ok()
}

async fn end(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    pid: &Pid,
    code: &'static str,
    reason: String,
) -> Result<(), Error> {
    act::give_up(app, hosted, pid, code, reason).await.map(|_| ())
}

/// `false` when there is nothing to push now.
async fn push(app: &Arc<App>, hosted: &Arc<Hosted>, pid: &Pid) -> Result<bool, Stopped> {
    let failed = |error: Error| Stopped { error: error.into(), resumable: false, progress: false };
    let mut reader = app.store.read(hosted.id()).await.map_err(|e| failed(e.into()))?;
    let found = reader.transfer(pid).await.map_err(|e| failed(e.into()))?;
    let Some((transfer, sink)) = found.and_then(|t| Some((t.clone(), t.pushes_to()?.clone()))) else {
        return Ok(false);
    };
    let route = Route {
        way: Way::Out,
        member: hosted.id().clone(),
        peer: transfer.peer.clone(),
        transfer: pid.clone(),
        agreement: transfer.agreement.clone(),
    };
    let flight = app.flights.enter(route).map_err(|full| failed(account::busy(full, "limits.deliveries")))?;
    let target = catalogue::source(app, hosted, &transfer.dataset).await.map_err(failed)?;
    let done = complete(&mut reader, pid).await.map_err(failed)?;
    drop(reader);
    let mut job =
        Job { app, hosted, transfer: &transfer, target, sink: &sink, flight: &flight, progress: false };
    let single = matches!(job.target.source, Source::File(_));
    let pushed = if single { job.file("", &done).await } else { job.folder(&done).await };
    let resumable = sink.resumable;
    pushed.map(|()| true).map_err(|error| Stopped { error, resumable, progress: job.progress })
}
