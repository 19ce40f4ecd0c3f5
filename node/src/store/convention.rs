//! Conventions of hosting.

use contracts::convention::Side;
use contracts::id::{ConventionId, MemberId};
use sqlx::AnyConnection;

use super::row::{Page, Row, of, reads};
use super::{Error, Tx};
use crate::domain::convention::{Convention, Standing};

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT id, side, peer, standing, created, body FROM convention WHERE member = $1 AND ",
            $condition
        )
    };
}

reads! {
    /// A convention of the member.
    convention(id: &ConventionId) -> Option<Convention> = by_id;
    /// Conventions in the order of their identifiers.
    conventions(page: &Page) -> Vec<Convention> = list;
}

async fn by_id(
    conn: &mut AnyConnection,
    member: &MemberId,
    id: &ConventionId,
) -> Result<Option<Convention>, Error> {
    let query = sqlx::query(select!("id = $2")).bind(member.as_str()).bind(id.as_str());
    query.fetch_optional(conn).await?.map(of("convention")).map(|row| read(&row)).transpose()
}

async fn list(conn: &mut AnyConnection, member: &MemberId, page: &Page) -> Result<Vec<Convention>, Error> {
    let sql = select!("id > $2 ORDER BY id LIMIT $3 + 0");
    let query = sqlx::query(sql).bind(member.as_str()).bind(page.after()).bind(page.limit());
    query.fetch_all(conn).await?.into_iter().map(of("convention")).map(|row| read(&row)).collect()
}

impl Tx<'_> {
    /// Keeps a convention with the signatures it has now.
    pub async fn put_convention(&mut self, kept: &Convention) -> Result<(), Error> {
        let sql = "INSERT INTO convention (id, member, side, peer, standing, created, body) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (member, id) DO UPDATE SET \
                   standing = excluded.standing, body = excluded.body";
        let query = sqlx::query(sql)
            .bind(kept.id.to_string())
            .bind(self.member.to_string())
            .bind(kept.side.as_str())
            .bind(kept.peer.to_string())
            .bind(kept.standing.as_str())
            .bind(kept.created.0)
            .bind(kept.file.clone());
        query.execute(self.writing().await?).await?;
        Ok(())
    }
}

fn read(row: &Row) -> Result<Convention, Error> {
    Ok(Convention {
        id: row.convention("id")?,
        side: row.one_of("side", Side::parse)?,
        peer: row.participant("peer")?,
        standing: row.one_of("standing", Standing::parse)?,
        file: row.text("body")?,
        created: row.time("created")?,
    })
}
