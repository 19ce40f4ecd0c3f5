//! Hosted members and their sealed keys.

use std::collections::HashSet;

use contracts::id::MemberId;
use sqlx::AnyConnection;
use url::Url;

use super::row::{Row, of, reads};
use super::{Error, Store, Tx};
use crate::domain::member::Member;
use crate::identity::keys::{KeyRow, Purpose, Retired};
use crate::identity::public::Alg;

reads! {
    /// The member's keys, past ones too, oldest first.
    keys() -> Vec<KeyRow> = keys;
}

async fn keys(conn: &mut AnyConnection, member: &MemberId) -> Result<Vec<KeyRow>, Error> {
    let sql = "SELECT kid, purpose, alg, public_jwk, sealed, valid_from, valid_until FROM member_key \
               WHERE member = $1 ORDER BY valid_from, kid";
    let rows = sqlx::query(sql).bind(member.as_str()).fetch_all(conn).await?;
    rows.into_iter().map(of("member_key")).map(|row| read_key(&row)).collect()
}

/// The members that left this host.
pub(super) async fn retired(conn: &mut AnyConnection) -> Result<HashSet<MemberId>, Error> {
    let rows = sqlx::query("SELECT member FROM member WHERE retired IS NOT NULL").fetch_all(conn).await?;
    rows.into_iter().map(of("member")).map(|row| row.member("member")).collect()
}

impl Store {
    /// The members that left this host.
    pub async fn retired(&self) -> Result<HashSet<MemberId>, Error> {
        retired(&mut *self.pool.acquire().await?).await
    }

    /// All hosted members.
    pub async fn members(&self) -> Result<Vec<Member>, Error> {
        let mut conn = self.pool.acquire().await?;
        let sql = "SELECT member, did, name, base_url FROM member ORDER BY created, member";
        let rows = sqlx::query(sql).fetch_all(&mut *conn).await?;
        rows.into_iter().map(of("member")).map(|row| read(&row)).collect()
    }
}

impl Tx<'_> {
    /// Adds the member that this write is of, after all others: members that are made at one instant have an order too.
    ///
    /// # Errors
    /// [`Error::Conflict`] if its identifier, DID or address is taken.
    pub async fn insert_member(&mut self, member: &Member) -> Result<(), Error> {
        let sql = "INSERT INTO member (member, did, name, base_url, created) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT DO NOTHING";
        let at = self.at.0;
        let conn = self.writing().await?;
        let last = sqlx::query("SELECT MAX(created) AS created FROM member").fetch_one(&mut *conn).await?;
        let last = of("member")(last).opt_int("created")?;
        let query = sqlx::query(sql)
            .bind(member.id.as_str())
            .bind(member.did.as_str())
            .bind(member.name.as_str())
            .bind(member.base_url.as_str())
            .bind(last.map_or(at, |last| at.max(last.saturating_add(1))));
        match query.execute(conn).await?.rows_affected() {
            1 => Ok(()),
            _ => Err(Error::Conflict("member")),
        }
    }

    /// The member leaves this host: from here on every other write of it is refused, those of this commit too.
    pub async fn retire_member(&mut self) -> Result<(), Error> {
        let sql = "UPDATE member SET retired = $1 WHERE member = $2 AND retired IS NULL";
        let query = sqlx::query(sql).bind(self.at.0).bind(self.member.to_string());
        match query.execute(self.writing().await?).await?.rows_affected() {
            1 => self.batch.retire(self.member.clone()),
            _ => return Err(Error::Retired),
        }
        Ok(())
    }

    /// Adds a key of the member.
    pub async fn insert_key(&mut self, key: &KeyRow) -> Result<(), Error> {
        let sql = "INSERT INTO member_key (kid, member, purpose, alg, public_jwk, sealed, valid_from, valid_until) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
        let query = sqlx::query(sql)
            .bind(key.kid.as_str())
            .bind(self.member.to_string())
            .bind(key.purpose.as_str())
            .bind(key.alg.as_str())
            .bind(key.public_jwk.as_str())
            .bind(key.sealed.as_slice())
            .bind(key.valid_from.0)
            .bind(key.valid_until.map(|at| at.0));
        match query.execute(self.writing().await?).await?.rows_affected() {
            1 => Ok(()),
            _ => Err(Error::Conflict("member_key")),
        }
    }

    /// Ends the validity of a key.
    pub async fn retire_key(&mut self, retired: &Retired) -> Result<(), Error> {
        let sql = "UPDATE member_key SET valid_until = $1 WHERE member = $2 AND kid = $3";
        let query = sqlx::query(sql)
            .bind(retired.valid_until.0)
            .bind(self.member.to_string())
            .bind(retired.kid.as_str());
        match query.execute(self.writing().await?).await?.rows_affected() {
            1 => Ok(()),
            _ => Err(Error::NotFound("key")),
        }
    }
}

pub(super) fn read(row: &Row) -> Result<Member, Error> {
    Ok(Member {
        id: row.member("member")?,
        did: row.participant("did")?,
        name: row.text("name")?,
        base_url: row.one_of("base_url", |text| Url::parse(text).ok())?,
    })
}

fn read_key(row: &Row) -> Result<KeyRow, Error> {
    Ok(KeyRow {
        kid: row.text("kid")?,
        purpose: row.one_of("purpose", Purpose::parse)?,
        alg: row.one_of("alg", Alg::parse)?,
        public_jwk: row.text("public_jwk")?,
        sealed: row.bytes("sealed")?,
        valid_from: row.time("valid_from")?,
        valid_until: row.opt_time("valid_until")?,
    })
}
