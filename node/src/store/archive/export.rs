//! Reading members out of a database, beside the node that may be using it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contracts::id::MemberId;
use futures_util::{Stream, StreamExt};
use serde_json::Value as Json;
use sqlx::{Any, AnyConnection, AssertSqlSafe};

use super::super::engine::Address;
use super::super::row::{Row, of};
use super::super::{Engine, Error, Reader, Store, member, schema};
use super::{Kind, Table};
use crate::domain::member::Member;
use crate::domain::time::Timestamp;

/// A stored member, since when it is here, and since when it writes elsewhere.
#[derive(Debug, Clone)]
pub struct Stored {
    pub member: Member,
    pub created: Timestamp,
    pub retired: Option<Timestamp>,
    /// Since when it is here from a backup, and nobody has said yet what was lost.
    pub restored: Option<Timestamp>,
}

/// All members as they were at one instant, whatever the node beside writes meanwhile.
pub struct Snapshot {
    pub(super) reader: Reader,
    pub members: Vec<Stored>,
}

impl Snapshot {
    /// A member's ordinary reads.
    pub fn of(&mut self, member: &MemberId) -> &mut Reader {
        self.reader.member = member.clone();
        &mut self.reader
    }

    /// A member's rows of a table, one after the other: never all in memory.
    pub fn rows<'e>(
        &'e mut self,
        member: &MemberId,
        table: &'static Table,
    ) -> impl Stream<Item = Result<Vec<Json>, Error>> + 'e {
        let query = sqlx::query::<Any>(AssertSqlSafe(table.select())).bind(member.to_string());
        query.fetch(&mut *self.reader.conn).map(move |row| {
            let row = of(table.name)(row?);
            table.columns.iter().map(|(name, kind)| read(&row, name, *kind)).collect()
        })
    }
}

/// One member of a snapshot.
pub struct Export {
    snapshot: Snapshot,
    pub stored: Stored,
}

impl Export {
    /// The member's ordinary reads.
    pub fn reader(&mut self) -> &mut Reader {
        self.snapshot.of(&self.stored.member.id)
    }

    pub fn snapshot(&mut self) -> &mut Snapshot {
        &mut self.snapshot
    }
}

fn read(row: &Row, column: &'static str, kind: Kind) -> Result<Json, Error> {
    Ok(match kind {
        Kind::Text => row.opt_text(column)?.into(),
        Kind::Int => row.opt_int(column)?.into(),
        Kind::Bytes => STANDARD.encode(row.bytes(column)?).into(),
    })
}

impl Store {
    /// The number of the schema that this program reads and writes.
    pub fn schema() -> i64 {
        schema::newest()
    }

    /// Opens a database for reading it as it is at one instant. Takes no lease.
    ///
    /// # Errors
    /// [`Error::Unmigrated`] or [`Error::Newer`] if the schema is not this program's.
    pub async fn snapshot(url: &str, now: Timestamp) -> Result<Snapshot, Error> {
        let (engine, mut reader) = alone(url, now).await?;
        for sql in engine.snapshot() {
            sqlx::raw_sql(*sql).execute(&mut *reader.conn).await?;
        }
        let members = stored(&mut reader.conn).await?;
        Ok(Snapshot { reader, members })
    }

    /// A snapshot for reading one member, chosen among those it holds.
    ///
    /// # Errors
    /// [`Error::NotFound`] when none is chosen; as [`Self::snapshot`] otherwise.
    pub async fn export(
        url: &str,
        choose: impl Fn(&[Stored]) -> Option<MemberId>,
        now: Timestamp,
    ) -> Result<Export, Error> {
        let snapshot = Self::snapshot(url, now).await?;
        let chosen = choose(&snapshot.members);
        let stored = snapshot.members.iter().find(|s| Some(&s.member.id) == chosen.as_ref()).cloned();
        Ok(Export { snapshot, stored: stored.ok_or(Error::NotFound("member"))? })
    }
}

/// One connection of its own, to a database of this program's schema.
pub(super) async fn alone(url: &str, now: Timestamp) -> Result<(Engine, Reader), Error> {
    let address = Address::parse(url)?;
    let mut conn = address.pool(1).acquire().await?;
    schema::check(address.engine, &mut conn).await?;
    let nobody = MemberId::parse("-").map_err(|e| Error::Internal(e.to_string()))?;
    Ok((address.engine, Reader { conn, member: nobody, at: now, openings: None }))
}

pub(super) async fn stored(conn: &mut AnyConnection) -> Result<Vec<Stored>, Error> {
    let sql =
        "SELECT member, did, name, base_url, created, retired, restored FROM member ORDER BY created, member";
    let rows = sqlx::query(sql).fetch_all(conn).await?.into_iter().map(of("member"));
    rows.map(|row| {
        let (created, retired) = (row.time("created")?, row.opt_time("retired")?);
        Ok(Stored { member: member::read(&row)?, created, retired, restored: row.opt_time("restored")? })
    })
    .collect()
}
