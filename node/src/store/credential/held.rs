//! Credentials of the member, from others: of each issuer, type, matter and profile the newest.

use contracts::dcp::Profile;
use contracts::id::{MemberId, ParticipantId};
use sqlx::AnyConnection;

use super::super::row::{Row, of, reads};
use super::super::{Error, Tx};
use crate::domain::credential::Held;

reads! {
    /// All credentials of the member.
    held_credentials() -> Vec<Held> = list;
}

async fn list(conn: &mut AnyConnection, member: &MemberId) -> Result<Vec<Held>, Error> {
    let sql = "SELECT id, issuer, kind, about, profile, until, created, body FROM credential_held \
               WHERE member = $1 ORDER BY issuer, kind, about, profile";
    let rows = sqlx::query(sql).bind(member.as_str()).fetch_all(conn).await?;
    rows.into_iter().map(of("credential_held")).map(|row| read(&row)).collect()
}

fn read(row: &Row) -> Result<Held, Error> {
    Ok(Held {
        id: row.text("id")?,
        issuer: row.participant("issuer")?,
        kind: row.text("kind")?,
        about: row.text("about")?,
        profile: row.one_of("profile", Profile::parse)?,
        until: row.opt_time("until")?,
        created: row.time("created")?,
        jwt: row.text("body")?,
    })
}

impl Tx<'_> {
    /// Keeps a credential instead of the one of the same issuer, type, matter and profile.
    pub async fn put_held(&mut self, held: &Held) -> Result<(), Error> {
        let sql = "INSERT INTO credential_held (id, member, issuer, kind, about, profile, until, created, body) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (member, issuer, kind, about, profile) \
                   DO UPDATE SET id = excluded.id, until = excluded.until, created = excluded.created, \
                   body = excluded.body";
        let query = sqlx::query(sql)
            .bind(held.id.clone())
            .bind(self.member.to_string())
            .bind(held.issuer.to_string())
            .bind(held.kind.clone())
            .bind(held.about.clone())
            .bind(held.profile.as_str())
            .bind(held.until.map(|at| at.0))
            .bind(held.created.0)
            .bind(held.jwt.clone());
        query.execute(self.writing().await?).await?;
        Ok(())
    }

    /// Shows no more what an issuer gave of a type about a matter.
    pub async fn remove_held(
        &mut self,
        issuer: &ParticipantId,
        kind: &str,
        about: &str,
    ) -> Result<(), Error> {
        let sql =
            "DELETE FROM credential_held WHERE member = $1 AND issuer = $2 AND kind = $3 AND about = $4";
        let query = sqlx::query(sql)
            .bind(self.member.to_string())
            .bind(issuer.to_string())
            .bind(kind.to_owned())
            .bind(about.to_owned());
        query.execute(self.writing().await?).await?;
        Ok(())
    }
}
