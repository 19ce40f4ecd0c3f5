//! Consumer: fetching the data of a started transfer into the folder for received data.

mod left;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use contracts::id::Pid;

use super::peer::refused;
use super::transfer::request::name;
use super::{App, Error, Hosted, reception};
use crate::dataplane::flight::{Flight, Full, Route, Stop, Way};
use crate::dataplane::folder::{Listing, MEDIA_TYPE};
use crate::dataplane::pull::{Asking, PullError, pause};
use crate::dataplane::sink::{Part, Sink, SinkError};
use crate::domain::event::{Ending, Reference};
use crate::domain::process::Role;
use crate::domain::transfer::{Address, StateKind, Transfer};
use crate::text::{self, Lang, say};

/// Attempts without any progress before a pull is given up; it can be resumed all the same.
const ATTEMPTS: u32 = 6;
/// How long the reason of a cut is waited for; the next attempt would wait about as long.
const GRACE: Duration = Duration::from_secs(1);
/// Longest listing of a folder, in bytes.
const LISTING: u64 = 16 << 20;

/// What to fetch, and where to.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// A file of a folder; `None` for a single file, or all files.
    pub path: Option<String>,
    /// Name below the folder for received data; by default the transfer's.
    pub to: Option<String>,
}

impl Wanted {
    /// Name below the folder for received data.
    pub fn name(&self, transfer: &Pid) -> String {
        self.to.clone().unwrap_or_else(|| name(transfer))
    }
}

/// A file that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulled {
    pub file: PathBuf,
    pub bytes: u64,
    /// Hexadecimal.
    pub sha256: String,
    /// Of its last exchange.
    pub reference: Reference,
}

/// Told after each piece: bytes so far of the current file, and its size.
pub type Progress = dyn Fn(u64, u64) + Send + Sync;

/// Fetches until done, stopped or given up; an interrupted pull goes on where it ended when called again.
pub async fn pull(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    pid: &Pid,
    wanted: &Wanted,
    progress: &Progress,
) -> Result<Vec<Pulled>, Error> {
    let transfer = super::transfer::get(app, hosted, pid).await?;
    let to = wanted.name(pid);
    let address = match ready(app, &transfer) {
        Ok(address) => address,
        Err(error) => {
            left::record(app, hosted, &transfer, wanted.path.as_deref(), &to).await?;
            return Err(error);
        }
    };
    let flight = enter(app, hosted, &transfer)?;
    let job = Job { app, hosted, transfer: &transfer, address: &address, flight: &flight, progress };
    let outcome = job.root(wanted.path.as_deref().unwrap_or_default(), &to).await;
    drop(flight);
    app.receipts.notify_one();
    let lang = app.config.language();
    outcome.map_err(|e| translate(&transfer, e, lang))
}

/// Where to fetch, if the transfer lets bytes flow to us now.
pub(super) fn ready(app: &App, transfer: &Transfer) -> Result<Address, Error> {
    if transfer.role != Role::Consumer {
        return Err(refused(app, "refusal.own-transfer", &[]));
    }
    if let Some(name) = transfer.plane.name() {
        return Err(refused(app, "refusal.plane-takes", &[("name", name)]));
    }
    match (transfer.state.kind(), &transfer.address) {
        (StateKind::Started, Some(address)) => Ok(address.clone()),
        (StateKind::Started, None) => Err(Error::Peer {
            peer: transfer.peer.to_string(),
            what: "it started without a data address".into(),
        }),
        (other, _) => Err(Error::NotNow { state: other.as_str().into(), expected: "STARTED".into() }),
    }
}

fn enter(app: &App, hosted: &Hosted, transfer: &Transfer) -> Result<Flight, Error> {
    let route = Route {
        way: Way::In,
        member: hosted.id().clone(),
        peer: transfer.peer.clone(),
        transfer: transfer.pid.clone(),
        agreement: transfer.agreement.clone(),
    };
    app.flights.enter(route).map_err(|full| match full {
        Full::Node => Error::Busy { limit: "limits.in_flight", retry_after: 5 },
        Full::Member | Full::Peer => Error::Busy { limit: "limits.pulls", retry_after: 5 },
    })
}

struct Job<'a> {
    app: &'a Arc<App>,
    hosted: &'a Arc<Hosted>,
    transfer: &'a Transfer,
    address: &'a Address,
    flight: &'a Flight,
    progress: &'a Progress,
}

