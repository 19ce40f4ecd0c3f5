//! Receipts of deliveries: waiting to be signed, signed, or verified.

use contracts::id::{MemberId, ParticipantId};
use sqlx::AnyConnection;

use super::row::{Row, of, reads};
use super::{Error, Tx};
use crate::domain::event::Reference;
use crate::domain::process::Role;
use crate::domain::time::Timestamp;

/// A receipt as kept: `waiting` (ours, not signed yet), `signed` (ours, sent) or `verified` (a consumer's).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptRow {
    pub reference: Reference,
    pub role: Role,
    pub peer: ParticipantId,
    pub state: String,
    pub at: Timestamp,
    /// JSON.
    pub body: String,
}

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT reference, role, peer, state, at, body FROM receipt WHERE member = $1 AND ",
            $condition
        )
    };
}

reads! {
    /// A receipt as its receiver (provider) or giver (consumer).
    receipt(reference: &Reference, role: Role) -> Option<ReceiptRow> = by_reference;
    /// Receipts of ours to sign, at most so many.
    receipts_waiting(most: i64) -> Vec<ReceiptRow> = waiting;
}

async fn by_reference(
    conn: &mut AnyConnection,
    member: &MemberId,
    reference: &Reference,
    role: Role,
) -> Result<Option<ReceiptRow>, Error> {
    let query = sqlx::query(select!("reference = $2 AND role = $3"));
    let query = query.bind(member.as_str()).bind(reference.0.as_str()).bind(role.as_str());
    query.fetch_optional(conn).await?.map(of("receipt")).map(|row| read(&row)).transpose()
}

async fn waiting(conn: &mut AnyConnection, member: &MemberId, most: i64) -> Result<Vec<ReceiptRow>, Error> {
    let query = sqlx::query(select!("state = 'waiting' ORDER BY peer, reference LIMIT $2 + 0"));
    let rows = query.bind(member.as_str()).bind(most).fetch_all(conn).await?;
    rows.into_iter().map(of("receipt")).map(|row| read(&row)).collect()
}

impl Tx<'_> {
    /// Adds a receipt; `false` if there is one already.
    pub async fn insert_receipt(
        &mut self,
        reference: &Reference,
        role: Role,
        peer: &ParticipantId,
        state: &str,
        body: &str,
    ) -> Result<bool, Error> {
        let sql = "INSERT INTO receipt (reference, member, role, peer, state, at, body) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
        let query = sqlx::query(sql)
            .bind(reference.0.as_str())
            .bind(self.member.to_string())
            .bind(role.as_str())
            .bind(peer.as_str())
            .bind(state)
            .bind(self.at.0)
            .bind(body);
        Ok(query.execute(self.writing().await?).await?.rows_affected() == 1)
    }

    /// Replaces a waiting receipt of ours by its signed form.
    ///
    /// # Errors
    /// [`Error::Conflict`] if none waits under this reference.
    pub async fn receipt_signed(&mut self, reference: &Reference, body: &str) -> Result<(), Error> {
        let sql = "UPDATE receipt SET state = 'signed', body = $1 \
                   WHERE member = $2 AND role = 'consumer' AND reference = $3 AND state = 'waiting'";
        let query = sqlx::query(sql).bind(body).bind(self.member.to_string()).bind(reference.0.as_str());
        match query.execute(self.writing().await?).await?.rows_affected() {
            1 => Ok(()),
            _ => Err(Error::Conflict("receipt")),
        }
    }
}

fn read(row: &Row) -> Result<ReceiptRow, Error> {
    Ok(ReceiptRow {
        reference: Reference(row.text("reference")?),
        role: row.one_of("role", Role::parse)?,
        peer: row.participant("peer")?,
        state: row.text("state")?,
        at: row.time("at")?,
        body: row.text("body")?,
    })
}
