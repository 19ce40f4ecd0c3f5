//! One write, as its closure sees it. What it records and enqueues is committed with it or not at all.

use contracts::id::MemberId;
use sha2::{Digest, Sha256};
use sqlx::AnyConnection;

use super::Error;
use super::batch::{Batch, Use};
use super::found::Kind;
use super::script::Statement;
use crate::domain::event::Record;
use crate::domain::time::Timestamp;

/// A write in progress, of one member.
pub struct Tx<'c> {
    pub(super) conn: &'c mut AnyConnection,
    pub(super) batch: &'c mut Batch,
    pub(super) member: MemberId,
    pub(super) at: Timestamp,
}

impl Tx<'_> {
    pub fn member(&self) -> &MemberId {
        &self.member
    }
    /// The instant of this write: that of its entries in the log.
    pub fn now(&self) -> Timestamp {
        self.at
    }

    /// Puts an event, or a record with the decision behind it, into the member's log. Its index is known after the commit.
    pub fn record(&mut self, record: impl Into<Record>) {
        self.batch.record(self.member.clone(), record.into());
    }

    /// Whether an identifier of this issuer is used for the first time; it is remembered until it expires.
    pub async fn use_once(&mut self, issuer: &str, id: &str, expires: Timestamp) -> Result<bool, Error> {
        let digest = Sha256::new()
            .chain_update(self.member.as_str())
            .chain_update([0])
            .chain_update(issuer)
            .chain_update([0])
            .chain_update(id)
            .finalize();
        let mut used = [0; 16];
        used.copy_from_slice(&digest[..16]);
        Ok(self.batch.use_once(Use { member: self.member.clone(), used, expires }))
    }

    /// As [`Self::use_once`] for many at once; the answers in their order.
    pub async fn use_all_once(
        &mut self,
        issuer: &str,
        ids: &[(String, Timestamp)],
    ) -> Result<Vec<bool>, Error> {
        let mut fresh = Vec::with_capacity(ids.len());
        for (id, expires) in ids {
            fresh.push(self.use_once(issuer, id, *expires).await?);
        }
        Ok(fresh)
    }

    /// The connection, to read with: it sees what was written before.
    pub(super) async fn reading(&mut self) -> Result<&mut AnyConnection, Error> {
        self.batch.flush(self.conn).await?;
        Ok(self.conn)
    }

    /// The connection, to write with and hear what it did: from here on the write can be undone alone.
    pub(super) async fn writing(&mut self) -> Result<&mut AnyConnection, Error> {
        self.batch.savepoint(self.conn).await?;
        Ok(self.conn)
    }

    /// What readers found of this kind is to be looked at again after the commit.
    pub(super) fn changes(&mut self, kind: Kind) {
        self.batch.found.push((kind, self.member.clone()));
    }

    /// Writes without an answer, together with what else waits. Only what cannot fail alone: it would take the whole
    /// commit with it.
    pub(super) fn later(&mut self, statement: Statement) {
        self.batch.later(statement);
    }

    /// As [`Self::later`], of a row of this table that may be there already: then the write ends with
    /// [`Error::Conflict`], whatever it answered.
    pub(super) fn insert(&mut self, table: &'static str, statement: Statement) {
        self.batch.later(statement.unless_taken(table));
    }
}
