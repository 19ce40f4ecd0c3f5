//! Messages on their way to peers.

use contracts::id::MemberId;
use sqlx::AnyConnection;

use super::row::{Row, of, reads};
use super::script::Statement;
use super::{Engine, Error, Store, Tx};
use crate::domain::outgoing::{Outgoing, Process, Queued};
use crate::domain::time::Timestamp;

/// How long the worker may hold a message without a word before the scan hands it out again, in milliseconds. Sending a
/// message twice is harmless, the receiver answers as the first time.
const CLAIM: i64 = 120_000;

macro_rules! columns {
    () => {
        "id, member, peer, process_kind, process, seq, kind, url, body, attempts, next_at, created"
    };
}

macro_rules! insert {
    ($overriding:literal) => {
        concat!(
            "INSERT INTO outbox (id, member, peer, process_kind, process, seq, kind, url, body, created, updated, \
             next_at, claimed_until, state, attempts) ",
            $overriding,
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $12, $11, 'waiting', 0)"
        )
    };
}

reads! {
    /// How many messages wait to be sent.
    outbox_waiting() -> u64 = waiting;
    /// The first message of a process that waits, whoever holds it.
    outbox_head(process: &Process) -> Option<Queued> = head;
}

// Not by an index of the member, which would visit all that was ever sent: by the index of what waits.
async fn waiting(conn: &mut AnyConnection, member: &MemberId) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) AS n FROM outbox WHERE member || '' = $1 AND state = 'waiting'";
    of("outbox")(sqlx::query(sql).bind(member.as_str()).fetch_one(conn).await?).count("n")
}

async fn head(
    conn: &mut AnyConnection,
    member: &MemberId,
    process: &Process,
) -> Result<Option<Queued>, Error> {
    let (kind, process) = process.parts();
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM outbox WHERE member = $1 AND process_kind = $2 AND process = $3 AND state = 'waiting' \
         ORDER BY seq LIMIT 1"
    );
    let query = sqlx::query(sql).bind(member.as_str()).bind(kind).bind(process);
    query.fetch_optional(conn).await?.map(of("outbox")).map(|row| read(&row)).transpose()
}

impl Tx<'_> {
    /// Puts a message into the outbox; the delivery worker gets it right after the commit.
    pub async fn enqueue(&mut self, message: Outgoing) -> Result<(), Error> {
        let now = self.at;
        self.enqueue_at(message, now).await
    }

    /// As [`Self::enqueue`], and not sent before that instant.
    pub async fn enqueue_at(&mut self, message: Outgoing, at: Timestamp) -> Result<(), Error> {
        let queued = Queued {
            row: self.batch.next_row(),
            member: self.member.clone(),
            seq: self.next_message(&message.process).await?,
            process: message.process,
            peer: message.peer,
            kind: message.kind.to_owned(),
            url: message.url,
            body: message.body,
            attempts: 0,
            created: self.at,
            next_at: at,
        };
        let (kind, process) = queued.process.parts();
        // We number the rows ourselves: no answer to wait for.
        let sql = match self.batch.engine {
            Engine::Sqlite => insert!(""),
            Engine::Postgres => insert!("OVERRIDING SYSTEM VALUE "),
        };
        let values = [
            queued.row.into(),
            self.member.as_str().into(),
            queued.peer.as_str().into(),
            kind.into(),
            process.into(),
            queued.seq.into(),
            queued.kind.as_str().into(),
            queued.url.as_str().into(),
            queued.body.as_str().into(),
            self.at.0.into(),
            self.at.plus_millis(CLAIM).0.into(),
            at.0.into(),
        ];
        self.later(Statement::new(sql, values));
        self.batch.counts().waits(&self.member);
        self.batch.queued.push(queued);
        Ok(())
    }

    /// A new process has had no message yet.
    pub(super) fn first_message(&mut self, process: &Process) {
        self.batch.changes.messages.written(&self.member, &line(process), Some(&0));
    }

    /// The number of a process's next message, one more than that of its last.
    async fn next_message(&mut self, process: &Process) -> Result<i64, Error> {
        let key = line(process);
        let known = self.batch.changes.messages.get(&self.batch.known.messages, &self.member, &key);
        let last = match known {
            Some(last) => last,
            None => {
                let member = self.member.to_string();
                let (kind, process) = process.parts();
                let sql = "SELECT COALESCE(MAX(seq), 0) AS last FROM outbox \
                           WHERE member = $1 AND process_kind = $2 AND process = $3";
                let query = sqlx::query(sql).bind(member).bind(kind).bind(process.to_owned());
                of("outbox")(query.fetch_one(self.reading().await?).await?).int("last")?
            }
        };
        self.batch.changes.messages.written(&self.member, &key, Some(&(last + 1)));
        Ok(last + 1)
    }

    /// The peer has it.
    pub fn outbox_done(&mut self, row: i64) {
        self.end_message(row, "done", None);
    }

    /// It will never be sent again.
    pub fn outbox_refused(&mut self, row: i64, reason: &str) {
        self.end_message(row, "refused", Some(reason));
    }

    fn end_message(&mut self, row: i64, state: &str, reason: Option<&str>) {
        // The body is of no more use, and may be personal.
        let sql = "UPDATE outbox SET state = $1, reason = $2, updated = $3, body = '' \
                   WHERE id = $4 AND member = $5 AND state = 'waiting'";
        let reason = reason.map(str::to_owned);
        let values = [state.into(), reason.into(), self.at.0.into(), row.into(), self.member.as_str().into()];
        self.later(Statement::new(sql, values));
    }

    /// It could not be sent now; it is due again at `next_at`.
    pub fn outbox_retry(&mut self, row: i64, next_at: Timestamp, reason: &str) {
        let sql = "UPDATE outbox SET attempts = attempts + 1, next_at = $1, claimed_until = $2, reason = $3, \
                   updated = $4 WHERE id = $5 AND member = $6 AND state = 'waiting'";
        let values = [
            next_at.0.into(),
            next_at.plus_millis(CLAIM).0.into(),
            reason.into(),
            self.at.0.into(),
            row.into(),
            self.member.as_str().into(),
        ];
        self.later(Statement::new(sql, values));
    }
}

