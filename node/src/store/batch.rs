//! What the writes of one commit share: their events, messages and used identifiers, and where one can be undone.

use std::collections::{HashMap, HashSet};

use contracts::id::MemberId;
use sqlx::AnyConnection;

use super::Error;
use crate::domain::event::Record;
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

#[derive(Default)]
enum Savepoint {
    #[default]
    None,
    /// Before the writes of the present job, which wrote nothing yet.
    Ready,
    /// Before the writes of an earlier job.
    Passed,
    /// Before the writes of the present job, which wrote.
    Used,
}

#[derive(Default)]
pub(super) struct Batch {
    pub(super) pending: Vec<Pending>,
    pub(super) queued: Vec<Queued>,
    pub(super) uses: Vec<Use>,
    /// Identifiers in use, with their ends: this process is the only one that writes them.
    seen: HashMap<[u8; 16], i64>,
    /// Members that left this host, as of the writes so far.
    retired: HashSet<MemberId>,
    /// Who left by the present write.
    leaving: Option<MemberId>,
    job: usize,
    marks: (usize, usize, usize),
    savepoint: Savepoint,
}

impl Batch {
    pub(super) fn new(seen: HashMap<[u8; 16], i64>, retired: HashSet<MemberId>) -> Self {
        Self { seen, retired, ..Self::default() }
    }

    /// Starts the next commit.
    pub(super) fn start(&mut self) {
        self.pending.clear();
        self.queued.clear();
        self.uses.clear();
        self.savepoint = Savepoint::None;
    }

    /// Starts the next write.
    pub(super) fn start_job(&mut self, job: usize) {
        self.job = job;
        self.leaving = None;
        self.marks = (self.pending.len(), self.queued.len(), self.uses.len());
        if matches!(self.savepoint, Savepoint::Used) {
            self.savepoint = Savepoint::Passed;
        }
    }

    /// Whether the present write recorded something.
    pub(super) fn recorded(&self) -> bool {
        self.pending.len() > self.marks.0
    }

    /// Undoes the present write and nothing else.
    pub(super) async fn undo(&mut self, conn: &mut AnyConnection) -> Result<(), Error> {
        self.pending.truncate(self.marks.0);
        self.queued.truncate(self.marks.1);
        for undone in self.uses.drain(self.marks.2..) {
            self.seen.remove(&undone.used);
        }
        if let Some(member) = self.leaving.take() {
            self.retired.remove(&member);
        }
        if matches!(self.savepoint, Savepoint::Used) {
            sqlx::raw_sql("ROLLBACK TO SAVEPOINT w").execute(conn).await?;
            self.savepoint = Savepoint::Ready;
        }
        Ok(())
    }

    /// Before the first change of a write. Writes that only read, record and enqueue need no savepoint.
    pub(super) async fn savepoint(&mut self, conn: &mut AnyConnection) -> Result<(), Error> {
        let sql = match self.savepoint {
            Savepoint::None => "SAVEPOINT w",
            Savepoint::Passed => "RELEASE SAVEPOINT w; SAVEPOINT w",
            Savepoint::Ready | Savepoint::Used => "",
        };
        if !sql.is_empty() {
            sqlx::raw_sql(sql).execute(conn).await?;
        }
        self.savepoint = Savepoint::Used;
        Ok(())
    }

    pub(super) fn record(&mut self, member: MemberId, record: Record) {
        self.pending.push(Pending { job: self.job, member, record });
    }

    pub(super) fn use_once(&mut self, used: Use) -> bool {
        if self.seen.contains_key(&used.used) {
            return false;
        }
        self.seen.insert(used.used, used.expires.0);
        self.uses.push(used);
        true
    }

    /// The member of the present write leaves this host.
    pub(super) fn retire(&mut self, member: MemberId) {
        self.leaving = Some(member.clone());
        self.retired.insert(member);
    }

    pub(super) fn is_retired(&self, member: &MemberId) -> bool {
        self.retired.contains(member)
    }

    /// Forgets identifiers that ended.
    pub(super) fn forget(&mut self, now: Timestamp) {
        self.seen.retain(|_, expires| *expires > now.0);
    }
}