impl Job<'_> {
    /// The root is a file, or the listing of a folder: its media type tells.
    async fn root(&self, path: &str, to: &str) -> Result<Vec<Pulled>, PullError> {
        let sink = self.sink(to.to_owned()).await?;
        if sink.path().is_dir() {
            // A folder begun earlier: its listing is fetched beside it.
            let listing = self.sink(format!("{to}.listing")).await?;
            return self.files(self.fetch(path, &listing).await?, to).await;
        }
        let (part, reference) = self.fetch(path, &sink).await?;
        let is_listing = part.state.as_ref().and_then(|s| s.media_type.as_deref()) == Some(MEDIA_TYPE);
        match is_listing && path.is_empty() {
            true => self.files((part, reference), to).await,
            false => Ok(vec![finish(part, reference).await?]),
        }
    }

    async fn files(&self, (part, _): (Part, Reference), to: &str) -> Result<Vec<Pulled>, PullError> {
        let json = blocking(move || part.take(LISTING)).await?;
        let listing = Listing::parse(&json, self.app.config.limits.files).map_err(PullError::Answer)?;
        let mut pulled = Vec::with_capacity(listing.files.len());
        for listed in listing.files {
            let sink = self.sink(format!("{to}/{}", listed.path)).await?;
            // There already, from an earlier pull of this transfer.
            if std::fs::metadata(sink.path()).is_ok_and(|m| m.is_file() && m.len() == listed.bytes) {
                continue;
            }
            let (part, reference) = self.fetch(&listed.path, &sink).await?;
            pulled.push(finish(part, reference).await?);
        }
        Ok(pulled)
    }

    async fn sink(&self, name: String) -> Result<Sink, PullError> {
        let folder = self.app.config.path(&self.app.config.data.received);
        blocking(move || Sink::below(&folder, &name)).await
    }

    /// As [`Self::ask`]; what brought nothing leaves nothing.
    async fn fetch(&self, path: &str, sink: &Sink) -> Result<(Part, Reference), PullError> {
        let outcome = self.ask(path, sink).await;
        if outcome.is_err() {
            let sink = sink.clone();
            blocking(move || {
                sink.tidy();
                Ok(())
            })
            .await?;
        }
        outcome
    }

    /// Asks until the part is complete, from where it is, as long as there is progress.
    async fn ask(&self, path: &str, sink: &Sink) -> Result<(Part, Reference), PullError> {
        let asking = Asking {
            app: self.app,
            hosted: self.hosted,
            address: self.address,
            path,
            stop: self.flight.stop(),
            patience: self.app.plane.patience,
            progress: self.progress,
        };
        let mut attempt = 0;
        loop {
            if let Some(why) = asking.stop.now() {
                return Err(PullError::Stopped(why));
            }
            let mut part = open(sink).await?;
            let before = part.length();
            // What a process that died received is recorded now; what was recorded before is known by its reference.
            self.record(path, &part, if part.is_complete() { Ending::Complete } else { Ending::Broken })
                .await?;
            if let (true, Some(state)) = (part.is_complete(), &part.state) {
                let reference = Reference(state.exchange.reference.clone());
                return Ok((part, reference));
            }
            let error = match asking.ask(part).await {
                Ok(mut brought) => {
                    if brought.ending == Ending::Broken
                        && let Some(why) = ordered(&asking.stop).await
                    {
                        (brought.ending, brought.error) = (why, Some(PullError::Stopped(why)));
                    }
                    part = brought.part;
                    self.record(path, &part, brought.ending).await?;
                    attempt = if part.length() > before { 0 } else { attempt };
                    match (brought.error, &part.state) {
                        (None, Some(state)) => {
                            let reference = Reference(state.exchange.reference.clone());
                            return Ok((part, reference));
                        }
                        (error, _) => error.unwrap_or_else(|| PullError::Answer("it never began".into())),
                    }
                }
                // The content changed so that our range is outside it: begin again, once.
                Err(PullError::Refused { status: 416, .. }) if before > 0 => {
                    let part = open(sink).await?;
                    blocking(move || {
                        part.discard();
                        Ok(())
                    })
                    .await?;
                    continue;
                }
                Err(error @ PullError::Sink(_)) => {
                    // What reached the disk before it failed is recorded too.
                    if let Ok(part) = open(sink).await {
                        self.record(path, &part, Ending::Broken).await?;
                    }
                    error
                }
                Err(error) => error,
            };
            attempt += 1;
            if !error.is_transient() || attempt >= ATTEMPTS {
                return Err(error);
            }
            let mut stop = asking.stop.clone();
            tokio::select! {
                why = stop.ordered() => return Err(PullError::Stopped(why)),
                () = tokio::time::sleep(pause(attempt, &error)) => {}
            }
        }
    }

    /// Writes the reception of the part's last exchange, and its receipt.
    async fn record(&self, path: &str, part: &Part, ending: Ending) -> Result<(), PullError> {
        Ok(reception::record(self.app, self.hosted, self.transfer, path, part, ending).await?)
    }
}

/// Why a connection broke, if that is told soon after: a provider that revokes cuts it before its message is here.
async fn ordered(stop: &Stop) -> Option<Ending> {
    let mut stop = stop.clone();
    tokio::time::timeout(GRACE, stop.ordered()).await.ok()
}

async fn open(sink: &Sink) -> Result<Part, PullError> {
    let sink = sink.clone();
    blocking(move || Part::open(&sink)).await
}

async fn finish(part: Part, reference: Reference) -> Result<Pulled, PullError> {
    let bytes = part.length();
    let (file, digest) = blocking(move || part.finish()).await?;
    Ok(Pulled { file, bytes, sha256: digest.hex(), reference })
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SinkError> + Send + 'static,
) -> Result<T, PullError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => Ok(outcome?),
        Err(e) => Err(Error::Internal(format!("working on received files: {e}")).into()),
    }
}

fn translate(transfer: &Transfer, error: PullError, lang: Lang) -> Error {
    match error {
        PullError::App(error) => error,
        PullError::Token(error) => error.into(),
        PullError::Sink(SinkError::BadPath(e)) => {
            Error::malformed(say("malformed.relative-name").with("what", e), "/to")
        }
        PullError::Sink(error @ (SinkError::Exists(_) | SinkError::Outside(_))) => {
            Error::Conflict(say("conflict.file").with("what", error))
        }
        PullError::Sink(error) => Error::Unavailable(error.to_string()),
        PullError::Stopped(why) => {
            let key = match why {
                Ending::Revoked => "stopped.revoked",
                Ending::Terminated => "stopped.terminated",
                Ending::Suspended => "stopped.suspended",
                Ending::TimedOut => "stopped.timed-out",
                Ending::Complete | Ending::Broken | Ending::SourceFailed => "stopped.broken",
            };
            Error::NotAllowed { reasons: vec![text::get(lang, key).to_owned()] }
        }
        other => Error::Peer { peer: transfer.peer.to_string(), what: other.to_string() },
    }
}