impl Store {
    /// Messages of all members that are due and that nobody holds, at most so many; of one process in their order, and
    /// none whose predecessor waits. [`Tx::outbox_claim`] takes them.
    pub async fn outbox_due(&self, most: i64) -> Result<Vec<Queued>, Error> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM outbox o WHERE state = 'waiting' AND next_at <= $1 AND claimed_until <= $1 AND NOT EXISTS \
             (SELECT 1 FROM outbox p WHERE p.member = o.member AND p.process_kind = o.process_kind \
             AND p.process = o.process AND p.seq < o.seq AND p.state = 'waiting') \
             AND o.member NOT IN (SELECT m.member FROM member m WHERE m.retired IS NOT NULL) ORDER BY next_at, id LIMIT $2 + 0"
        );
        let mut conn = self.pool.acquire().await?;
        let rows = sqlx::query(sql).bind(self.clock.now().0).bind(most).fetch_all(&mut *conn).await?;
        rows.into_iter().map(of("outbox")).map(|row| read(&row)).collect()
    }
}

impl Tx<'_> {
    /// Gives all messages of the member free, at start: whoever held them is gone.
    pub async fn outbox_release(&mut self) -> Result<(), Error> {
        let query =
            sqlx::query("UPDATE outbox SET claimed_until = 0 WHERE member || '' = $1 AND state = 'waiting'");
        query.bind(self.member.to_string()).execute(self.writing().await?).await?;
        Ok(())
    }

    /// Takes a message found by [`Store::outbox_due`]; `false` if it was taken or ended meanwhile.
    pub async fn outbox_claim(&mut self, row: i64) -> Result<bool, Error> {
        let sql = "UPDATE outbox SET claimed_until = $1 \
                   WHERE id = $2 AND member = $3 AND state = 'waiting' AND claimed_until <= $4";
        let query = sqlx::query(sql)
            .bind(self.at.plus_millis(CLAIM).0)
            .bind(row)
            .bind(self.member.to_string())
            .bind(self.at.0);
        Ok(query.execute(self.writing().await?).await?.rows_affected() == 1)
    }
}

/// The newest row of all members.
pub(super) async fn newest(conn: &mut AnyConnection) -> Result<i64, Error> {
    let row = sqlx::query("SELECT COALESCE(MAX(id), 0) AS id FROM outbox").fetch_one(conn).await?;
    of("outbox")(row).int("id")
}

fn line(process: &Process) -> String {
    let (kind, process) = process.parts();
    format!("{kind} {process}")
}

fn read(row: &Row) -> Result<Queued, Error> {
    let process = row.text("process")?;
    Ok(Queued {
        row: row.int("id")?,
        member: row.member("member")?,
        process: row.one_of("process_kind", |kind| Process::parse(kind, &process))?,
        seq: row.int("seq")?,
        peer: row.participant("peer")?,
        kind: row.text("kind")?,
        url: row.text("url")?,
        body: row.text("body")?,
        attempts: u32::try_from(row.int("attempts")?).map_err(|_| row.wrong("attempts"))?,
        created: row.time("created")?,
        next_at: row.time("next_at")?,
    })
}
