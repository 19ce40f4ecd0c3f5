//! Pulls asked for through the management API, with what became of them.

use contracts::id::{MemberId, Pid};
use sqlx::AnyConnection;

use super::row::{Row, of, reads};
use super::{Error, Tx};
use crate::domain::time::Timestamp;

/// A pull as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRow {
    pub id: String,
    pub transfer: Pid,
    /// A file of a folder.
    pub path: Option<String>,
    /// Name below the folder for received data, if one was given.
    pub target: Option<String>,
    /// How it ended, in JSON; absent while it runs.
    pub outcome: Option<String>,
}

reads! {
    /// A pull by its identifier.
    pull(id: &str) -> Option<PullRow> = one;
    /// Those that have not ended, oldest first.
    running_pulls() -> Vec<PullRow> = running;
}

const COLUMNS: &str = "SELECT id, transfer, path, target, outcome FROM pull WHERE member = $1 ";

async fn one(conn: &mut AnyConnection, member: &MemberId, id: &str) -> Result<Option<PullRow>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} AND id = $2"));
    let row = sqlx::query(sql).bind(member.as_str()).bind(id).fetch_optional(conn).await?;
    row.map(of("pull")).map(|row| read(&row)).transpose()
}

async fn running(conn: &mut AnyConnection, member: &MemberId) -> Result<Vec<PullRow>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} AND state = 'running' ORDER BY created, id"));
    let rows = sqlx::query(sql).bind(member.as_str()).fetch_all(conn).await?;
    rows.into_iter().map(of("pull")).map(|row| read(&row)).collect()
}

fn read(row: &Row) -> Result<PullRow, Error> {
    Ok(PullRow {
        id: row.text("id")?,
        transfer: row.pid("transfer")?,
        path: row.opt_text("path")?,
        target: row.opt_text("target")?,
        outcome: row.opt_text("outcome")?,
    })
}

impl Tx<'_> {
    /// A pull begins.
    pub async fn insert_pull(&mut self, pull: &PullRow) -> Result<(), Error> {
        let sql = "INSERT INTO pull (id, member, transfer, path, target, state, created) \
                   VALUES ($1, $2, $3, $4, $5, 'running', $6)";
        let query = sqlx::query(sql)
            .bind(pull.id.as_str())
            .bind(self.member.to_string())
            .bind(pull.transfer.as_str())
            .bind(pull.path.as_deref())
            .bind(pull.target.as_deref())
            .bind(self.at.0);
        query.execute(self.writing().await?).await?;
        Ok(())
    }

    /// It ended, one way or the other.
    pub async fn end_pull(&mut self, id: &str, outcome: &str) -> Result<(), Error> {
        let sql = "UPDATE pull SET state = 'ended', outcome = $1, ended = $2 WHERE member = $3 AND id = $4";
        let query = sqlx::query(sql).bind(outcome).bind(self.at.0).bind(self.member.to_string()).bind(id);
        query.execute(self.writing().await?).await?;
        Ok(())
    }

    /// Forgets pulls that ended before this; says how many.
    pub async fn forget_pulls(&mut self, before: Timestamp) -> Result<u64, Error> {
        let query = sqlx::query("DELETE FROM pull WHERE member = $1 AND ended < $2");
        let query = query.bind(self.member.to_string()).bind(before.0);
        Ok(query.execute(self.writing().await?).await?.rows_affected())
    }
}
