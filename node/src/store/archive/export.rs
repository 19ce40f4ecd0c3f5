//! Reading one member out of a database, beside the node that may be using it.

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

/// A stored member, and since when it writes elsewhere.
#[derive(Debug, Clone)]
pub struct Stored {
    pub member: Member,
    pub retired: Option<Timestamp>,
}

/// A database opened for reading a member out of it, beside the node that may be using it.
pub struct Export {
    reader: Reader,
    pub stored: Stored,
}

impl Export {
    /// The member's ordinary reads.
    pub fn reader(&mut self) -> &mut Reader {
        &mut self.reader
    }

    /// The rows of a table, one after the other: never all in memory.
    pub fn rows<'e>(
        &'e mut self,
        table: &'static Table,
    ) -> impl Stream<Item = Result<Vec<Json>, Error>> + 'e {
        let id = self.stored.member.id.to_string();
        let rows = sqlx::query::<Any>(AssertSqlSafe(table.select())).bind(id).fetch(&mut *self.reader.conn);
        rows.map(move |row| {
            let row = of(table.name)(row?);
            table.columns.iter().map(|(name, kind)| read(&row, name, *kind)).collect()
        })
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

    /// Opens a database for reading one member, chosen among those it holds. Takes no lease.
    ///
    /// # Errors
    /// [`Error::NotFound`] when none is chosen; as [`Self::inspect`] otherwise.
    pub async fn export(
        url: &str,
        choose: impl Fn(&[Stored]) -> Option<MemberId>,
        now: Timestamp,
    ) -> Result<Export, Error> {
        let (_, mut reader) = alone(url, now).await?;
        let all = stored(&mut reader.conn).await?;
        let chosen = choose(&all).and_then(|id| all.into_iter().find(|s| s.member.id == id));
        let Some(stored) = chosen else { return Err(Error::NotFound("member")) };
        reader.member = stored.member.id.clone();
        Ok(Export { reader, stored })
    }
}

/// One connection of its own, to a database of this program's schema.
pub(super) async fn alone(url: &str, now: Timestamp) -> Result<(Engine, Reader), Error> {
    let address = Address::parse(url)?;
    let mut conn = address.pool(1).acquire().await?;
    schema::check(address.engine, &mut conn).await?;
    let nobody = MemberId::parse("-").map_err(|e| Error::Internal(e.to_string()))?;
    Ok((address.engine, Reader { conn, member: nobody, at: now }))
}

async fn stored(conn: &mut AnyConnection) -> Result<Vec<Stored>, Error> {
    let sql = "SELECT member, did, name, base_url, retired FROM member ORDER BY created, member";
    let rows = sqlx::query(sql).fetch_all(conn).await?.into_iter().map(of("member"));
    rows.map(|row| Ok(Stored { member: member::read(&row)?, retired: row.opt_time("retired")? })).collect()
}
