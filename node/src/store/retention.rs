//! From which entry on a log is shown, and what opens those of years gone by.

use contracts::id::MemberId;
use sqlx::AnyConnection;

use super::log::cursor;
use super::row::{of, reads};
use super::{Error, Tx};
use crate::domain::time::Timestamp;

/// The minimum is kept as that of a reader of the log that has done with all before it.
const CONSUMER: &str = "retention";

reads! {
    /// Lower bound of the entries that the log shows.
    minimum_index() -> u64 = minimum;
    /// Index of the first entry that is not older; the log's size when all are.
    first_entry_since(since: Timestamp) -> u64 = first_since;
    /// What still opens entries of years before this one: the year, and whom they are about (nobody: the member itself).
    openings_before(year: i64) -> Vec<(i64, String)> = openings;
}

async fn minimum(conn: &mut AnyConnection, member: &MemberId) -> Result<u64, Error> {
    cursor(conn, member, CONSUMER).await
}

async fn first_since(conn: &mut AnyConnection, member: &MemberId, since: Timestamp) -> Result<u64, Error> {
    let sql = "SELECT CAST(COALESCE((SELECT MIN(idx) FROM log_entry WHERE member = $1 AND at >= $2), \
               (SELECT size FROM log_head WHERE member = $1), 0) AS BIGINT) AS idx";
    let row = sqlx::query(sql).bind(member.as_str()).bind(since.millis()).fetch_one(conn).await?;
    of("log_entry")(row).count("idx")
}

async fn openings(
    conn: &mut AnyConnection,
    member: &MemberId,
    year: i64,
) -> Result<Vec<(i64, String)>, Error> {
    let sql = "SELECT year, subject FROM opening_key WHERE member = $1 AND year < $2 ORDER BY year, subject";
    let rows = sqlx::query(sql).bind(member.as_str()).bind(year).fetch_all(conn).await?;
    rows.into_iter().map(of("opening_key")).map(|row| Ok((row.int("year")?, row.text("subject")?))).collect()
}

impl Tx<'_> {
    /// From here on the log shows its entries.
    pub async fn set_minimum_index(&mut self, index: u64) -> Result<(), Error> {
        self.set_event_cursor(CONSUMER, index).await
    }
}
