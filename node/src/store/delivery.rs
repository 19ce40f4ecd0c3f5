//! Deliveries: opened before the first byte, closed once after the last.

use contracts::id::{MemberId, Pid};
use sqlx::AnyConnection;

use super::row::{Page, Row, int, of, reads};
use super::{Error, Tx};
use crate::domain::delivery::{Closed, Delivery};
use crate::domain::event::{Ending, Reference};
use crate::domain::process::Role;

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT reference, role, transfer, agreement, dataset, peer, path, first, at_most, opened, closed, bytes, \
             sha256, ending FROM delivery WHERE member = $1 AND ",
            $condition
        )
    };
}

reads! {
    /// A delivery as the provider, or the consumer, of it.
    delivery(reference: &Reference, role: Role) -> Option<Delivery> = by_reference;
    /// Deliveries of ours as provider that are not closed.
    open_deliveries() -> Vec<Delivery> = open;
    /// Whether a file was received whole under a transfer.
    received(transfer: &Pid, path: &str) -> bool = whole;
    /// How many other files than this one came, in whole or in part, under a transfer.
    other_files_received(transfer: &Pid, path: &str) -> u64 = others;
    /// Deliveries of a transfer, by reference.
    deliveries(transfer: &Pid, page: &Page) -> Vec<Delivery> = of_transfer;
}

async fn by_reference(
    conn: &mut AnyConnection,
    member: &MemberId,
    reference: &Reference,
    role: Role,
) -> Result<Option<Delivery>, Error> {
    let query = sqlx::query(select!("reference = $2 AND role = $3"));
    let query = query.bind(member.as_str()).bind(reference.0.as_str()).bind(role.as_str());
    query.fetch_optional(conn).await?.map(of("delivery")).map(|row| read(&row)).transpose()
}

async fn open(conn: &mut AnyConnection, member: &MemberId) -> Result<Vec<Delivery>, Error> {
    let sql = select!("closed IS NULL AND role = 'provider' ORDER BY reference");
    let rows = sqlx::query(sql).bind(member.as_str()).fetch_all(conn).await?;
    rows.into_iter().map(of("delivery")).map(|row| read(&row)).collect()
}

async fn whole(
    conn: &mut AnyConnection,
    member: &MemberId,
    transfer: &Pid,
    path: &str,
) -> Result<bool, Error> {
    let sql = "SELECT COUNT(*) AS n FROM delivery WHERE member = $1 AND transfer = $2 AND path = $3 \
               AND role = 'consumer' AND ending = 'complete'";
    Ok(count(conn, sql, member, transfer, path).await? > 0)
}

async fn others(
    conn: &mut AnyConnection,
    member: &MemberId,
    transfer: &Pid,
    path: &str,
) -> Result<u64, Error> {
    let sql = "SELECT COUNT(DISTINCT path) AS n FROM delivery WHERE member = $1 AND transfer = $2 AND path <> $3 \
               AND role = 'consumer'";
    count(conn, sql, member, transfer, path).await
}

async fn count(
    conn: &mut AnyConnection,
    sql: &'static str,
    member: &MemberId,
    transfer: &Pid,
    path: &str,
) -> Result<u64, Error> {
    let query = sqlx::query(sql).bind(member.as_str()).bind(transfer.as_str()).bind(path.to_owned());
    of("delivery")(query.fetch_one(conn).await?).count("n")
}

async fn of_transfer(
    conn: &mut AnyConnection,
    member: &MemberId,
    transfer: &Pid,
    page: &Page,
) -> Result<Vec<Delivery>, Error> {
    let sql = select!("transfer = $2 AND reference > $3 ORDER BY reference LIMIT $4");
    let query = sqlx::query(sql).bind(member.as_str()).bind(transfer.as_str());
    let rows = query.bind(page.after()).bind(page.limit()).fetch_all(conn).await?;
    rows.into_iter().map(of("delivery")).map(|row| read(&row)).collect()
}

impl Tx<'_> {
    /// Adds a delivery; `false` if it is there already.
    pub async fn insert_delivery(&mut self, d: &Delivery) -> Result<bool, Error> {
        let sql = "INSERT INTO delivery (reference, member, role, transfer, agreement, dataset, peer, path, first, \
                   at_most, opened, closed, bytes, sha256, ending) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING";
        let closed = d.closed.as_ref();
        let query = sqlx::query(sql)
            .bind(d.reference.0.as_str())
            .bind(self.member.to_string())
            .bind(d.role.as_str())
            .bind(d.transfer.as_str())
            .bind(d.agreement.as_str())
            .bind(d.dataset.as_str())
            .bind(d.peer.as_str())
            .bind(d.path.as_str())
            .bind(int(d.first)?)
            .bind(int(d.at_most)?)
            .bind(d.opened.0)
            .bind(closed.map(|c| c.at.0))
            .bind(closed.map(|c| int(c.bytes)).transpose()?)
            .bind(closed.map(|c| c.sha256.clone()))
            .bind(closed.map(|c| c.ending.as_str()));
        Ok(query.execute(self.writing().await?).await?.rows_affected() == 1)
    }

    /// Closes a delivery; `false` if it is not open.
    pub async fn close_delivery(
        &mut self,
        reference: &Reference,
        role: Role,
        closed: &Closed,
    ) -> Result<bool, Error> {
        let sql = "UPDATE delivery SET closed = $1, bytes = $2, sha256 = $3, ending = $4 \
                   WHERE member = $5 AND role = $6 AND reference = $7 AND closed IS NULL";
        let query = sqlx::query(sql)
            .bind(closed.at.0)
            .bind(int(closed.bytes)?)
            .bind(closed.sha256.as_str())
            .bind(closed.ending.as_str())
            .bind(self.member.to_string())
            .bind(role.as_str())
            .bind(reference.0.as_str());
        Ok(query.execute(self.writing().await?).await?.rows_affected() == 1)
    }
}

fn read(row: &Row) -> Result<Delivery, Error> {
    let closed = match row.opt_time("closed")? {
        Some(at) => Some(Closed {
            bytes: row.count("bytes")?,
            sha256: row.text("sha256")?,
            ending: row.one_of("ending", ending)?,
            at,
        }),
        None => None,
    };
    Ok(Delivery {
        reference: Reference(row.text("reference")?),
        role: row.one_of("role", Role::parse)?,
        transfer: row.pid("transfer")?,
        agreement: row.agreement("agreement")?,
        dataset: row.dataset("dataset")?,
        peer: row.participant("peer")?,
        path: row.text("path")?,
        first: row.count("first")?,
        at_most: row.count("at_most")?,
        opened: row.time("opened")?,
        closed,
    })
}

fn ending(text: &str) -> Option<Ending> {
    [
        Ending::Complete,
        Ending::Broken,
        Ending::Suspended,
        Ending::Terminated,
        Ending::Revoked,
        Ending::SourceFailed,
        Ending::TimedOut,
    ]
    .into_iter()
    .find(|e| e.as_str() == text)
}
