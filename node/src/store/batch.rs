//! What the writes of one commit share: their statements, events, messages and used identifiers, and where one can be
//! undone.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use contracts::id::MemberId;
use sqlx::AnyConnection;

use super::delivery::upserts;
use super::found::Kind;
use super::known::{Changes, Known};
use super::open::Open;
use super::script::{self, OTHER, Statement};
use super::{Engine, Error};
use crate::domain::delivery::Delivery;
use crate::domain::event::{Record, Reference};
use crate::domain::outgoing::Queued;
use crate::domain::time::Timestamp;

/// An identifier used once.
pub(super) struct Use {
    pub(super) member: MemberId,
    pub(super) used: [u8; 16],
    pub(super) expires: Timestamp,
}

/// An event of the write number `job` of the batch.
pub(super) struct Pending {
    pub(super) job: usize,
    pub(super) member: MemberId,
    pub(super) record: Record,
}

/// What is read once per connection, and then known: this process is the only one that writes it.
#[derive(Default)]
pub(super) struct Memory {
    /// Identifiers in use, with their ends.
    pub(super) seen: HashMap<[u8; 16], i64>,
    /// Deliveries of ours that are open.
    pub(super) open: HashMap<Place, Delivery>,
    /// Members that left this host, as of the writes so far.
    pub(super) retired: HashSet<MemberId>,
    /// The newest message's row in the outbox.
    pub(super) row: i64,
    pub(super) counts: Open,
}

/// Where a delivery of a member is found: its reference.
pub(super) type Place = (MemberId, Reference);

/// Whether the transaction has a savepoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Savepoint {
    None,
    /// Of an earlier write, or undone.
    Passed,
    /// Before what the present write sent.
    Own,
}

impl Savepoint {
    /// As the next write finds it.
    fn passed(self) -> Self {
        match self {
            Self::None => Self::None,
            Self::Passed | Self::Own => Self::Passed,
        }
    }
}

pub(super) struct Batch {
    pub(super) engine: Engine,
    pub(super) pending: Vec<Pending>,
    pub(super) queued: Vec<Queued>,
    pub(super) uses: Vec<Use>,
    /// Who left by the present write.
    leaving: Option<MemberId>,
    pub(super) known: Arc<Known>,
    pub(super) changes: Changes,
    /// What of that which readers found may change.
    pub(super) found: Vec<(Kind, MemberId)>,
    memory: Memory,
    /// Statements that did not go to the database yet.
    script: Vec<Statement>,
    /// Deliveries as they are to be stored.
    deliveries: Vec<(MemberId, Delivery)>,
    /// Deliveries that the present write opened or closed, as they were in memory before.
    before: Vec<(Place, Option<Delivery>)>,
    /// Why what waited could not be sent: nothing of the batch can be kept.
    fault: Option<Error>,
    /// Why the present write cannot be kept, whatever it answers.
    spoilt: Option<Error>,
    /// The transaction's beginning waits too.
    unbegun: bool,
    job: usize,
    marks: Marks,
    savepoint: Savepoint,
}

/// Lengths at the start of the present write.
#[derive(Default)]
struct Marks {
    pending: usize,
    queued: usize,
    uses: usize,
    script: usize,
    deliveries: usize,
}

impl Batch {
    pub(super) fn new(engine: Engine, known: Arc<Known>, memory: Memory) -> Self {
        Self {
            engine,
            pending: Vec::new(),
            queued: Vec::new(),
            uses: Vec::new(),
            known,
            changes: Changes::default(),
            found: Vec::new(),
            memory,
            script: Vec::new(),
            deliveries: Vec::new(),
            before: Vec::new(),
            fault: None,
            spoilt: None,
            unbegun: false,
            job: 0,
            marks: Marks::default(),
            savepoint: Savepoint::None,
            leaving: None,
        }
    }

