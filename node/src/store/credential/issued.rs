//! Credentials that a member issued, and what it gives to whom on request.

use contracts::dcp::Profile;
use contracts::id::{MemberId, ParticipantId};
use sqlx::AnyConnection;

use super::super::row::{Page, Row, of, reads, to_json};
use super::super::{Error, Tx};
use crate::domain::credential::{Entitlement, Issued, Standing};

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT id, holder, kind, about, profile, standing, list, idx, created, until, version, body \
             FROM credential_issued WHERE member = $1 AND ",
            $condition
        )
    };
}

reads! {
    /// A credential that the member issued.
    issued_credential(id: &str) -> Option<Issued> = by_id;
    /// Credentials that the member issued, in the order of their identifiers.
    issued_credentials(page: &Page) -> Vec<Issued> = list;
    /// Credentials of a type about a matter that a holder was issued, oldest first.
    issued_to(holder: &ParticipantId, kind: &str, about: &str) -> Vec<Issued> = to;
    /// Credentials that a holder was issued, in the order of their identifiers.
    issued_in_name_of(holder: &ParticipantId, page: &Page) -> Vec<Issued> = in_name_of;
    /// Who holds a credential of the member that is not revoked.
    credential_holders() -> Vec<ParticipantId> = holders;
    /// What a holder is given when it asks for a type, in the order of the matters.
    entitlements(holder: &ParticipantId, kind: &str) -> Vec<Entitlement> = entitled;
}

async fn by_id(conn: &mut AnyConnection, member: &MemberId, id: &str) -> Result<Option<Issued>, Error> {
    let query = sqlx::query(select!("id = $2")).bind(member.as_str()).bind(id);
    query.fetch_optional(conn).await?.map(of("credential_issued")).map(|row| read(&row)).transpose()
}

async fn list(conn: &mut AnyConnection, member: &MemberId, page: &Page) -> Result<Vec<Issued>, Error> {
    let sql = select!("id > $2 ORDER BY id LIMIT $3 + 0");
    let query = sqlx::query(sql).bind(member.as_str()).bind(page.after()).bind(page.limit());
    query.fetch_all(conn).await?.into_iter().map(of("credential_issued")).map(|row| read(&row)).collect()
}

async fn to(
    conn: &mut AnyConnection,
    member: &MemberId,
    holder: &ParticipantId,
    kind: &str,
    about: &str,
) -> Result<Vec<Issued>, Error> {
    let sql = select!("holder = $2 AND kind = $3 AND about = $4 ORDER BY created, id");
    let query = sqlx::query(sql).bind(member.as_str()).bind(holder.as_str()).bind(kind).bind(about);
    query.fetch_all(conn).await?.into_iter().map(of("credential_issued")).map(|row| read(&row)).collect()
}

async fn in_name_of(
    conn: &mut AnyConnection,
    member: &MemberId,
    holder: &ParticipantId,
    page: &Page,
) -> Result<Vec<Issued>, Error> {
    let sql = select!("holder = $2 AND id > $3 ORDER BY id LIMIT $4 + 0");
    let query = sqlx::query(sql).bind(member.as_str()).bind(holder.as_str());
    let rows = query.bind(page.after()).bind(page.limit()).fetch_all(conn).await?;
    rows.into_iter().map(of("credential_issued")).map(|row| read(&row)).collect()
}

async fn holders(conn: &mut AnyConnection, member: &MemberId) -> Result<Vec<ParticipantId>, Error> {
    let sql =
        "SELECT DISTINCT holder FROM credential_issued WHERE member = $1 AND standing <> $2 ORDER BY holder";
    let query = sqlx::query(sql).bind(member.as_str()).bind(Standing::Revoked.as_str());
    let rows = query.fetch_all(conn).await?;
    rows.into_iter().map(of("credential_issued")).map(|row| row.participant("holder")).collect()
}

