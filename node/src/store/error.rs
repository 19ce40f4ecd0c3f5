//! Why the store cannot do what is asked.

use crate::domain::time::Timestamp;
use crate::text::Sentence;

/// Cloned to every waiter of a batch that could not be committed, hence texts instead of sources.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The queue of writes is full.
    #[error("too many writes are waiting")]
    Busy,
    /// Database gone, disk full, …; nothing of the write was kept.
    #[error("the database cannot be used now: {0}")]
    Unavailable(String),
    /// Another process writes to this database.
    #[error(
        "the database is in use by {holder}; its lease ends at {} unless renewed. Stop that process, or wait",
        until.rfc3339()
    )]
    Held { holder: String, until: Timestamp },
    /// Everything in it was moved to another database, where the log goes on.
    #[error("this database was moved to {to}: set `database.url` to that one")]
    Moved { to: String },
    /// This process lost its lease to another one, and must not write any more.
    #[error("another process took over the database; this one no longer writes")]
    Fenced,
    #[error(
        "the database has no schema yet, or an old one ({found}, needed {needed}): run the migration first"
    )]
    Unmigrated { found: i64, needed: i64 },
    #[error("the database has schema {found}, this program knows up to {known}: use a newer program")]
    Newer { found: i64, known: i64 },
    #[error(
        "migration {number} was interrupted or changed: {what}. Restore the database from a copy, or repair it"
    )]
    Migration { number: i64, what: String },
    /// The row changed meanwhile, or exists already.
    #[error("conflict in {0}: it changed meanwhile, or exists already")]
    Conflict(&'static str),
    #[error("{0} not found")]
    NotFound(&'static str),
    /// A stored row that no code of ours writes.
    #[error("inconsistent row in {table}, column {column}, row {id}")]
    Inconsistency { table: &'static str, column: &'static str, id: String },
    /// The member left this host; its log goes on elsewhere, and a second one would be a fork.
    #[error("the member left this host: nothing is written for it here any more")]
    Retired,
    /// Others hold more of the member's log than is here, or may: whatever was recorded would be a fork.
    #[error("nothing is recorded: {0}")]
    Stopped(Sentence),
    /// The member has no key to sign its log with, so nothing can be recorded for it.
    #[error("no log key for member {0}: nothing can be recorded")]
    Unsigned(String),
    #[error("the database's address: {0}")]
    Address(String),
    /// A fault of ours: the write was undone.
    #[error("write undone: {0}")]
    Internal(String),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(e) if e.is_unique_violation() => Self::Conflict("a unique row"),
            sqlx::Error::Database(e) => {
                let code = e.code().map(|c| c.into_owned()).unwrap_or_default();
                if passing(&code) {
                    Self::Unavailable(error.to_string())
                } else {
                    Self::Internal(error.to_string())
                }
            }
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error.to_string()),
            _ => Self::Internal(error.to_string()),
        }
    }
}

// PostgreSQL: classes 08 (connection), 53 (resources), 57 (operator), 58 (system), 25006 (read only).
// SQLite, primary code in the low byte: 5 busy, 6 locked, 8 read only, 10 I/O, 13 full, 14 cannot open.
fn passing(code: &str) -> bool {
    if code.len() == 5 {
        return ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class)) || code == "25006";
    }
    code.parse::<i64>().is_ok_and(|n| matches!(n & 0xff, 5 | 6 | 8 | 10 | 13 | 14))
}
