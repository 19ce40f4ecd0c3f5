//! Trust frameworks: each version that was published or taken.

use contracts::framework::Version;
use contracts::id::{FrameworkId, MemberId};
use sqlx::AnyConnection;

use super::row::{Page, Row, of, reads};
use super::{Error, Tx};
use crate::domain::framework::{Framework, Standing};

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT id, version, standing, publisher, digest, adopted, created, body FROM framework WHERE member = $1 AND ",
            $condition
        )
    };
}

reads! {
    /// All versions of a framework that are here, oldest first.
    framework(id: &FrameworkId) -> Vec<Framework> = of_id;
    /// All versions of all, by identifier and version as text, after the cursor `id version`.
    frameworks(page: &Page) -> Vec<Framework> = list;
    /// How many versions are here.
    count_frameworks() -> u64 = count;
}

async fn of_id(
    conn: &mut AnyConnection,
    member: &MemberId,
    id: &FrameworkId,
) -> Result<Vec<Framework>, Error> {
    let query = sqlx::query(select!("id = $2")).bind(member.as_str()).bind(id.as_str());
    let mut found = read_all(query.fetch_all(conn).await?)?;
    found.sort_by_key(|framework| framework.version);
    Ok(found)
}

async fn list(conn: &mut AnyConnection, member: &MemberId, page: &Page) -> Result<Vec<Framework>, Error> {
    let sql = select!("id || ' ' || version > $2 ORDER BY id || ' ' || version LIMIT $3 + 0");
    let query = sqlx::query(sql).bind(member.as_str()).bind(page.after()).bind(page.limit());
    read_all(query.fetch_all(conn).await?)
}

async fn count(conn: &mut AnyConnection, member: &MemberId) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) AS found FROM framework WHERE member = $1";
    of("framework")(sqlx::query(sql).bind(member.as_str()).fetch_one(conn).await?).count("found")
}

impl Tx<'_> {
    /// Keeps a version that is not here yet.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it is.
    pub async fn insert_framework(&mut self, kept: &Framework) -> Result<(), Error> {
        let sql = "INSERT INTO framework (member, id, version, standing, publisher, digest, adopted, created, body) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
        let query = sqlx::query(sql)
            .bind(self.member.to_string())
            .bind(kept.id.to_string())
            .bind(kept.version.to_string())
            .bind(kept.standing.as_str())
            .bind(kept.publisher.to_string())
            .bind(kept.digest.clone())
            .bind(kept.adopted.map(|at| at.0))
            .bind(kept.created.0)
            .bind(kept.file.clone());
        match query.execute(self.writing().await?).await?.rows_affected() {
            0 => Err(Error::Conflict("framework")),
            _ => Ok(()),
        }
    }

    /// Notes since when the member follows a version.
    pub async fn adopt_framework(&mut self, kept: &Framework) -> Result<(), Error> {
        let sql = "UPDATE framework SET adopted = $1 WHERE member = $2 AND id = $3 AND version = $4";
        let query = sqlx::query(sql)
            .bind(kept.adopted.map(|at| at.0))
            .bind(self.member.to_string())
            .bind(kept.id.to_string())
            .bind(kept.version.to_string());
        match query.execute(self.writing().await?).await?.rows_affected() {
            1 => Ok(()),
            _ => Err(Error::Conflict("framework")),
        }
    }
}

fn read_all(rows: Vec<sqlx::any::AnyRow>) -> Result<Vec<Framework>, Error> {
    rows.into_iter().map(of("framework")).map(|row| read(&row)).collect()
}

fn read(row: &Row) -> Result<Framework, Error> {
    Ok(Framework {
        id: row.framework("id")?,
        version: row.one_of("version", Version::parse)?,
        standing: row.one_of("standing", Standing::parse)?,
        publisher: row.participant("publisher")?,
        digest: row.text("digest")?,
        adopted: row.opt_time("adopted")?,
        created: row.time("created")?,
        file: row.text("body")?,
    })
}
