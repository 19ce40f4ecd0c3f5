//! Twins: what both members recorded of one exchange, compared on demand and from time to time. A twin that is missing
//! or differs is an alarm, kept with both sides' entries, whose proofs anybody can check.

mod ask;
mod give;

use std::sync::Arc;

use contracts::api::log::{TwinDifference, TwinsReport};
use contracts::extract::LogExtract;
use contracts::jcs::sha256_b64url;

pub use give::{Request, give};

use super::{App, Error, Hosted, log};
use crate::domain::agreement::{Agreement, Standing};
use crate::domain::event::{Event, TwinsEvent};
use crate::domain::process::Role;
use crate::domain::time::Timestamp;
use crate::log::twins::{Compared, compare};
use crate::store::{Page, TwinCheck, TwinState};
use crate::text::say;

/// Kinds of entries that have a twin.
const KINDS: &str = "delivery.";
/// Entries of one message, so that it stays below the limits of an answer.
const MOST: usize = 2000;
/// Messages for one comparison.
const PAGES: usize = 100;

/// Both sides' entries, as evidence.
#[derive(serde::Serialize)]
struct Evidence<'e> {
    ours: &'e [LogExtract],
    theirs: &'e [LogExtract],
}

/// Compares now what both recorded about a contract, and keeps what was found. From where all was settled before, or
/// from the beginning when `whole`.
pub async fn check(
    app: &App,
    hosted: &Arc<Hosted>,
    agreement: &Agreement,
    whole: bool,
) -> Result<TwinCheck, Error> {
    if agreement.standing != Standing::Signed {
        return Err(Error::Unsupported(say("unsupported.unsigned-twins")));
    }
    let before = app.store.read(hosted.id()).await?.twin_check(&agreement.id).await?;
    let from = before.as_ref().filter(|_| !whole).map_or((0, 0), |check| (check.ours, check.theirs));
    let now = app.now();
    // Ours first: what happens meanwhile is in theirs only, and young.
    let (ours, our_end) = own(app, hosted, agreement, from.0).await?;
    let check = match ask::ask(app, hosted, agreement, from.1).await {
        Ok((theirs, their_end)) => {
            let (given, taken) = match agreement.role {
                Role::Provider => (&ours, &theirs),
                Role::Consumer => (&theirs, &ours),
            };
            let late = now.seconds() - i64::try_from(app.config.log.twins_late_s).unwrap_or(i64::MAX);
            let compared = compare(given, taken, late);
            let unsettled = match agreement.role {
                Role::Provider => compared.unsettled,
                Role::Consumer => (compared.unsettled.1, compared.unsettled.0),
            };
            let differ = !compared.differences.is_empty();
            let evidence = Evidence { ours: &ours, theirs: &theirs };
            TwinCheck {
                agreement: agreement.id.clone(),
                state: if differ { TwinState::Differ } else { TwinState::Agree },
                tried: now,
                answered: Some(now),
                ours: unsettled.0.unwrap_or(our_end),
                theirs: unsettled.1.unwrap_or(their_end),
                report: json(&report(compared))?,
                evidence: differ.then(|| json(&evidence)).transpose()?,
            }
        }
        Err(error @ (Error::Peer { .. } | Error::Unresolved(_))) => {
            unanswered(app, agreement, before.as_ref(), now, &error)?
        }
        Err(error) => return Err(error),
    };
    keep(app, hosted, agreement, before, check.clone()).await?;
    Ok(check)
}

/// The peer gave nothing, or nothing that holds.
fn unanswered(
    app: &App,
    agreement: &Agreement,
    before: Option<&TwinCheck>,
    now: Timestamp,
    error: &Error,
) -> Result<TwinCheck, Error> {
    let answered = before.and_then(|check| check.answered);
    let since = answered.unwrap_or(agreement.created);
    let late = i64::try_from(app.config.log.twins_late_s).unwrap_or(i64::MAX);
    let report = TwinsReport { failure: Some(error.to_string()), ..TwinsReport::default() };
    let is_late = now.seconds().saturating_sub(since.seconds()) > late;
    Ok(TwinCheck {
        agreement: agreement.id.clone(),
        state: if is_late { TwinState::Unanswered } else { TwinState::Waiting },
        tried: now,
        answered,
        ours: before.map_or(0, |check| check.ours),
        theirs: before.map_or(0, |check| check.theirs),
        report: json(&report)?,
        // What was found before is not forgotten because the peer fell silent.
        evidence: before.and_then(|check| check.evidence.clone()),
    })
}

