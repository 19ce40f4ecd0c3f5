//! The one task that writes. It takes all writes that arrived while the last commit was on its way to disk and commits
//! them together: many writes, one flush.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::FutureExt;
use sqlx::AnyConnection;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};

use super::batch::{Batch, Memory};
use super::engine::Address;
use super::lease::{Lease, RENEW};
use super::queue::Job;
use super::row::of;
use super::script::{self, OTHER, Statement};
use super::sequencer::Sequencer;
use super::{Commits, EntryRef, Error, Shared, Tx, delivery, member, outbox};
use crate::domain::outgoing::Queued;
use crate::domain::time::{Clock, Timestamp};

/// Most writes in one commit.
const MOST: usize = 512;
/// A write that takes longer holds up everybody: it is undone, with its batch.
const JOB_TIMEOUT: Duration = Duration::from_secs(20);
/// What nobody waits for is written with other writes, or after this time alone.
const COMPANY: Duration = Duration::from_millis(2);
/// Waits between attempts to reach a database that went away.
const BACK_OFF: [u64; 6] = [100, 200, 500, 1000, 2000, 5000];

pub(super) struct Writer {
    pub(super) address: Address,
    pub(super) shared: Arc<Shared>,
    pub(super) clock: Clock,
    pub(super) lease: Lease,
    pub(super) wakeups: mpsc::Sender<Queued>,
    commits: Option<Arc<dyn Commits>>,
    conn: Option<AnyConnection>,
    batch: Batch,
    sequencer: Sequencer,
    last: Timestamp,
    failures: usize,
    retry: Instant,
    /// Last housekeeping.
    kept: Instant,
}

type Finished = Vec<Box<dyn Job>>;

impl Writer {
    pub(super) fn new(
        address: Address,
        shared: Arc<Shared>,
        clock: Clock,
        lease: Lease,
        wakeups: mpsc::Sender<Queued>,
    ) -> Self {
        let batch = Batch::new(address.engine, Arc::clone(&shared.known), Memory::default());
        let sequencer = Sequencer::default();
        let retry = Instant::now();
        Self {
            address,
            shared,
            clock,
            lease,
            wakeups,
            commits: None,
            conn: None,
            batch,
            sequencer,
            last: Timestamp(0),
            failures: 0,
            retry,
            kept: retry,
        }
    }

    pub(super) fn watched(self, commits: Option<Arc<dyn Commits>>) -> Self {
        Self { commits, ..self }
    }

    pub(super) async fn run(mut self) {
        let shared = Arc::clone(&self.shared);
        loop {
            let alone = Instant::now() + COMPANY;
            while shared.queue.is_patient() && timeout_at(alone, shared.queue.arrived()).await.is_ok() {}
            let jobs = shared.queue.take(MOST);
            if !jobs.is_empty() {
                self.serve(jobs).await;
                // A node that is never idle forgets what ended all the same.
                if self.kept.elapsed() > Duration::from_millis(RENEW) {
                    self.idle().await;
                }
                continue;
            }
            if shared.queue.is_closed() {
                break;
            }
            if timeout(Duration::from_millis(RENEW), shared.queue.arrived()).await.is_err() {
                self.idle().await;
            }
        }
        // Without a connection the lease just ends by itself.
        let _ = self.connected().await;
        if let Some(mut conn) = self.conn.take() {
            let _ = self.lease.release(&mut conn).await;
            let _ = sqlx::Connection::close(conn).await;
        }
        shared.done.notify_waiters();
        shared.done.notify_one();
    }

    async fn serve(&mut self, mut jobs: Finished) {
        let outcome = self.commit(&mut jobs).await;
        match outcome {
            Ok(entries) => {
                self.failures = 0;
                self.announce(&entries);
                let mut by_job: HashMap<usize, Vec<EntryRef>> = HashMap::new();
                for (job, entry) in entries {
                    by_job.entry(job).or_default().push(entry);
                }
                for (number, job) in jobs.into_iter().enumerate() {
                    job.answer(Ok(by_job.remove(&number).unwrap_or_default()));
                }
            }
            Err(error) => {
                self.give_up(&error).await;
                for job in jobs {
                    job.answer(Err(error.clone()));
                }
            }
        }
    }

