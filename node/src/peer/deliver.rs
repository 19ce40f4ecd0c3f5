//! The outbox worker: sends what was committed, in order within a process, in parallel over processes.
//!
//! Fast path: the store hands over each message after its commit. Slow path: a scan finds what was missed or what a
//! dead process left. A message is sent at least once; receivers repeat their first answer to a duplicate.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use contracts::id::ParticipantId;
use futures_util::future::join_all;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, sleep_until};

use super::lanes::{Key, Lanes, Turn};
use crate::app::outbox::{self, Sent};
use crate::app::{App, Error, credential, plane};
use crate::config;
use crate::domain::outgoing::{Process, Queued};
use crate::domain::time::Timestamp;
use crate::identity::random;
use crate::workers::{Stop, stopped};

/// Seconds between two scans of the store.
const SCAN: Duration = Duration::from_secs(10);
/// Processes taken from one scan.
const PAGE: i64 = 500;
/// First and longest wait before another attempt.
const FIRST_WAIT: u64 = 200;
const LONGEST_WAIT: u64 = 60_000;
/// Longest wait a peer can ask for, in seconds.
const LONGEST_ASKED: u32 = 600;
/// Refusals that are tried again. 401: the peer may not have our newest key yet, or could not reach us. 404 and 409:
/// it may not have written down yet what our message is about, when the message overtook its answer.
const TOO_EARLY: u32 = 5;

/// What became of an attempt.
#[derive(Debug)]
pub enum Outcome {
    /// Acknowledged or given up: on to the next message, of this sequence number.
    Done(i64),
    /// The process has to wait.
    Later(Timestamp),
    /// Nothing waits in the store.
    Empty,
}

/// Runs until the node stops; started once the members are known. What is being sent then is sent again after the next start.
pub async fn run(app: Arc<App>, mut hints: mpsc::Receiver<Queued>, mut stop: Stop) {
    release(&app).await;
    let limit = app.config.limits.sending;
    let mut lanes = Lanes::new(limit, limit.div_ceil(2));
    let mut sending: JoinSet<(Key, ParticipantId, Outcome)> = JoinSet::new();
    let mut scan = tokio::time::interval(SCAN);
    scan.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        while let Some(turn) = lanes.turn() {
            let app = app.clone();
            sending.spawn(async move {
                let Turn { key, peer, message } = turn;
                let outcome = attempt(&app, &key, message).await;
                (key, peer, outcome)
            });
        }
        let wake = lanes.wakes_at().unwrap_or_else(|| Instant::now() + SCAN);
        tokio::select! {
            biased;
            () = stopped(&mut stop) => break,
            Some(done) = sending.join_next() => match done {
                Ok((key, peer, Outcome::Done(seq))) => lanes.done(key, &peer, seq),
                Ok((key, peer, Outcome::Empty)) => lanes.empty(key, &peer),
                Ok((key, peer, Outcome::Later(at))) => lanes.later(key, &peer, moment(&app, at)),
                // The lane stays taken until the next start; the panic is in the log.
                Err(error) => tracing::error!(%error, "outbox: an attempt ended abnormally"),
            },
            Some(message) = hints.recv() => lanes.add(message),
            () = sleep_until(wake) => lanes.wake(Instant::now()),
            _ = scan.tick() => find(&app, &mut lanes).await,
        }
    }
    sending.shutdown().await;
}

/// Gives free what a process that died held: the lease says that it is gone.
pub async fn release(app: &App) {
    for hosted in app.members.all().into_iter().filter(|h| !h.has_left()) {
        let released = app
            .store
            .write(hosted.id(), |tx| Box::pin(async move { Ok::<_, Error>(tx.outbox_release().await?) }))
            .await;
        if let Err(error) = released {
            tracing::warn!(%error, member = %hosted.id(), "outbox: found only when its claims end");
        }
    }
}

/// Takes processes with due messages from the store.
async fn find(app: &App, lanes: &mut Lanes) {
    let due = match app.store.outbox_due(PAGE).await {
        Ok(due) => due,
        Err(error) => return tracing::warn!(%error, "outbox: not scanned"),
    };
    let claims = due.iter().map(|message| {
        let row = message.row;
        app.store.write(&message.member, move |tx| {
            Box::pin(async move { Ok::<_, Error>(tx.outbox_claim(row).await?) })
        })
    });
    // Together: they share commits.
    let claimed = join_all(claims).await;
    for (message, claimed) in due.into_iter().zip(claimed) {
        if claimed.is_ok_and(|c| c.value) {
            lanes.found(Key { member: message.member, process: message.process }, message.peer);
        }
    }
}

/// An instant of the clock as one of the timer.
fn moment(app: &App, at: Timestamp) -> Instant {
    let wait = at.millis().saturating_sub(app.now().millis());
    Instant::now() + Duration::from_millis(u64::try_from(wait).unwrap_or(0).max(1))
}

