//! Writes waiting for the writer: bounded, and served in turn between members so that none can starve another.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use contracts::id::MemberId;
use futures_util::future::BoxFuture;
use tokio::sync::{Notify, oneshot};

use super::{Committed, EntryRef, Error, Tx};

/// A write, whatever its types.
pub(super) trait Job: Send {
    fn member(&self) -> &MemberId;
    /// Whether it may wait for others to share their commit.
    fn patient(&self) -> bool;
    /// Runs it; whether what it wrote is to be kept.
    fn run<'t>(&'t mut self, tx: &'t mut Tx<'_>) -> BoxFuture<'t, bool>;
    /// Replaces its outcome: what it did cannot be kept.
    fn fail(&mut self, error: Error);
    /// Answers its caller: after the commit with its entries, or with why there was none.
    fn answer(self: Box<Self>, committed: Result<Vec<EntryRef>, Error>);
}

pub(super) struct Write<F, T, E> {
    pub(super) member: MemberId,
    pub(super) patient: bool,
    pub(super) work: Option<F>,
    pub(super) outcome: Option<Result<T, E>>,
    pub(super) caller: oneshot::Sender<Result<Committed<T>, E>>,
}

impl<F, T, E> Job for Write<F, T, E>
where
    F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    fn member(&self) -> &MemberId {
        &self.member
    }

    fn patient(&self) -> bool {
        self.patient
    }

    fn run<'t>(&'t mut self, tx: &'t mut Tx<'_>) -> BoxFuture<'t, bool> {
        Box::pin(async move {
            let Some(work) = self.work.take() else { return false };
            let outcome = work(tx).await;
            let keep = outcome.is_ok();
            self.outcome = Some(outcome);
            keep
        })
    }

    fn fail(&mut self, error: Error) {
        self.outcome = Some(Err(error.into()));
    }

    fn answer(self: Box<Self>, committed: Result<Vec<EntryRef>, Error>) {
        let answer = match (committed, self.outcome) {
            (Ok(entries), Some(Ok(value))) => Ok(Committed { value, entries }),
            (Ok(_), Some(Err(error))) => Err(error),
            (Ok(_), None) => {
                Err(Error::Internal("the write was cut short by a fault in the program".into()).into())
            }
            (Err(error), _) => Err(error.into()),
        };
        // A caller that went away is no matter: what was committed stays.
        let _ = self.caller.send(answer);
    }
}

#[derive(Default)]
struct Waiting {
    by_member: HashMap<MemberId, VecDeque<Box<dyn Job>>>,
    turn: VecDeque<MemberId>,
    total: usize,
    /// Of all, those that somebody waits for.
    urgent: usize,
    closed: bool,
}

pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    arrived: Notify,
    per_member: usize,
    total: usize,
}

impl Queue {
    pub(super) fn new(per_member: usize, total: usize) -> Self {
        Self {
            waiting: Mutex::default(),
            arrived: Notify::new(),
            per_member: per_member.max(1),
            total: total.max(1),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a write in its member's line, or gives it back with why it cannot wait.
    pub(super) fn push(&self, job: Box<dyn Job>) -> Result<(), (Box<dyn Job>, Error)> {
        let mut waiting = self.lock();
        if waiting.closed {
            return Err((job, Error::Unavailable("the store is closed".into())));
        }
        let length = waiting.by_member.get(job.member()).map_or(0, VecDeque::len);
        if length >= self.per_member || waiting.total >= self.total {
            return Err((job, Error::Busy));
        }
        let member = job.member().clone();
        waiting.urgent += usize::from(!job.patient());
        if length == 0 {
            waiting.turn.push_back(member.clone());
        }
        waiting.by_member.entry(member).or_default().push_back(job);
        waiting.total += 1;
        drop(waiting);
        self.arrived.notify_one();
        Ok(())
    }

    /// Takes up to `most` writes, one of each member in turn. Empty when none waits.
    pub(super) fn take(&self, most: usize) -> Vec<Box<dyn Job>> {
        let mut waiting = self.lock();
        let mut jobs = Vec::with_capacity(waiting.total.min(most));
        while jobs.len() < most {
            let Some(member) = waiting.turn.pop_front() else { break };
            let Some(line) = waiting.by_member.get_mut(&member) else { continue };
            jobs.extend(line.pop_front());
            if line.is_empty() {
                waiting.by_member.remove(&member);
            } else {
                waiting.turn.push_back(member);
            }
        }
        waiting.total -= jobs.len();
        waiting.urgent -= jobs.iter().filter(|job| !job.patient()).count();
        jobs
    }

    /// Whether nobody waits for what is here yet.
    pub(super) fn is_patient(&self) -> bool {
        let waiting = self.lock();
        waiting.total > 0 && waiting.urgent == 0 && !waiting.closed
    }

    /// Waits until something may have arrived, or the queue is closed.
    pub(super) async fn arrived(&self) {
        self.arrived.notified().await;
    }

    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.arrived.notify_one();
    }
    pub(super) fn is_closed(&self) -> bool {
        self.lock().closed
    }
}