    /// After a commit: whoever waits for messages or entries.
    fn announce(&mut self, entries: &[(usize, EntryRef)]) {
        for queued in self.batch.queued.drain(..) {
            // A full channel loses a hint, not a message: the worker's scan finds it when its claim ends.
            let _ = self.wakeups.try_send(queued);
        }
        let mut sizes = HashMap::new();
        for ((_, entry), event) in entries.iter().zip(&self.batch.pending) {
            let size: &mut u64 = sizes.entry(event.member.clone()).or_default();
            *size = (*size).max(entry.index + 1);
        }
        for (member, size) in sizes {
            self.shared.announce(&member, size);
        }
    }

    /// Nothing in memory can be trusted after a failed commit; everything is read again.
    async fn give_up(&mut self, error: &Error) {
        tracing::error!(%error, "a commit failed; nothing of it was kept");
        self.sequencer.forget();
        self.shared.known.clear();
        self.shared.found.forget(self.clock.now());
        if let Some(conn) = self.conn.take() {
            let _ = timeout(Duration::from_secs(1), sqlx::Connection::close_hard(conn)).await;
        }
        let wait = BACK_OFF[self.failures.min(BACK_OFF.len() - 1)];
        self.failures += 1;
        self.retry = Instant::now() + Duration::from_millis(if self.failures == 1 { 0 } else { wait });
        self.shared.set_fault(Some(error.clone()));
    }

    async fn connected(&mut self) -> Result<(), Error> {
        if self.conn.is_some() {
            return Ok(());
        }
        if Instant::now() < self.retry {
            return Err(self.shared.fault().unwrap_or_else(|| Error::Unavailable("reconnecting".into())));
        }
        let mut conn = self.address.connect().await?;
        let rows = sqlx::query("SELECT member, used, expires FROM replay WHERE expires > $1")
            .bind(self.clock.now().0);
        let mut seen = HashMap::new();
        for row in rows.fetch_all(&mut conn).await?.into_iter().map(of("replay")) {
            let key = row.bytes("used")?;
            let used = key.last_chunk().ok_or_else(|| row.wrong("used"))?;
            seen.insert(*used, row.int("expires")?);
        }
        let memory = Memory {
            seen,
            retired: member::retired(&mut conn).await?,
            open: delivery::all_open(&mut conn).await?,
            row: outbox::newest(&mut conn).await?,
            counts: Default::default(),
        };
        self.batch = Batch::new(self.address.engine, Arc::clone(&self.shared.known), memory);
        self.conn = Some(conn);
        Ok(())
    }

    async fn commit(&mut self, jobs: &mut Finished) -> Result<Vec<(usize, EntryRef)>, Error> {
        self.connected().await?;
        let Some(mut conn) = self.conn.take() else { return Err(Error::Unavailable("not connected".into())) };
        let outcome = self.attempt(&mut conn, jobs).await;
        self.conn = Some(conn);
        if outcome.is_ok() {
            self.shared.set_fault(None);
        }
        outcome
    }

    async fn attempt(
        &mut self,
        conn: &mut AnyConnection,
        jobs: &mut Finished,
    ) -> Result<Vec<(usize, EntryRef)>, Error> {
        // Entries of a log never go back in time, whatever the machine's clock does.
        let now = self.clock.now().max(self.last);
        self.last = now;
        self.batch.start();
        let last = jobs.len().saturating_sub(1);
        for (number, job) in jobs.iter_mut().enumerate() {
            self.run_job(conn, number, job.as_mut(), now).await?;
            if number < last {
                self.settle_job(conn, job.as_mut()).await?;
            }
        }
        let entries = match (self.finish(conn, now).await, jobs.last_mut()) {
            // Only now is it known that a row of the last write was taken.
            (Err(conflict @ Error::Conflict(_)), Some(job)) => {
                job.fail(conflict);
                self.batch.undo(conn).await?;
                self.sequencer.forget();
                // Keys that were made for entries of this commit were not written.
                self.shared.known.openings.clear();
                self.finish(conn, now).await?
            }
            (finished, _) => finished?,
        };
        if let Some(commits) = &self.commits {
            commits.after().await;
        }
        self.batch.committed();
        for (kind, member) in self.batch.found.drain(..) {
            self.shared.found.changed(kind, &member, now);
        }
        self.shared.found.tails.grown(std::mem::take(&mut self.sequencer.fresh));
        self.shared.commits.fetch_add(1, Ordering::Relaxed);
        Ok(entries)
    }