    /// Starts the next commit.
    pub(super) fn start(&mut self) {
        self.pending.clear();
        self.queued.clear();
        self.uses.clear();
        self.deliveries.clear();
        self.found.clear();
        self.savepoint = Savepoint::None;
        self.fault = None;
        self.unbegun = true;
        self.script.clear();
        self.script.push(Statement::new(self.engine.begin(), []));
    }

    /// Starts the next write.
    pub(super) fn start_job(&mut self, job: usize) {
        self.job = job;
        self.marks = Marks {
            pending: self.pending.len(),
            queued: self.queued.len(),
            uses: self.uses.len(),
            script: self.script.len(),
            deliveries: self.deliveries.len(),
        };
        self.leaving = None;
        self.before.clear();
        self.spoilt = None;
        self.changes.start_write();
        self.savepoint = self.savepoint.passed();
    }

    /// Whether all that was sent so far arrived.
    pub(super) fn sound(&self) -> Result<(), Error> {
        self.fault.clone().map_or(Ok(()), Err)
    }

    /// Why the present write cannot be kept, if so.
    pub(super) fn spoilt(&mut self) -> Result<(), Error> {
        self.spoilt.take().map_or(Ok(()), Err)
    }

    /// Whether the present write recorded something.
    pub(super) fn recorded(&self) -> bool {
        self.pending.len() > self.marks.pending
    }

    /// Undoes the present write and nothing else.
    pub(super) async fn undo(&mut self, conn: &mut AnyConnection) -> Result<(), Error> {
        self.pending.truncate(self.marks.pending);
        self.queued.truncate(self.marks.queued);
        self.script.truncate(self.marks.script);
        self.deliveries.truncate(self.marks.deliveries);
        for undone in self.uses.drain(self.marks.uses..) {
            self.memory.seen.remove(&undone.used);
        }
        if let Some(member) = self.leaving.take() {
            self.memory.retired.remove(&member);
        }
        for (place, delivery) in self.before.drain(..).rev() {
            match delivery {
                Some(delivery) => self.memory.open.insert(place, delivery),
                None => self.memory.open.remove(&place),
            };
        }
        self.changes.undo();
        if self.savepoint == Savepoint::Own {
            sqlx::raw_sql("ROLLBACK TO SAVEPOINT w").execute(conn).await?;
            self.savepoint = Savepoint::Passed;
        }
        Ok(())
    }

    /// Puts a statement behind those that wait. It must not fail where the others succeed.
    pub(super) fn later(&mut self, statement: Statement) {
        self.script.push(statement);
    }

    /// Sends what waits, so that it can be read. Before the first change nothing has to be sent: nobody else writes, or
    /// the commit fails.
    pub(super) async fn flush(&mut self, conn: &mut AnyConnection) -> Result<(), Error> {
        let own = self.script.len() > self.marks.script || self.deliveries.len() > self.marks.deliveries;
        if !own && self.deliveries.is_empty() && self.script.len() == usize::from(self.unbegun) {
            return Ok(());
        }
        self.send(conn, own).await
    }

    /// Sends what waits; from here on the present write can be undone alone.
    pub(super) async fn savepoint(&mut self, conn: &mut AnyConnection) -> Result<(), Error> {
        self.send(conn, true).await
    }

    /// Whether what the present write left waiting may fail alone.
    fn may_fail(&self) -> bool {
        self.script.get(self.marks.script..).is_some_and(|own| own.iter().any(Statement::may_be_taken))
    }

    /// Finds out, before the next write begins, whether the present one can be kept.
    pub(super) async fn settle(&mut self, conn: &mut AnyConnection) -> Result<(), Error> {
        if !self.may_fail() {
            return Ok(());
        }
        match self.send(conn, true).await {
            Err(_) if self.spoilt.is_some() => Ok(()),
            sent => sent,
        }
    }

    async fn send(&mut self, conn: &mut AnyConnection, savepoint: bool) -> Result<(), Error> {
        let script = self.waiting(savepoint)?;
        let sent = script::run(conn, self.engine, script).await;
        match &sent {
            Err(Error::Conflict(row)) if *row != OTHER => self.spoilt = Some(Error::Conflict(row)),
            Err(fault) => self.fault = Some(fault.clone()),
            Ok(()) => {}
        }
        sent
    }

