//! Putting members into a database that no node is using: everything or nothing.

use std::collections::HashMap;

use contracts::id::MemberId;
use serde_json::Value as Json;
use sqlx::{AnyConnection, AssertSqlSafe};

use super::super::lease::Lease;
use super::super::row::of;
use super::super::script::{self, Statement, Value};
use super::super::{Engine, Error, Reader, Store};
use super::export::{Stored, alone};
use super::{Kind, TABLES, Table};
use crate::domain::time::Timestamp;

impl Store {
    /// Opens a database, which no node may be using, to put members into it: everything or nothing.
    ///
    /// # Errors
    /// [`Error::Held`] while a node runs on it.
    pub async fn import(url: &str, now: Timestamp) -> Result<Import, Error> {
        let (engine, mut reader) = alone(url, now).await?;
        let lease = Lease::take(engine, &mut reader.conn, now).await?;
        for sql in engine.unhurried().iter().chain(&[engine.begin()]) {
            sqlx::raw_sql(*sql).execute(&mut *reader.conn).await?;
        }
        Ok(Import { reader, engine, lease, waiting: None, counts: HashMap::new() })
    }

    /// Removes every row of a member that left, from a database that no node is using.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it did not leave, [`Error::Held`] while a node runs on it.
    pub async fn remove(url: &str, member: &MemberId, now: Timestamp) -> Result<(), Error> {
        let (engine, mut reader) = alone(url, now).await?;
        let lease = Lease::take(engine, &mut reader.conn, now).await?;
        sqlx::raw_sql(engine.begin()).execute(&mut *reader.conn).await?;
        let removed = remove(&mut reader.conn, member).await;
        let end = if removed.is_ok() { "COMMIT" } else { "ROLLBACK" };
        sqlx::raw_sql(end).execute(&mut *reader.conn).await?;
        lease.release(&mut reader.conn).await?;
        removed
    }
}

