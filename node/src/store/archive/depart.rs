//! A whole database that is left for another one: nobody writes to it meanwhile, and no node starts on it afterwards.

use super::super::lease::Lease;
use super::super::{Engine, Error, Store};
use super::export::{Snapshot, alone, stored};
use crate::domain::time::Timestamp;

/// A database under this process's lease, as it is.
pub struct Departure {
    snapshot: Snapshot,
    lease: Lease,
}

impl Store {
    /// Opens a database, which no node may be using, to read it for the last time.
    ///
    /// # Errors
    /// [`Error::Held`] while a node runs on it, [`Error::Moved`] if it was left before.
    pub async fn depart(url: &str, now: Timestamp) -> Result<Departure, Error> {
        let (engine, mut reader) = alone(url, now).await?;
        let lease = Lease::take(engine, &mut reader.conn, now).await?;
        for sql in engine.unhurried().iter().chain(&[engine.begin()]).chain(lock(engine)) {
            sqlx::raw_sql(*sql).execute(&mut *reader.conn).await?;
        }
        let members = stored(&mut reader.conn).await?;
        Ok(Departure { snapshot: Snapshot { reader, members }, lease })
    }
}

/// The lease ends before a large copy does: its row stays locked, so that nobody takes it.
fn lock(engine: Engine) -> &'static [&'static str] {
    match engine {
        Engine::Sqlite => &[],
        Engine::Postgres => &["LOCK TABLE lease IN EXCLUSIVE MODE"],
    }
}

impl Departure {
    pub fn snapshot(&mut self) -> &mut Snapshot {
        &mut self.snapshot
    }

    /// No node starts on it any more; who tries is told where it went.
    pub async fn left(mut self, to: &str) -> Result<(), Error> {
        let conn = &mut *self.snapshot.reader.conn;
        self.lease.leave(conn, to).await?;
        sqlx::raw_sql("COMMIT").execute(conn).await?;
        Ok(())
    }

    /// It stays in use.
    pub async fn stay(mut self) {
        let conn = &mut *self.snapshot.reader.conn;
        // What fails here ends with the connection all the same.
        let _ = sqlx::raw_sql("ROLLBACK").execute(&mut *conn).await;
        let _ = self.lease.release(conn).await;
    }
}