    /// What waits, in order: of the writes before, and behind a savepoint if wanted that of the present one.
    fn waiting(&mut self, savepoint: bool) -> Result<Vec<Statement>, Error> {
        let mut own = self.script.split_off(self.marks.script.min(self.script.len()));
        own.extend(upserts(
            self.engine,
            &self.deliveries.split_off(self.marks.deliveries.min(self.deliveries.len())),
        )?);
        let mut script = std::mem::take(&mut self.script);
        script.extend(upserts(self.engine, &std::mem::take(&mut self.deliveries))?);
        if savepoint && self.savepoint != Savepoint::Own {
            if self.savepoint == Savepoint::Passed {
                script.push(Statement::new("RELEASE SAVEPOINT w", []));
            }
            script.push(Statement::new("SAVEPOINT w", []));
            self.savepoint = Savepoint::Own;
        }
        script.extend(own);
        self.unbegun = false;
        (self.marks.script, self.marks.deliveries) = (0, 0);
        Ok(script)
    }

    /// All that waits, for the end of the commit. What the last write inserts may still be taken: then it can be undone
    /// alone, and this asked for again.
    pub(super) fn finish(&mut self) -> Result<Vec<Statement>, Error> {
        let savepoint = self.may_fail();
        let mut script = self.waiting(savepoint)?;
        let start = "INSERT INTO replay (member, used, expires)";
        // One that ended may not have been deleted yet.
        script.extend(Statement::inserts(
            self.engine,
            start,
            " ON CONFLICT DO NOTHING",
            &self.uses,
            |used| {
                // Begins with the time, so that those of one time stand side by side.
                let key = [&used.expires.0.to_be_bytes()[2..], &used.used].concat();
                Ok([used.member.as_str().into(), key.as_slice().into(), used.expires.0.into()])
            },
        )?);
        Ok(script)
    }

    /// The commit is on disk.
    pub(super) fn committed(&mut self) {
        self.changes.committed(&self.known);
    }

    /// A delivery of ours that is open.
    pub(super) fn open_delivery(&self, place: &Place) -> Option<&Delivery> {
        self.memory.open.get(place)
    }

    /// Opens a delivery of ours, or closes it.
    pub(super) fn deliver(&mut self, member: &MemberId, delivery: Delivery) {
        let place = (member.clone(), delivery.reference.clone());
        let before = match delivery.closed {
            None => self.memory.open.insert(place.clone(), delivery.clone()),
            Some(_) => self.memory.open.remove(&place),
        };
        self.before.push((place, before));
        self.deliveries.push((member.clone(), delivery));
    }

    /// How much members have under way.
    pub(super) fn counts(&mut self) -> &mut Open {
        &mut self.memory.counts
    }

    /// A row of the outbox that was never used.
    pub(super) fn next_row(&mut self) -> i64 {
        self.memory.row += 1;
        self.memory.row
    }

    pub(super) fn record(&mut self, member: MemberId, record: Record) {
        self.pending.push(Pending { job: self.job, member, record });
    }

    pub(super) fn use_once(&mut self, used: Use) -> bool {
        if self.memory.seen.contains_key(&used.used) {
            return false;
        }
        self.memory.seen.insert(used.used, used.expires.0);
        self.uses.push(used);
        true
    }

    /// The member of the present write leaves this host.
    pub(super) fn retire(&mut self, member: MemberId) {
        self.leaving = Some(member.clone());
        self.memory.retired.insert(member);
    }

    pub(super) fn is_retired(&self, member: &MemberId) -> bool {
        self.memory.retired.contains(member)
    }

    /// Forgets identifiers that ended.
    pub(super) fn forget(&mut self, now: Timestamp) {
        self.memory.seen.retain(|_, expires| *expires > now.0);
    }
}
