//! Deliveries: opened before the first byte, closed once after the last.

use std::collections::HashMap;

use contracts::id::{DatasetId, MemberId, ParticipantId, Pid};
use sqlx::AnyConnection;

use super::batch::Place;
use super::row::{Page, Row, int, of, reads};
use super::script::{Statement, Value};
use super::{Engine, Error, Tx};
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
    /// Uses of a dataset of ours that let bytes out or may yet: by anybody, and by one peer.
    uses_of(dataset: &DatasetId, peer: &ParticipantId) -> (u64, u64) = uses;
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

async fn uses(
    conn: &mut AnyConnection,
    member: &MemberId,
    dataset: &DatasetId,
    peer: &ParticipantId,
) -> Result<(u64, u64), Error> {
    let sql = "SELECT COUNT(*) AS n, COUNT(CASE WHEN peer = $3 THEN 1 END) AS own FROM delivery \
               WHERE member = $1 AND dataset = $2 AND role = 'provider' AND at_most > 0 \
               AND (closed IS NULL OR bytes > 0)";
    let query = sqlx::query(sql).bind(member.as_str()).bind(dataset.to_string()).bind(peer.to_string());
    let row = of("delivery")(query.fetch_one(conn).await?);
    Ok((row.count("n")?, row.count("own")?))
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
    let sql = select!("transfer = $2 AND reference > $3 ORDER BY reference LIMIT $4 + 0");
    let query = sqlx::query(sql).bind(member.as_str()).bind(transfer.as_str());
    let rows = query.bind(page.after()).bind(page.limit()).fetch_all(conn).await?;
    rows.into_iter().map(of("delivery")).map(|row| read(&row)).collect()
}

impl Tx<'_> {
    /// Adds a delivery; `false` if it is there already.
    pub async fn insert_delivery(&mut self, d: &Delivery) -> Result<bool, Error> {
        if d.role == Role::Provider && d.closed.is_none() {
            // Its reference is new: we drew it.
            if self.batch.open_delivery(&(self.member.clone(), d.reference.clone())).is_some() {
                return Ok(false);
            }
            self.batch.deliver(&self.member, d.clone());
            return Ok(true);
        }
        if self.delivery(&d.reference, d.role).await?.is_some() {
            return Ok(false);
        }
        for statement in Statement::inserts(self.batch.engine, INSERT, "", &[d], |d| values(&self.member, d))?
        {
            self.later(statement);
        }
        Ok(true)
    }

    /// Closes a delivery of ours as provider; `false` if it is not open.
    pub fn close_delivery(&mut self, reference: &Reference, closed: &Closed) -> bool {
        let place = (self.member.clone(), reference.clone());
        let Some(open) = self.batch.open_delivery(&place) else { return false };
        let delivery = Delivery { closed: Some(closed.clone()), ..open.clone() };
        self.batch.deliver(&self.member, delivery);
        true
    }
}

const INSERT: &str = "INSERT INTO delivery (reference, member, role, transfer, agreement, dataset, peer, path, first, \
                      at_most, opened, closed, bytes, sha256, ending)";

fn values(member: &MemberId, d: &Delivery) -> Result<[Value; 15], Error> {
    let closed = d.closed.as_ref();
    Ok([
        d.reference.0.as_str().into(),
        member.as_str().into(),
        d.role.as_str().into(),
        d.transfer.as_str().into(),
        d.agreement.as_str().into(),
        d.dataset.as_str().into(),
        d.peer.as_str().into(),
        d.path.as_str().into(),
        int(d.first)?.into(),
        int(d.at_most)?.into(),
        d.opened.0.into(),
        closed.map(|c| c.at.0).into(),
        closed.map(|c| int(c.bytes)).transpose()?.into(),
        closed.map(|c| c.sha256.clone()).into(),
        closed.map(|c| c.ending.as_str().to_owned()).into(),
    ])
}

/// Stores deliveries as they are, each as it was given last.
pub(super) fn upserts(engine: Engine, deliveries: &[(MemberId, Delivery)]) -> Result<Vec<Statement>, Error> {
    let last: HashMap<_, usize> =
        deliveries.iter().enumerate().map(|(n, (member, d))| ((member, &d.reference), n)).collect();
    let rows: Vec<_> = deliveries
        .iter()
        .enumerate()
        .filter(|(n, (member, d))| last.get(&(member, &d.reference)) == Some(n))
        .collect();
    let end = " ON CONFLICT (member, role, reference) DO UPDATE SET closed = excluded.closed, bytes = excluded.bytes, \
               sha256 = excluded.sha256, ending = excluded.ending";
    Statement::inserts(engine, INSERT, end, &rows, |(_, (member, d))| values(member, d))
}

/// All deliveries of all members that are open.
pub(super) async fn all_open(conn: &mut AnyConnection) -> Result<HashMap<Place, Delivery>, Error> {
    let sql = "SELECT reference, role, transfer, agreement, dataset, peer, path, first, at_most, opened, closed, bytes, \
               sha256, ending, member FROM delivery WHERE closed IS NULL AND role = 'provider'";
    let rows = sqlx::query(sql).fetch_all(conn).await?.into_iter().map(of("delivery"));
    rows.map(|row| {
        let delivery = read(&row)?;
        Ok(((row.member("member")?, delivery.reference.clone()), delivery))
    })
    .collect()
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