async fn remove(conn: &mut AnyConnection, member: &MemberId) -> Result<(), Error> {
    let sql = "DELETE FROM member WHERE member = $1 AND retired IS NOT NULL";
    if sqlx::query(sql).bind(member.as_str()).execute(&mut *conn).await?.rows_affected() != 1 {
        return Err(Error::Conflict("member that did not leave"));
    }
    for table in TABLES {
        let sql = format!("DELETE FROM {} WHERE member = $1", table.name);
        sqlx::query(AssertSqlSafe(sql)).bind(member.as_str()).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Rows of one table, inserted together.
const TOGETHER: usize = 128;

/// Members on their way into a database, in one transaction: dropped, it leaves nothing.
pub struct Import {
    reader: Reader,
    engine: Engine,
    lease: Lease,
    waiting: Option<Waiting>,
    counts: HashMap<&'static str, u64>,
}

struct Waiting {
    table: &'static Table,
    columns: Vec<(&'static str, Kind)>,
    rows: Vec<Vec<Value>>,
}

impl Import {
    /// The last member as it is so far, seen from inside the transaction.
    pub fn reader(&mut self) -> &mut Reader {
        &mut self.reader
    }

    /// Refuses a database that holds anything of a member.
    ///
    /// # Errors
    /// [`Error::Conflict`] names the table.
    pub async fn must_be_empty(&mut self) -> Result<(), Error> {
        for table in ["member"].into_iter().chain(TABLES.iter().map(|t| t.name)) {
            if self.count(table).await? > 0 {
                return Err(Error::Conflict(table));
            }
        }
        Ok(())
    }

    async fn count(&mut self, table: &'static str) -> Result<u64, Error> {
        let sql = format!("SELECT COUNT(*) AS n FROM {table}");
        let row = sqlx::query(AssertSqlSafe(sql)).fetch_one(&mut *self.reader.conn).await?;
        of(table)(row).count("n")
    }

    /// Adds a member; the rows that follow are its own.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it, its DID or its address is there.
    pub async fn member(&mut self, stored: &Stored) -> Result<(), Error> {
        self.flush().await?;
        let member = &stored.member;
        self.reader.member = member.id.clone();
        let sql = "INSERT INTO member (member, did, name, base_url, created, retired, restored) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
        let query = sqlx::query(sql)
            .bind(member.id.as_str())
            .bind(member.did.as_str())
            .bind(member.name.as_str())
            .bind(member.base_url.as_str())
            .bind(stored.created.0)
            .bind(stored.retired.map(|at| at.0))
            .bind(stored.restored.map(|at| at.0));
        match query.execute(&mut *self.reader.conn).await?.rows_affected() {
            1 => Ok(()),
            _ => Err(Error::Conflict("member")),
        }
    }

    /// Begins a table: which columns its rows have.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a column that the table does not have.
    pub async fn table(&mut self, table: &'static Table, columns: &[String]) -> Result<(), Error> {
        self.flush().await?;
        let known = |name: &String| table.columns.iter().find(|(known, _)| known == name).copied();
        let columns =
            columns.iter().map(|c| known(c).ok_or(Error::NotFound("column"))).collect::<Result<_, _>>()?;
        if table.name == "outbox" && self.engine == Engine::Postgres {
            // A node numbers its messages itself: the sequence does not know how far it came.
            let sql = "SELECT setval(pg_get_serial_sequence('outbox', 'id'), \
                       (SELECT COALESCE(MAX(id), 0) + 1 FROM outbox), false)";
            sqlx::raw_sql(sql).execute(&mut *self.reader.conn).await?;
        }
        self.waiting = Some(Waiting { table, columns, rows: Vec::new() });
        Ok(())
    }

    /// One row of the table begun.
    ///
    /// # Errors
    /// [`Error::Internal`] if it does not fit the table.
    pub async fn row(&mut self, row: Vec<Json>) -> Result<(), Error> {
        let wrong = |what: &str| Error::Internal(format!("row of an archive: {what}"));
        let Some(waiting) = &mut self.waiting else { return Err(wrong("no table begun")) };
        if row.len() != waiting.columns.len() {
            return Err(wrong("another number of columns"));
        }
        let cells = waiting.columns.iter().zip(row).map(|((name, kind), value)| {
            // What a former host's lease counted means nothing to ours.
            if *name == "epoch" { Some(self.lease.epoch.into()) } else { kind.read(value) }
        });
        let cells = cells.collect::<Option<Vec<_>>>().ok_or_else(|| wrong("a value of another kind"))?;
        waiting.rows.push(cells);
        if waiting.rows.len() >= TOGETHER { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Result<(), Error> {
        let Some(waiting) = &mut self.waiting else { return Ok(()) };
        let names: Vec<_> = waiting.columns.iter().map(|(name, _)| *name).collect();
        let start = format!("INSERT INTO {} (member, {})", waiting.table.name, names.join(", "));
        let rows = std::mem::take(&mut waiting.rows);
        *self.counts.entry(waiting.table.name).or_default() += rows.len() as u64;
        let member = self.reader.member.to_string();
        let values = |row: &Vec<Value>| {
            let member = [Value::from(member.as_str())];
            Ok(member.into_iter().chain(row.iter().cloned()).collect::<Vec<_>>())
        };
        let statements = Statement::inserts(self.engine, &start, "", &rows, values)?;
        script::run(&mut self.reader.conn, self.engine, statements).await
    }

    /// Ends the last table.
    pub async fn end(&mut self) -> Result<(), Error> {
        self.flush().await?;
        self.waiting = None;
        Ok(())
    }

    /// Compares what the tables of a database that was empty now hold with what was put into them; gives the rows.
    ///
    /// # Errors
    /// [`Error::Internal`] names the table that has another number.
    pub async fn counted(&mut self) -> Result<u64, Error> {
        let mut all = 0;
        for table in TABLES {
            let (put, found) =
                (self.counts.get(table.name).copied().unwrap_or(0), self.count(table.name).await?);
            if put != found {
                return Err(Error::Internal(format!(
                    "{}: {put} rows were put in, {found} are there",
                    table.name
                )));
            }
            all += found;
        }
        Ok(all)
    }

    /// Keeps everything.
    pub async fn commit(mut self) -> Result<(), Error> {
        self.end().await?;
        // The lease may have ended meanwhile: then a node may have started, and this is not ours to write any more.
        self.lease.release(&mut self.reader.conn).await?;
        sqlx::raw_sql("COMMIT").execute(&mut *self.reader.conn).await?;
        Ok(())
    }

    /// Keeps nothing.
    pub async fn undo(mut self) {
        // What fails here ends with the connection all the same.
        let _ = sqlx::raw_sql("ROLLBACK").execute(&mut *self.reader.conn).await;
        let _ = self.lease.release(&mut self.reader.conn).await;
    }
}
