//! The newest checkpoint of a member's own log that its witnesses cosigned.

use contracts::id::{MemberId, ParticipantId};
use sqlx::AnyConnection;

use super::row::{int, of, reads};
use super::{Error, Tx};
use crate::domain::time::Timestamp;

/// A checkpoint with its cosignatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigned {
    pub size: u64,
    /// When the cosignatures were there.
    pub at: Timestamp,
    /// The signed note; empty when there are to be cosignatures since then, and are none yet.
    pub note: String,
}

reads! {
    /// The newest cosigned checkpoint.
    cosigned() -> Option<Cosigned> = one;
    /// Since when there are entries beyond the newest cosigned checkpoint; `None` when there are none, or nothing was
    /// ever cosigned.
    uncosigned_since() -> Option<Timestamp> = since;
    /// Those with whom this member signed contracts, the oldest first, at most so many.
    parties(most: usize) -> Vec<ParticipantId> = parties;
}

async fn one(conn: &mut AnyConnection, member: &MemberId) -> Result<Option<Cosigned>, Error> {
    let query = sqlx::query("SELECT member, size, at, note FROM cosigned WHERE member = $1");
    let row = query.bind(member.as_str()).fetch_optional(conn).await?.map(of("cosigned"));
    let read = |row: super::row::Row| {
        Ok(Cosigned { size: row.count("size")?, at: row.time("at")?, note: row.text("note")? })
    };
    row.map(read).transpose()
}

async fn since(conn: &mut AnyConnection, member: &MemberId) -> Result<Option<Timestamp>, Error> {
    let sql = "SELECT c.member, c.at, e.at AS entry FROM cosigned c JOIN log_entry e \
               ON e.member = c.member AND e.idx = c.size WHERE c.member = $1";
    let row = sqlx::query(sql).bind(member.as_str()).fetch_optional(conn).await?.map(of("cosigned"));
    row.map(|row| Ok(row.time("at")?.max(row.time("entry")?))).transpose()
}

async fn parties(
    conn: &mut AnyConnection,
    member: &MemberId,
    most: usize,
) -> Result<Vec<ParticipantId>, Error> {
    let sql = "SELECT peer FROM agreement WHERE member = $1 AND standing = 'signed' GROUP BY peer \
               ORDER BY MIN(created), peer LIMIT $2 + 0";
    let rows = sqlx::query(sql).bind(member.as_str()).bind(int(most as u64)?).fetch_all(conn).await?;
    rows.into_iter().map(of("agreement")).map(|row| row.participant("peer")).collect()
}

impl Tx<'_> {
    /// Keeps what was cosigned last.
    pub async fn save_cosigned(&mut self, cosigned: &Cosigned) -> Result<(), Error> {
        let sql = "INSERT INTO cosigned (member, size, at, note) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (member) DO UPDATE SET size = excluded.size, at = excluded.at, note = excluded.note";
        let query = sqlx::query(sql).bind(self.member.to_string()).bind(int(cosigned.size)?);
        let query = query.bind(cosigned.at.0).bind(cosigned.note.as_str());
        query.execute(self.writing().await?).await?;
        Ok(())
    }
}
