//! Messages on their way to peers.

use contracts::id::MemberId;
use sqlx::AnyConnection;

use super::row::{Row, of, reads};
use super::{Error, Store, Tx};
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

reads! {
    /// How many messages wait to be sent.
    outbox_waiting() -> u64 = waiting;
    /// The first message of a process that waits, whoever holds it.
    outbox_head(process: &Process) -> Option<Queued> = head;
}

async fn waiting(conn: &mut AnyConnection, member: &MemberId) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) AS n FROM outbox WHERE member = $1 AND state = 'waiting'";
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
        let now = self.now;
        self.enqueue_at(message, now).await
    }

    /// As [`Self::enqueue`], and not sent before that instant.
    pub async fn enqueue_at(&mut self, message: Outgoing, at: Timestamp) -> Result<(), Error> {
        let (kind, process) = message.process.parts();
        let sql = concat!(
            "INSERT INTO outbox (member, peer, process_kind, process, kind, url, body, created, updated, next_at, \
             claimed_until, state, attempts, seq) \
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $8, $10, $9, 'waiting', 0, COALESCE(MAX(seq), 0) + 1 \
             FROM outbox WHERE member = $1 AND process_kind = $3 AND process = $4 RETURNING ",
            columns!()
        );
        let query = sqlx::query(sql)
            .bind(self.member.to_string())
            .bind(message.peer.to_string())
            .bind(kind)
            .bind(process)
            .bind(message.kind)
            .bind(message.url.as_str())
            .bind(message.body.as_str())
            .bind(self.now.0)
            .bind(self.now.plus_millis(CLAIM).0)
            .bind(at.0);
        let row = of("outbox")(query.fetch_one(self.writing().await?).await?);
        self.batch.queued.push(read(&row)?);
        Ok(())
    }

    /// The peer has it.
    pub async fn outbox_done(&mut self, row: i64) -> Result<(), Error> {
        self.end_message(row, "done", None).await
    }

    /// It will never be sent again.
    pub async fn outbox_refused(&mut self, row: i64, reason: &str) -> Result<(), Error> {
        self.end_message(row, "refused", Some(reason)).await
    }

    async fn end_message(&mut self, row: i64, state: &str, reason: Option<&str>) -> Result<(), Error> {
        // The body is of no more use, and may be personal.
        let sql = "UPDATE outbox SET state = $1, reason = $2, updated = $3, body = '' \
                   WHERE id = $4 AND member = $5 AND state = 'waiting'";
        let query = sqlx::query(sql)
            .bind(state)
            .bind(reason)
            .bind(self.now.0)
            .bind(row)
            .bind(self.member.to_string());
        query.execute(self.writing().await?).await?;
        Ok(())
    }

    /// It could not be sent now; it is due again at `next_at`.
    pub async fn outbox_retry(&mut self, row: i64, next_at: Timestamp, reason: &str) -> Result<(), Error> {
        let sql = "UPDATE outbox SET attempts = attempts + 1, next_at = $1, claimed_until = $2, reason = $3, \
                   updated = $4 WHERE id = $5 AND member = $6 AND state = 'waiting'";
        let query = sqlx::query(sql)
            .bind(next_at.0)
            .bind(next_at.plus_millis(CLAIM).0)
            .bind(reason)
            .bind(self.now.0)
            .bind(row)
            .bind(self.member.to_string());
        query.execute(self.writing().await?).await?;
        Ok(())
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
             AND o.member NOT IN (SELECT m.member FROM member m WHERE m.retired IS NOT NULL) ORDER BY next_at, id LIMIT $2"
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
            sqlx::query("UPDATE outbox SET claimed_until = 0 WHERE member = $1 AND state = 'waiting'");
        query.bind(self.member.to_string()).execute(self.writing().await?).await?;
        Ok(())
    }

    /// Takes a message found by [`Store::outbox_due`]; `false` if it was taken or ended meanwhile.
    pub async fn outbox_claim(&mut self, row: i64) -> Result<bool, Error> {
        let sql = "UPDATE outbox SET claimed_until = $1 \
                   WHERE id = $2 AND member = $3 AND state = 'waiting' AND claimed_until <= $4";
        let query = sqlx::query(sql)
            .bind(self.now.plus_millis(CLAIM).0)
            .bind(row)
            .bind(self.member.to_string())
            .bind(self.now.0);
        Ok(query.execute(self.writing().await?).await?.rows_affected() == 1)
    }
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