/// Sends the next message of a lane, once.
#[tracing::instrument(name = "outbox", skip_all, fields(otel.kind = "client", kind, status))]
pub async fn attempt(app: &Arc<App>, key: &Key, message: Option<Queued>) -> Outcome {
    // What a member that left had to say is said by its new host.
    if app.members.get(&key.member).is_some_and(|hosted| hosted.has_left()) {
        return Outcome::Empty;
    }
    let message = match message {
        Some(message) => message,
        None => match head(app, key).await {
            Ok(Some(message)) => message,
            Ok(None) => return Outcome::Empty,
            Err(error) => {
                tracing::warn!(%error, "outbox: not read");
                return Outcome::Later(app.now().plus_millis(1_000));
            }
        },
    };
    if message.next_at > app.now() {
        return Outcome::Later(message.next_at);
    }
    tracing::Span::current().record("kind", message.kind.as_str());
    match send(app, &message).await {
        Ok(()) => Outcome::Done(message.seq),
        Err(again) => Outcome::Later(postpone(app, &message, again).await),
    }
}

async fn head(app: &App, key: &Key) -> Result<Option<Queued>, Error> {
    Ok(app.store.read(&key.member).await?.outbox_head(&key.process).await?)
}

/// Why to try again, and when at the earliest (seconds).
struct Again {
    why: String,
    asked: Option<u32>,
}

fn again(why: impl ToString) -> Again {
    Again { why: why.to_string(), asked: None }
}

async fn send(app: &Arc<App>, message: &Queued) -> Result<(), Again> {
    let hosted = app.members.get(&message.member).ok_or_else(|| again("its member is not hosted now"))?;
    let sent = Sent { row: message.row, process: message.process.clone(), kind: message.kind.clone() };
    let body = Bytes::from(message.body.clone());
    let old =
        message.created.plus_seconds(app.config.limits.give_up_s.try_into().unwrap_or(i64::MAX)) < app.now();
    let url = message.url.clone();
    let (url, token) = match &message.process {
        // Not a peer: the member's own control plane, with what both were given.
        Process::Flow(_) => (url, config::signaling_token(&app.config).map_err(again)?),
        // Nor is its data plane.
        Process::Plane(pid) => match plane::destination(app, &hosted, pid, &url).await {
            Ok(found) => found,
            Err(why) if !old => return Err(again(why)),
            Err(why) => return outbox::refused(app, &hosted, sent, 0, &unsent(&why)).await.map_err(again),
        },
        Process::Negotiation(_)
        | Process::Transfer(_)
        | Process::Agreement(_)
        | Process::Receipts(_)
        | Process::Peer(_)
        | Process::Credentials(_)
        | Process::UseCase(_)
        | Process::Request(_) => {
            let token = credential::sts::peer_token(app, &hosted, &message.peer, &body);
            (url, token.map_err(again)?)
        }
    };
    let result = app.client.send(&url, body, Some(&token)).await;
    let settled = match result {
        Ok(answer) if answer.is_success() => {
            outbox::acknowledged(app, &hosted, sent, answer.status, answer.body).await
        }
        Ok(answer) => {
            tracing::Span::current().record("status", answer.status);
            let early = matches!(answer.status, 401 | 404 | 409) && message.attempts < TOO_EARLY;
            let later = answer.is_transient() || early;
            if later && !old {
                let why = format!("the peer answered {}", answer.status);
                return Err(Again { why, asked: answer.retry_after });
            }
            outbox::refused(app, &hosted, sent, answer.status, &answer.body).await
        }
        Err(error) if error.is_transient() && !old => return Err(again(error)),
        Err(error) => outbox::refused(app, &hosted, sent, 0, &unsent(&error)).await,
    };
    // The answer could not be written: the peer will say the same again.
    settled.map_err(again)
}

/// What is told to the process when nothing was answered.
fn unsent(error: &impl std::fmt::Display) -> Vec<u8> {
    serde_json::json!({ "reason": format!("not delivered: {error}") }).to_string().into_bytes()
}

/// Keeps the next attempt's time in the store, so that a restart does not forget it.
async fn postpone(app: &App, message: &Queued, again: Again) -> Timestamp {
    let attempts = message.attempts.saturating_add(1);
    let asked = u64::from(again.asked.unwrap_or(0).min(LONGEST_ASKED)) * 1000;
    let wait = jitter(message.attempts, u64::from_le_bytes(random::bytes())).max(asked);
    let next_at = app.now().plus_millis(i64::try_from(wait).unwrap_or(i64::MAX));
    let (row, why): (i64, String) = (message.row, again.why.chars().take(500).collect());
    tracing::info!(peer = %message.peer, kind = message.kind, attempts, wait_ms = wait, why, "outbox: later");
    let written = app
        .store
        .write(&message.member, move |tx| {
            Box::pin(async move {
                tx.outbox_retry(row, next_at, &why);
                Ok::<_, Error>(())
            })
        })
        .await;
    if let Err(error) = written {
        tracing::warn!(%error, "outbox: the next attempt is only kept in memory");
    }
    next_at
}

/// Full jitter: anything between nothing and a bound that doubles.
fn jitter(attempts: u32, random: u64) -> u64 {
    let bound = FIRST_WAIT.saturating_mul(1 << attempts.min(16)).min(LONGEST_WAIT);
    random % (bound + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_minute_and_no_further() {
        assert!(jitter(0, u64::MAX) <= FIRST_WAIT);
        for attempts in 0..200 {
            assert!(jitter(attempts, 0xdead_beef_dead_beef) <= LONGEST_WAIT);
        }
        assert_eq!(jitter(30, LONGEST_WAIT), LONGEST_WAIT);
    }
}