async fn entitled(
    conn: &mut AnyConnection,
    member: &MemberId,
    holder: &ParticipantId,
    kind: &str,
) -> Result<Vec<Entitlement>, Error> {
    let sql = "SELECT holder, kind, about, claims, seconds, created FROM entitlement \
               WHERE member = $1 AND holder = $2 AND kind = $3 ORDER BY about";
    let query = sqlx::query(sql).bind(member.as_str()).bind(holder.as_str()).bind(kind);
    let rows = query.fetch_all(conn).await?.into_iter().map(of("entitlement"));
    rows.map(|row| {
        Ok(Entitlement {
            holder: row.participant("holder")?,
            kind: row.text("kind")?,
            about: row.text("about")?,
            claims: row.json("claims")?,
            seconds: row.int("seconds")?,
            created: row.time("created")?,
        })
    })
    .collect()
}

fn read(row: &Row) -> Result<Issued, Error> {
    Ok(Issued {
        id: row.text("id")?,
        holder: row.participant("holder")?,
        kind: row.text("kind")?,
        about: row.text("about")?,
        profile: row.one_of("profile", Profile::parse)?,
        standing: row.one_of("standing", Standing::parse)?,
        list: row.int("list")?,
        index: row.int("idx")?,
        created: row.time("created")?,
        until: row.opt_time("until")?,
        jwt: row.text("body")?,
        version: row.int("version")?,
    })
}

impl Tx<'_> {
    /// Keeps a credential just issued.
    pub async fn insert_issued(&mut self, issued: &Issued) -> Result<(), Error> {
        let sql = "INSERT INTO credential_issued \
                   (id, member, holder, kind, about, profile, standing, list, idx, created, until, version, body) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12)";
        let query = sqlx::query(sql)
            .bind(issued.id.clone())
            .bind(self.member.to_string())
            .bind(issued.holder.to_string())
            .bind(issued.kind.clone())
            .bind(issued.about.clone())
            .bind(issued.profile.as_str())
            .bind(issued.standing.as_str())
            .bind(issued.list)
            .bind(issued.index)
            .bind(issued.created.0)
            .bind(issued.until.map(|at| at.0))
            .bind(issued.jwt.clone());
        query.execute(self.writing().await?).await?;
        Ok(())
    }

    /// Keeps how a credential stands now.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it changed meanwhile.
    pub async fn save_issued(&mut self, issued: &Issued) -> Result<(), Error> {
        let sql = "UPDATE credential_issued SET standing = $1, version = version + 1 \
                   WHERE member = $2 AND id = $3 AND version = $4";
        let query = sqlx::query(sql)
            .bind(issued.standing.as_str())
            .bind(self.member.to_string())
            .bind(issued.id.clone())
            .bind(issued.version);
        match query.execute(self.writing().await?).await?.rows_affected() {
            0 => Err(Error::Conflict("credential")),
            _ => Ok(()),
        }
    }

    /// Keeps what a holder is given when it asks, instead of what it was given before.
    pub async fn put_entitlement(&mut self, entitlement: &Entitlement) -> Result<(), Error> {
        let claims = to_json(&entitlement.claims)?;
        let sql = "INSERT INTO entitlement (holder, member, kind, about, claims, seconds, created) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (member, holder, kind, about) DO UPDATE SET \
                   claims = excluded.claims, seconds = excluded.seconds, created = excluded.created";
        let query = sqlx::query(sql)
            .bind(entitlement.holder.to_string())
            .bind(self.member.to_string())
            .bind(entitlement.kind.clone())
            .bind(entitlement.about.clone())
            .bind(claims)
            .bind(entitlement.seconds)
            .bind(entitlement.created.0);
        query.execute(self.writing().await?).await?;
        Ok(())
    }

    /// A holder is given nothing more of this type about this matter; `false` if it was given nothing.
    pub async fn remove_entitlement(
        &mut self,
        holder: &ParticipantId,
        kind: &str,
        about: &str,
    ) -> Result<bool, Error> {
        let sql = "DELETE FROM entitlement WHERE member = $1 AND holder = $2 AND kind = $3 AND about = $4";
        let query = sqlx::query(sql)
            .bind(self.member.to_string())
            .bind(holder.to_string())
            .bind(kind.to_owned())
            .bind(about.to_owned());
        Ok(query.execute(self.writing().await?).await?.rows_affected() > 0)
    }
}
