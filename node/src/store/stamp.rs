//! Checkpoints of a member's own log with the time-stamp tokens of authorities (RFC 3161).

use contracts::id::MemberId;
use sqlx::AnyConnection;

use super::row::{Row, int, of, reads};
use super::{Error, Tx};
use crate::domain::time::Timestamp;

/// A stamped checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    pub size: u64,
    /// Address that gave it. Empty, without a token: there are to be stamps since then.
    pub authority: String,
    /// When, by the token.
    pub at: Timestamp,
    /// The bytes that were stamped: a signed note.
    pub checkpoint: String,
    /// DER.
    pub token: Vec<u8>,
}

reads! {
    /// Stamps of checkpoints from a size on, at most so many.
    stamps(from: u64, most: usize) -> Vec<Stamp> = from_size;
    /// The newest stamp of an authority; of the empty one, since when there are to be stamps.
    newest_stamp(authority: &str) -> Option<Stamp> = newest;
    /// Since when there are entries beyond the newest stamped checkpoint; `None` when there are none, or there are to be no
    /// stamps.
    unstamped_since() -> Option<Timestamp> = since;
}

fn read(row: Row) -> Result<Stamp, Error> {
    Ok(Stamp {
        size: row.count("size")?,
        authority: row.text("authority")?,
        at: row.time("at")?,
        checkpoint: row.text("checkpoint")?,
        token: row.bytes("token")?,
    })
}

async fn from_size(
    conn: &mut AnyConnection,
    member: &MemberId,
    from: u64,
    most: usize,
) -> Result<Vec<Stamp>, Error> {
    let sql = "SELECT authority, size, at, checkpoint, token FROM stamp WHERE member = $1 AND size >= $2 \
               AND authority <> '' ORDER BY size, authority LIMIT $3 + 0";
    let query = sqlx::query(sql).bind(member.as_str()).bind(int(from)?).bind(int(most as u64)?);
    query.fetch_all(conn).await?.into_iter().map(of("stamp")).map(read).collect()
}

async fn newest(
    conn: &mut AnyConnection,
    member: &MemberId,
    authority: &str,
) -> Result<Option<Stamp>, Error> {
    let sql = "SELECT authority, size, at, checkpoint, token FROM stamp WHERE member = $1 AND authority = $2 \
               ORDER BY size DESC LIMIT 1";
    let query = sqlx::query(sql).bind(member.as_str()).bind(authority);
    query.fetch_optional(conn).await?.map(of("stamp")).map(read).transpose()
}

async fn since(conn: &mut AnyConnection, member: &MemberId) -> Result<Option<Timestamp>, Error> {
    let sql = "SELECT s.authority, s.at, e.at AS entry FROM stamp s JOIN log_entry e \
               ON e.member = s.member AND e.idx = s.size WHERE s.member = $1 \
               AND s.size = (SELECT MAX(size) FROM stamp WHERE member = $1) ORDER BY s.at LIMIT 1";
    let row = sqlx::query(sql).bind(member.as_str()).fetch_optional(conn).await?.map(of("stamp"));
    row.map(|row| Ok(row.time("at")?.max(row.time("entry")?))).transpose()
}

impl Tx<'_> {
    /// Keeps a stamp; one that is there stays.
    pub async fn save_stamp(&mut self, stamp: &Stamp) -> Result<(), Error> {
        let sql = "INSERT INTO stamp (member, size, authority, at, checkpoint, token) VALUES ($1, $2, $3, $4, $5, $6) \
                   ON CONFLICT (member, size, authority) DO NOTHING";
        let query = sqlx::query(sql)
            .bind(self.member.to_string())
            .bind(int(stamp.size)?)
            .bind(stamp.authority.as_str())
            .bind(stamp.at.0)
            .bind(stamp.checkpoint.as_str())
            .bind(stamp.token.as_slice());
        query.execute(self.writing().await?).await?;
        Ok(())
    }
}
