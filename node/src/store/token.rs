//! Tokens of the management API. Only their hashes are kept.

use std::sync::Arc;

use contracts::api::scope::Scope;
use contracts::api::token::Role;
use contracts::id::MemberId;
use sqlx::AnyConnection;

use super::found::Kind;
use super::row::{Page, Row, of, reads, to_json};
use super::{Error, Store, Tx};
use crate::domain::time::Timestamp;

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    pub id: String,
    /// Hexadecimal SHA-256 of the secret.
    pub hash: String,
    pub role: Role,
    /// Kept in the same column as the role, after it.
    pub scope: Option<Scope>,
    pub label: String,
    pub created: Timestamp,
    pub expires: Option<Timestamp>,
    pub revoked: Option<Timestamp>,
}

impl ApiToken {
    pub fn valid_at(&self, at: Timestamp) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|end| at < end)
    }
}

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT id, hash, role, label, created, expires, revoked FROM api_token WHERE member = $1 AND ",
            $condition
        )
    };
}

reads! {
    /// The member's token with this hash, valid or not.
    api_token(hash: &str) -> Option<ApiToken> = by_hash;
    /// The member's tokens that are not revoked, by identifier.
    api_tokens(page: &Page) -> Vec<ApiToken> = list;
    /// How many tokens are not revoked.
    api_tokens_live() -> u64 = live;
}

async fn by_hash(conn: &mut AnyConnection, member: &MemberId, hash: &str) -> Result<Option<ApiToken>, Error> {
    let query = sqlx::query(select!("hash = $2")).bind(member.as_str()).bind(hash);
    query.fetch_optional(conn).await?.map(of("api_token")).map(|row| read(&row)).transpose()
}

async fn list(conn: &mut AnyConnection, member: &MemberId, page: &Page) -> Result<Vec<ApiToken>, Error> {
    let query = sqlx::query(select!("id > $2 AND revoked IS NULL ORDER BY id LIMIT $3 + 0"));
    let rows = query.bind(member.as_str()).bind(page.after()).bind(page.limit()).fetch_all(conn).await?;
    rows.into_iter().map(of("api_token")).map(|row| read(&row)).collect()
}

async fn live(conn: &mut AnyConnection, member: &MemberId) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) AS n FROM api_token WHERE member = $1 AND revoked IS NULL";
    of("api_token")(sqlx::query(sql).bind(member.as_str()).fetch_one(conn).await?).count("n")
}

impl Store {
    /// The member's token with this hash, valid or not: known, or read.
    pub async fn api_token(&self, member: &MemberId, hash: &str) -> Result<Option<Arc<ApiToken>>, Error> {
        let (tokens, hash) = (&self.shared.found.tokens, hash.to_owned());
        let (found, look) = tokens.get(member, &hash, self.clock.now());
        if found.is_some() {
            return Ok(found);
        }
        let read = self.read(member).await?.api_token(&hash).await?.map(Arc::new);
        if let Some(token) = &read {
            tokens.put(member, hash, Arc::clone(token), token.label.len() + 256, &look);
        }
        Ok(read)
    }
}

impl Tx<'_> {
    pub async fn insert_api_token(&mut self, token: &ApiToken) -> Result<(), Error> {
        self.changes(Kind::Tokens);
        let sql = "INSERT INTO api_token (id, member, hash, role, label, created, expires, revoked) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
        let query = sqlx::query(sql)
            .bind(token.id.as_str())
            .bind(self.member.to_string())
            .bind(token.hash.as_str())
            .bind(right(token)?)
            .bind(token.label.as_str())
            .bind(token.created.0)
            .bind(token.expires.map(|at| at.0))
            .bind(token.revoked.map(|at| at.0));
        match query.execute(self.writing().await?).await?.rows_affected() {
            1 => Ok(()),
            _ => Err(Error::Conflict("api_token")),
        }
    }

    /// Revokes a token; `false` if there is none such or it was revoked before.
    pub async fn revoke_api_token(&mut self, id: &str) -> Result<bool, Error> {
        self.changes(Kind::Tokens);
        let sql = "UPDATE api_token SET revoked = $1 WHERE member = $2 AND id = $3 AND revoked IS NULL";
        let query = sqlx::query(sql).bind(self.at.0).bind(self.member.to_string()).bind(id);
        Ok(query.execute(self.writing().await?).await?.rows_affected() == 1)
    }
}

/// Role and scope as kept.
fn right(token: &ApiToken) -> Result<String, Error> {
    Ok(match &token.scope {
        None => token.role.as_str().to_owned(),
        Some(scope) => format!("{} {}", token.role.as_str(), to_json(scope)?),
    })
}

fn read(row: &Row) -> Result<ApiToken, Error> {
    let right = row.text("role")?;
    let (role, scope) =
        right.split_once(' ').map_or((right.as_str(), None), |(role, scope)| (role, Some(scope)));
    // A scope that cannot be read is no scope: the token is refused, not widened.
    let scope = scope.map(|json| serde_json::from_str(json).map_err(|_| row.wrong("role"))).transpose()?;
    Ok(ApiToken {
        id: row.text("id")?,
        hash: row.text("hash")?,
        role: Role::parse(role).ok_or_else(|| row.wrong("role"))?,
        scope,
        label: row.text("label")?,
        created: row.time("created")?,
        expires: row.opt_time("expires")?,
        revoked: row.opt_time("revoked")?,
    })
}
