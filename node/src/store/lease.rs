//! One process writes to a database. The lease names it; its epoch fences out a process that lost it.

use std::path::Path;
use std::sync::OnceLock;

use sqlx::AnyConnection;

use super::row::of;
use super::script::Statement;
use super::{Engine, Error};
use crate::domain::time::Timestamp;
use crate::identity::random;

/// How long a lease lasts without being renewed, and when it is renewed though nothing is written, in milliseconds.
pub(super) const TTL: i64 = 15_000;
pub(super) const RENEW: u64 = 5_000;

/// Holder of a database that was left for another one, before the name of that one.
const MOVED: &str = "moved:";

#[derive(Debug, Clone)]
pub(super) struct Lease {
    pub(super) holder: String,
    pub(super) epoch: i64,
}

impl Lease {
    /// Takes the lease if it is free, ended, or held by a process of this machine that is dead.
    pub(super) async fn take(
        engine: Engine,
        conn: &mut AnyConnection,
        now: Timestamp,
    ) -> Result<Self, Error> {
        sqlx::raw_sql(engine.begin()).execute(&mut *conn).await?;
        let taken = Self::take_in(engine, conn, now).await;
        let end = if taken.is_ok() { "COMMIT" } else { "ROLLBACK" };
        sqlx::raw_sql(end).execute(&mut *conn).await?;
        taken
    }

    async fn take_in(engine: Engine, conn: &mut AnyConnection, now: Timestamp) -> Result<Self, Error> {
        if engine == Engine::Postgres {
            // Two processes starting at the same time on an empty table.
            sqlx::raw_sql("LOCK TABLE lease IN EXCLUSIVE MODE").execute(&mut *conn).await?;
        }
        let row = sqlx::query("SELECT holder, epoch, expires_at FROM lease WHERE id = 1");
        let row = row.fetch_optional(&mut *conn).await?.map(of("lease"));
        let mut epoch = 1;
        if let Some(row) = &row {
            let (holder, until) = (row.text("holder")?, row.time("expires_at")?);
            if let Some(to) = holder.strip_prefix(MOVED) {
                return Err(Error::Moved { to: to.to_owned() });
            }
            if until > now && !is_dead(&holder) {
                return Err(Error::Held { holder, until });
            }
            epoch = row.int("epoch")? + 1;
        }
        let holder = format!("{}/{}/{}", host(), std::process::id(), run());
        let sql = if row.is_some() {
            "UPDATE lease SET holder = $1, epoch = $2, expires_at = $3 WHERE id = 1"
        } else {
            "INSERT INTO lease (id, holder, epoch, expires_at) VALUES (1, $1, $2, $3)"
        };
        sqlx::query(sql).bind(&holder).bind(epoch).bind(now.plus_millis(TTL).0).execute(conn).await?;
        Ok(Self { holder, epoch })
    }

    /// Renews the lease at the end of a transaction, which fails unless this process still holds it.
    pub(super) fn renewal(&self, now: Timestamp) -> Statement {
        let sql = "UPDATE lease SET expires_at = CASE WHEN holder = $2 AND epoch = $3 THEN CAST($1 AS BIGINT) END \
                   WHERE id = 1";
        Statement::new(sql, [now.plus_millis(TTL).0.into(), self.holder.as_str().into(), self.epoch.into()])
    }

    /// Renews the lease by itself.
    pub(super) async fn renew(&self, conn: &mut AnyConnection, now: Timestamp) -> Result<(), Error> {
        self.set(conn, now.plus_millis(TTL)).await
    }

    /// Gives the lease back.
    pub(super) async fn release(&self, conn: &mut AnyConnection) -> Result<(), Error> {
        self.set(conn, Timestamp(0)).await
    }

    /// Gives the lease to nobody for ever: what is here is elsewhere now.
    pub(super) async fn leave(&self, conn: &mut AnyConnection, to: &str) -> Result<(), Error> {
        let sql = "UPDATE lease SET holder = $1 WHERE id = 1 AND holder = $2 AND epoch = $3";
        let query = sqlx::query(sql).bind(format!("{MOVED}{to}")).bind(&self.holder).bind(self.epoch);
        if query.execute(conn).await?.rows_affected() == 1 { Ok(()) } else { Err(Error::Fenced) }
    }

    async fn set(&self, conn: &mut AnyConnection, until: Timestamp) -> Result<(), Error> {
        let done =
            sqlx::query("UPDATE lease SET expires_at = $1 WHERE id = 1 AND holder = $2 AND epoch = $3")
                .bind(until.0)
                .bind(&self.holder)
                .bind(self.epoch)
                .execute(conn)
                .await?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(Error::Fenced) }
    }
}

// Tells this run of the program from an earlier one with the same process number, as in a restarted container.
fn run() -> &'static str {
    static RUN: OnceLock<String> = OnceLock::new();
    RUN.get_or_init(random::nonce)
}

fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name: String = name.trim().chars().filter(|c| *c != '/').collect();
    if name.is_empty() { "unknown".to_owned() } else { name }
}

// A process killed on this machine must not keep its successor waiting. Should another machine bear the same name, the
// epoch still stops the loser before it writes.
fn is_dead(holder: &str) -> bool {
    let mut parts = holder.split('/');
    let (Some(machine), Some(process), Some(id)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    if machine == "unknown" || machine != host() || !Path::new("/proc/self").exists() {
        return false;
    }
    match process.parse::<u32>() {
        Ok(number) if number == std::process::id() => id != run(),
        Ok(number) => has_ended(number),
        Err(_) => false,
    }
}

// A zombie has ended too: only its parent has not asked yet how. Its files are closed.
fn has_ended(process: u32) -> bool {
    match std::fs::read_to_string(format!("/proc/{process}/stat")) {
        Ok(stat) => stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with(['Z', 'X'])),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}
