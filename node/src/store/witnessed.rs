//! What a member saw of others' logs as their witness.

use contracts::id::{MemberId, ParticipantId};
use contracts::tlog::Hash;
use sha2::{Digest, Sha256};
use sqlx::AnyConnection;

use super::row::{int, of, reads};
use super::{Error, Tx};
use crate::domain::time::Timestamp;

/// The newest checkpoint of a log that this member cosigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witnessed {
    pub origin: String,
    pub size: u64,
    pub root: Hash,
    pub at: Timestamp,
    /// The checkpoint with the log's signature and ours.
    pub note: String,
    /// A checkpoint of the log that contradicts one we cosigned.
    pub fork: Option<String>,
}

reads! {
    /// What this member saw last of a log.
    witnessed(origin: &str) -> Option<Witnessed> = one;
    /// The same, by the SHA-256 of the origin in hexadecimal.
    witnessed_by_hash(hash: &str) -> Option<Witnessed> = by_hash;
    /// Whether this member has a contract with a participant.
    is_party(peer: &ParticipantId) -> bool = party;
}

async fn one(conn: &mut AnyConnection, member: &MemberId, origin: &str) -> Result<Option<Witnessed>, Error> {
    by_hash(conn, member, &hash(origin)).await
}

async fn by_hash(
    conn: &mut AnyConnection,
    member: &MemberId,
    hash: &str,
) -> Result<Option<Witnessed>, Error> {
    let sql = "SELECT origin, size, root, at, note, fork FROM witnessed WHERE member = $1 AND hash = $2";
    let row = sqlx::query(sql).bind(member.as_str()).bind(hash).fetch_optional(conn).await?;
    let row = row.map(of("witnessed"));
    row.map(|row| {
        Ok(Witnessed {
            origin: row.text("origin")?,
            size: row.count("size")?,
            root: row.hash("root")?,
            at: row.time("at")?,
            note: row.text("note")?,
            fork: row.opt_text("fork")?,
        })
    })
    .transpose()
}

fn hash(origin: &str) -> String {
    hex::encode(Sha256::digest(origin.as_bytes()))
}

async fn party(conn: &mut AnyConnection, member: &MemberId, peer: &ParticipantId) -> Result<bool, Error> {
    let sql = "SELECT COUNT(*) AS n FROM agreement WHERE member = $1 AND peer = $2 AND standing = 'signed'";
    let query = sqlx::query(sql).bind(member.as_str()).bind(peer.as_str());
    Ok(of("agreement")(query.fetch_one(conn).await?).count("n")? > 0)
}

impl Tx<'_> {
    /// Keeps what was seen last.
    pub async fn save_witnessed(&mut self, seen: &Witnessed) -> Result<(), Error> {
        let sql = "INSERT INTO witnessed (member, origin, size, root, at, note, fork, hash) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (member, hash) DO UPDATE SET \
                   size = excluded.size, root = excluded.root, at = excluded.at, note = excluded.note, \
                   fork = excluded.fork";
        let query = sqlx::query(sql)
            .bind(self.member.to_string())
            .bind(seen.origin.as_str())
            .bind(int(seen.size)?)
            .bind(seen.root.to_vec())
            .bind(seen.at.0)
            .bind(seen.note.as_str())
            .bind(seen.fork.as_deref())
            .bind(hash(&seen.origin));
        query.execute(self.writing().await?).await?;
        Ok(())
    }
}
