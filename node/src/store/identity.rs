//! Peers' DID documents as fetched, so that a restart does not fetch them all again.

use super::row::of;
use super::{Error, Store, Tx};
use crate::domain::time::Timestamp;
use crate::identity::resolve::Kept;

impl Tx<'_> {
    /// Keeps a document, if it is newer than the one kept.
    pub async fn keep_identity(&mut self, kept: &Kept) -> Result<(), Error> {
        let sql = "INSERT INTO peer_identity (did, member, document, fetched_at) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (member, did) DO UPDATE SET document = excluded.document, \
                   fetched_at = excluded.fetched_at WHERE peer_identity.fetched_at < excluded.fetched_at";
        let query = sqlx::query(sql)
            .bind(kept.did.as_str())
            .bind(self.member.to_string())
            .bind(kept.document.as_slice())
            .bind(kept.fetched_at.0);
        query.execute(self.writing().await?).await?;
        Ok(())
    }
}

impl Store {
    /// Documents fetched since `since`, of all members, at most so many, newest first.
    pub async fn identities(&self, since: Timestamp, most: i64) -> Result<Vec<Kept>, Error> {
        let sql = "SELECT did, document, fetched_at FROM peer_identity WHERE fetched_at >= $1 \
                   ORDER BY fetched_at DESC LIMIT $2 + 0";
        let mut conn = self.pool.acquire().await?;
        let rows = sqlx::query(sql).bind(since.0).bind(most).fetch_all(&mut *conn).await?;
        rows.into_iter()
            .map(of("peer_identity"))
            .map(|row| {
                Ok(Kept {
                    did: row.participant("did")?,
                    document: row.bytes("document")?,
                    fetched_at: row.time("fetched_at")?,
                })
            })
            .collect()
    }
}