    /// Sends what waits to the disk.
    ///
    /// # Errors
    /// [`Error::Conflict`] when all can be kept but the last write.
    async fn finish(
        &mut self,
        conn: &mut AnyConnection,
        now: Timestamp,
    ) -> Result<Vec<(usize, EntryRef)>, Error> {
        let mut script = self.batch.finish()?;
        let at = (now, self.lease.epoch);
        let entries = self
            .sequencer
            .append(
                conn,
                (&self.shared.keys, &self.shared.known.openings),
                self.address.engine,
                at,
                &self.batch.pending,
                &mut script,
            )
            .await?;
        script.push(self.lease.renewal(self.clock.now()));
        script.push(Statement::new("COMMIT", []));
        if let Some(commits) = &self.commits {
            commits.before(&self.batch.queued).await?;
        }
        script::run(conn, self.address.engine, script).await.map_err(|error| match error {
            // Anything else that waited until now fails only if somebody else wrote.
            Error::Conflict(OTHER) => Error::Fenced,
            other => other,
        })?;
        Ok(entries)
    }

    /// Finds out whether a write can be kept, before the next one builds on it.
    async fn settle_job(&mut self, conn: &mut AnyConnection, job: &mut dyn Job) -> Result<(), Error> {
        self.batch.settle(conn).await?;
        match self.batch.spoilt() {
            Ok(()) => Ok(()),
            Err(error) => {
                job.fail(error);
                self.batch.undo(conn).await
            }
        }
    }

    async fn run_job(
        &mut self,
        conn: &mut AnyConnection,
        number: usize,
        job: &mut dyn Job,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.batch.start_job(number);
        let member = job.member().clone();
        if self.batch.is_retired(&member) {
            job.fail(Error::Retired);
            return Ok(());
        }
        let key = self.shared.keys.get(&member);
        let mut tx = Tx { conn: &mut *conn, batch: &mut self.batch, member, at: now };
        let run = AssertUnwindSafe(job.run(&mut tx)).catch_unwind();
        let mut keep = match timeout(JOB_TIMEOUT, run).await {
            Ok(Ok(keep)) => keep,
            Ok(Err(_)) => {
                tracing::error!("a write panicked; it is undone");
                false
            }
            Err(_) => return Err(Error::Unavailable("a write took too long".into())),
        };
        self.batch.sound()?;
        if keep && let Err(error) = self.batch.spoilt() {
            job.fail(error);
            keep = false;
        }
        if keep
            && self.batch.recorded()
            && let Err(error) = key
        {
            job.fail(error);
            keep = false;
        }
        if keep { Ok(()) } else { self.batch.undo(conn).await }
    }

    /// Nothing to write: keeps the lease, reconnects, forgets ended identifiers.
    async fn idle(&mut self) {
        let now = self.clock.now();
        self.kept = Instant::now();
        if let Err(error) = self.housekeeping(now).await {
            self.give_up(&error).await;
        }
    }

    async fn housekeeping(&mut self, now: Timestamp) -> Result<(), Error> {
        if self.conn.is_none() && Instant::now() < self.retry {
            return Ok(());
        }
        self.connected().await?;
        let Some(conn) = self.conn.as_mut() else { return Ok(()) };
        self.lease.renew(conn, now).await?;
        self.shared.commits.fetch_add(1, Ordering::Relaxed);
        self.batch.forget(now);
        sqlx::query("DELETE FROM replay WHERE expires < $1").bind(now.0).execute(conn).await?;
        self.shared.set_fault(None);
        Ok(())
    }
}
