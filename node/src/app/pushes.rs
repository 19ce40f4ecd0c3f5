//! The worker of pushes: attempts each until it is done, ended or given up.
//!
//! What is due is not stored: a transfer that is started, known to the consumer and has a sink is due. So the worker
//! finds after a crash what it had before.

mod due;

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use due::Key;
pub use due::Pushes;

use super::push::{Outcome, attempt, give_up};
use super::{App, Error};
use crate::domain::transfer::StateKind;
use crate::store::Page;
use crate::workers::{Stop, stopped};

/// First and longest wait before another attempt.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(300);
/// Wait when the store cannot be read at the start.
const RETRY: Duration = Duration::from_secs(5);
/// Transfers read at a time.
const MOST: usize = 500;

/// Runs until the node stops. Bytes in flight then are cut, recorded, and go on after the next start.
pub async fn run(app: Arc<App>, mut stop: Stop) {
    let mut finding = Some(Instant::now());
    let most = app.config.limits.deliveries;
    let mut running: JoinSet<(Key, Option<(Duration, bool)>)> = JoinSet::new();
    loop {
        if finding.is_some_and(|at| at <= Instant::now()) {
            finding = match find(&app).await {
                Ok(()) => None,
                Err(error) => {
                    tracing::warn!(%error, "pushes: not read, tried again later");
                    Some(Instant::now() + RETRY)
                }
            };
        }
        while running.len() < most
            && let Some((key, attempts)) = app.pushes.take(Instant::now())
        {
            let app = Arc::clone(&app);
            running.spawn(async move {
                let outcome = one(&app, &key, attempts).await;
                (key, outcome)
            });
        }
        let room = running.len() < most;
        let wake = [app.pushes.next().filter(|_| room), finding].into_iter().flatten().min();
        tokio::select! {
            biased;
            () = stopped(&mut stop) => break,
            Some(done) = running.join_next() => match done {
                Ok((key, outcome)) => app.pushes.ended(&key, outcome),
                // It stays taken until the next start; the panic is in the log.
                Err(error) => tracing::error!(%error, "pushes: an attempt ended abnormally"),
            },
            () = app.pushes.wake.notified() => {}
            () = sleep_until(wake.unwrap_or_else(|| Instant::now() + LONGEST_WAIT)) => {}
        }
    }
    app.flights.stop_all();
    while running.join_next().await.is_some() {}
}

/// What a process that ended had begun.
async fn find(app: &App) -> Result<(), Error> {
    for hosted in app.members.all().into_iter().filter(|h| !h.has_left()) {
        let mut page = Page::first(MOST);
        loop {
            let mut reader = app.store.read(hosted.id()).await?;
            let found = reader.transfers(Some(StateKind::Started), &page).await?;
            for transfer in found.iter().filter(|t| t.pushes_to().is_some()) {
                app.pushes.due(hosted.id(), &transfer.pid);
            }
            let Some(last) = found.last().filter(|_| found.len() == MOST) else { break };
            page.after = Some(last.pid.to_string());
        }
    }
    Ok(())
}

/// One attempt; gives when to try again, and whether this one brought something.
async fn one(app: &Arc<App>, (member, pid): &Key, attempts: u32) -> Option<(Duration, bool)> {
    let hosted = app.members.get(member)?;
    let (why, progress, asked) = match attempt(app, &hosted, pid).await {
        Outcome::Settled => return None,
        Outcome::Later { why, progress, asked } => (why, progress, asked),
    };
    if give_up(app, &hosted, pid, &why).await {
        return None;
    }
    let doubled = FIRST_WAIT.saturating_mul(1 << if progress { 0 } else { attempts.min(12) });
    let wait = doubled.min(LONGEST_WAIT).max(Duration::from_secs(u64::from(asked.unwrap_or(0).min(300))));
    tracing::info!(transfer = %pid, attempts, wait_ms = wait.as_millis(), why, "push: later");
    Some((wait, progress))
}
