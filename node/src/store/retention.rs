//! From which entry on a log is shown, and what opens those of years gone by.

use contracts::id::MemberId;
use sqlx::AnyConnection;

use super::found::Kind;
use super::log::cursor;
use super::opening::OVER;
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
    /// Years before this one whose entries still open.
    opening_years_before(year: i64) -> Vec<i64> = years_before;
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

async fn years_before(conn: &mut AnyConnection, member: &MemberId, year: i64) -> Result<Vec<i64>, Error> {
    let sql = "SELECT DISTINCT year FROM opening_key WHERE member = $1 AND year < $2 ORDER BY year";
    let rows = sqlx::query(sql).bind(member.as_str()).bind(year).fetch_all(conn).await?;
    rows.into_iter().map(of("opening_key")).map(|row| row.int("year")).collect()
}

impl Tx<'_> {
    /// From here on the log shows its entries.
    pub async fn set_minimum_index(&mut self, index: u64) -> Result<(), Error> {
        self.set_event_cursor(CONSUMER, index).await
    }

    /// Erases what opens the entries of a year, whomever they are about.
    pub async fn erase_year(&mut self, year: i64) -> Result<(), Error> {
        let member = self.member.clone();
        self.changes(Kind::Entries);
        let conn = self.writing().await?;
        let query = sqlx::query("UPDATE opening_key SET sealed = $3 WHERE member = $1 AND year = $2");
        query.bind(member.as_str()).bind(year).bind(OVER.to_vec()).execute(&mut *conn).await?;
        let query = sqlx::query("DELETE FROM opening_key WHERE member = $1 AND year = $2");
        query.bind(member.as_str()).bind(year).execute(&mut *conn).await?;
        self.batch.known.openings.forget(&member, year);
        Ok(())
    }
}