/// Keeps a comparison; an alarm, and its end, are events of the log.
async fn keep(
    app: &App,
    hosted: &Hosted,
    agreement: &Agreement,
    before: Option<TwinCheck>,
    check: TwinCheck,
) -> Result<(), Error> {
    let digest = |check: &TwinCheck| {
        let evidence = check.evidence.as_deref().unwrap_or_default();
        sha256_b64url(format!("{}\n{evidence}", check.report).as_bytes())
    };
    let differs = |check: &TwinCheck| (check.state, differences(check));
    let changed = before.as_ref().map(differs) != Some(differs(&check));
    let was_alarm =
        before.is_some_and(|check| matches!(check.state, TwinState::Differ | TwinState::Unanswered));
    let what = match check.state {
        TwinState::Differ if changed => Some(TwinsEvent::Differ),
        TwinState::Unanswered if changed => Some(TwinsEvent::Unanswered),
        TwinState::Agree if was_alarm => Some(TwinsEvent::Agree),
        TwinState::Agree | TwinState::Differ | TwinState::Waiting | TwinState::Unanswered => None,
    };
    if matches!(check.state, TwinState::Differ | TwinState::Unanswered) {
        let (contract, state) = (&check.agreement, check.state.as_str());
        tracing::error!(member = %hosted.id(), %contract, peer = %agreement.peer, state, "twins of the log");
    }
    let (agreement, peer, digest) = (agreement.id.clone(), agreement.peer.clone(), digest(&check));
    let job = app.store.write(hosted.id(), move |tx| {
        Box::pin(async move {
            if let Some(what) = what {
                tx.record(Event::Twins { what, agreement, peer, digest });
            }
            Ok::<_, Error>(tx.save_twin_check(&check).await?)
        })
    });
    job.await.map(drop)
}

/// What was found, as kept.
pub fn found(check: &TwinCheck) -> Result<TwinsReport, Error> {
    serde_json::from_str(&check.report).map_err(|e| Error::Internal(format!("kept comparison: {e}")))
}

fn differences(check: &TwinCheck) -> Vec<TwinDifference> {
    found(check).map(|report| report.differences).unwrap_or_default()
}

fn report(compared: Compared) -> TwinsReport {
    let differences = compared.differences.into_iter();
    TwinsReport {
        pairs: compared.pairs.len() as u64,
        awaited: compared.awaited,
        unheard: compared.unheard,
        differences: differences.map(|d| TwinDifference { reference: d.reference, what: d.what }).collect(),
        failure: None,
    }
}

/// Our own entries about a contract's exchanges, from a place on, and the place after the last.
async fn own(
    app: &App,
    hosted: &Hosted,
    agreement: &Agreement,
    mut from: u64,
) -> Result<(Vec<LogExtract>, u64), Error> {
    let mut extracts = Vec::new();
    for _ in 0..PAGES {
        let (extract, next) = log::twins_of(app, hosted, &agreement.id, from, MOST, KINDS).await?;
        extracts.push(extract);
        match next {
            Some(next) => from = next,
            None => return Ok(ended(extracts, from)),
        }
    }
    Err(Error::Conflict(say("conflict.unsettled").with("most", PAGES * MOST)))
}

/// All pages, and the place after their last entry; where the last page began when none has any.
fn ended(extracts: Vec<LogExtract>, from: u64) -> (Vec<LogExtract>, u64) {
    let end = extracts.iter().flat_map(|extract| &extract.entries).map(|entry| entry.index + 1).max();
    (extracts, end.unwrap_or(from))
}

/// Compares what is due: each contract once in `log.twins_every_s`.
pub async fn round(app: &App, hosted: &Arc<Hosted>) -> Result<(), Error> {
    let every = i64::try_from(app.config.log.twins_every_s).unwrap_or(i64::MAX);
    let mut page = Page::first(100);
    loop {
        let mut reader = app.store.read(hosted.id()).await?;
        let agreements = reader.agreements(&page).await?;
        let Some(last) = agreements.last() else { return Ok(()) };
        page.after = Some(last.id.to_string());
        let mut due = Vec::new();
        for agreement in agreements.into_iter().filter(|a| a.standing == Standing::Signed) {
            let tried = reader.twin_check(&agreement.id).await?.map(|check| check.tried);
            if app.now().seconds() - tried.unwrap_or(agreement.created).seconds() >= every {
                due.push(agreement);
            }
        }
        drop(reader);
        for agreement in due {
            if let Err(error) = check(app, hosted, &agreement, false).await {
                tracing::warn!(%error, contract = %agreement.id, "twins are not compared; tried again later");
            }
        }
    }
}

/// The last comparison about a contract.
pub async fn last(app: &App, hosted: &Hosted, agreement: &Agreement) -> Result<TwinCheck, Error> {
    let found = app.store.read(hosted.id()).await?.twin_check(&agreement.id).await?;
    found.ok_or(Error::NotFound("comparison"))
}

/// The last comparisons, by contract.
pub async fn list(app: &App, hosted: &Hosted, page: &Page) -> Result<Vec<TwinCheck>, Error> {
    Ok(app.store.read(hosted.id()).await?.twin_checks(page).await?)
}

fn json(value: &impl serde::Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|e| Error::Internal(format!("comparison of twins: {e}")))
}
