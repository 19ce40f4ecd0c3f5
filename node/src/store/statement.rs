//! Signed statements: the member's own to show, peers' recorded as declared.

use contracts::id::{MemberId, ParticipantId};
use contracts::jcs::sha256_b64url;
use sqlx::AnyConnection;

use super::found::Kind;
use super::row::{of, reads};
use super::{Error, Store, Tx};
use crate::domain::time::Timestamp;

reads! {
    /// The member's newest own statement (compact JWS) that is valid at this time.
    own_statement(at: Timestamp) -> Option<String> = own;
    /// The member's newest own statement and when it ends, or ended.
    newest_own_statement() -> Option<(String, Timestamp)> = newest;
    /// Statements of a peer valid at this time, oldest first.
    peer_statements(peer: &ParticipantId, at: Timestamp) -> Vec<String> = of_peer;
}

async fn own(conn: &mut AnyConnection, member: &MemberId, at: Timestamp) -> Result<Option<String>, Error> {
    Ok(valid(conn, member, "", at).await?.pop())
}

async fn newest(conn: &mut AnyConnection, member: &MemberId) -> Result<Option<(String, Timestamp)>, Error> {
    let sql = "SELECT digest, statement, valid_until FROM statement WHERE member = $1 AND issuer = '' \
               ORDER BY recorded DESC, digest DESC LIMIT 1";
    let row = sqlx::query(sql).bind(member.as_str()).fetch_optional(conn).await?.map(of("statement"));
    row.map(|row| Ok((row.text("statement")?, row.time("valid_until")?))).transpose()
}

async fn of_peer(
    conn: &mut AnyConnection,
    member: &MemberId,
    peer: &ParticipantId,
    at: Timestamp,
) -> Result<Vec<String>, Error> {
    valid(conn, member, peer.as_str(), at).await
}

async fn valid(
    conn: &mut AnyConnection,
    member: &MemberId,
    issuer: &str,
    at: Timestamp,
) -> Result<Vec<String>, Error> {
    let sql = "SELECT digest, statement FROM statement WHERE member = $1 AND issuer = $2 AND valid_until > $3 \
               ORDER BY recorded, digest";
    let rows = sqlx::query(sql).bind(member.as_str()).bind(issuer).bind(at.0).fetch_all(conn).await?;
    rows.into_iter().map(of("statement")).map(|row| row.text("statement")).collect()
}

impl Store {
    /// The member's newest own statement and when it ends, or ended: known, or read.
    pub async fn newest_own_statement(
        &self,
        member: &MemberId,
    ) -> Result<Option<(String, Timestamp)>, Error> {
        let statements = &self.shared.found.statements;
        let (found, look) = statements.get(member, &(), self.clock.now());
        if let Some(found) = found {
            return Ok(found);
        }
        let read = self.read(member).await?.newest_own_statement().await?;
        statements.put(member, (), read.clone(), read.as_ref().map_or(0, |(jws, _)| jws.len()), &look);
        Ok(read)
    }
}

impl Tx<'_> {
    /// Keeps a statement of the member's own.
    pub async fn save_own_statement(
        &mut self,
        jws: &str,
        at: Timestamp,
        until: Timestamp,
    ) -> Result<(), Error> {
        self.save_statement("", "own", jws, at, until).await
    }

    /// Keeps a peer's statement, at level "declared".
    pub async fn save_peer_statement(
        &mut self,
        peer: &ParticipantId,
        jws: &str,
        at: Timestamp,
        until: Timestamp,
    ) -> Result<(), Error> {
        self.save_statement(peer.as_str(), "declared", jws, at, until).await
    }

    async fn save_statement(
        &mut self,
        issuer: &str,
        level: &str,
        jws: &str,
        at: Timestamp,
        until: Timestamp,
    ) -> Result<(), Error> {
        self.changes(Kind::Statements);
        let sql = "INSERT INTO statement (digest, member, issuer, level, statement, recorded, valid_until) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
        let query = sqlx::query(sql)
            .bind(sha256_b64url(jws.as_bytes()))
            .bind(self.member.to_string())
            .bind(issuer)
            .bind(level)
            .bind(jws)
            .bind(at.0)
            .bind(until.0);
        query.execute(self.writing().await?).await?;
        Ok(())
    }
}
