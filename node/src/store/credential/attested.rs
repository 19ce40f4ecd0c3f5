//! What trusted issuers attest of peers, as last shown and verified.

use contracts::dcp::status::{Purpose, StatusEntry};
use contracts::id::{MemberId, ParticipantId};
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

use super::super::row::{Row, of, reads, to_json};
use super::super::{Error, Tx};
use crate::domain::credential::Attested;

/// A status entry as it is kept.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    purpose: String,
    index: u64,
    list: String,
}

reads! {
    /// What is attested of a peer, by issuer and type.
    attested(peer: &ParticipantId) -> Vec<Attested> = of_peer;
    /// All that is attested of peers.
    all_attested() -> Vec<Attested> = all;
}

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT peer, credential, issuer, kind, facts, status, valid_from, valid_until, verified, \
             confirmed, lost FROM attested WHERE member = $1",
            $condition,
            " ORDER BY peer, issuer, kind, credential"
        )
    };
}

async fn of_peer(
    conn: &mut AnyConnection,
    member: &MemberId,
    peer: &ParticipantId,
) -> Result<Vec<Attested>, Error> {
    let query = sqlx::query(select!(" AND peer = $2")).bind(member.as_str()).bind(peer.as_str());
    query.fetch_all(conn).await?.into_iter().map(of("attested")).map(|row| read(&row)).collect()
}

async fn all(conn: &mut AnyConnection, member: &MemberId) -> Result<Vec<Attested>, Error> {
    let query = sqlx::query(select!("")).bind(member.as_str());
    query.fetch_all(conn).await?.into_iter().map(of("attested")).map(|row| read(&row)).collect()
}

fn read(row: &Row) -> Result<Attested, Error> {
    let entries: Vec<Entry> = row.json("status")?;
    let status = entries.into_iter().map(|entry| {
        let purpose = Purpose::parse(&entry.purpose).ok_or_else(|| row.wrong("status"))?;
        Ok(StatusEntry { purpose, index: entry.index, list: entry.list })
    });
    Ok(Attested {
        peer: row.participant("peer")?,
        credential: row.text("credential")?,
        issuer: row.participant("issuer")?,
        kind: row.text("kind")?,
        facts: row.json("facts")?,
        status: status.collect::<Result<_, Error>>()?,
        from: row.time("valid_from")?,
        until: row.opt_time("valid_until")?,
        verified: row.time("verified")?,
        confirmed: row.time("confirmed")?,
        lost: row.opt_text("lost")?,
    })
}

impl Tx<'_> {
    /// Keeps what is attested of a peer.
    pub async fn put_attested(&mut self, attested: &Attested) -> Result<(), Error> {
        let entries: Vec<Entry> = attested
            .status
            .iter()
            .map(|e| Entry { purpose: e.purpose.as_str().into(), index: e.index, list: e.list.clone() })
            .collect();
        let (facts, status) = (to_json(&attested.facts)?, to_json(&entries)?);
        let sql = "INSERT INTO attested (peer, member, credential, issuer, kind, facts, status, valid_from, valid_until, \
                   verified, confirmed, lost) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
                   ON CONFLICT (member, peer, issuer, credential) DO UPDATE SET kind = excluded.kind, \
                   facts = excluded.facts, status = excluded.status, valid_from = excluded.valid_from, \
                   valid_until = excluded.valid_until, verified = excluded.verified, \
                   confirmed = excluded.confirmed, lost = excluded.lost";
        let query = sqlx::query(sql)
            .bind(attested.peer.to_string())
            .bind(self.member.to_string())
            .bind(attested.credential.clone())
            .bind(attested.issuer.to_string())
            .bind(attested.kind.clone())
            .bind(facts)
            .bind(status)
            .bind(attested.from.0)
            .bind(attested.until.map(|at| at.0))
            .bind(attested.verified.0)
            .bind(attested.confirmed.0)
            .bind(attested.lost.clone());
        query.execute(self.writing().await?).await?;
        Ok(())
    }

    /// Keeps how what is attested stands: why it is lost, or that it was seen to be good at that instant.
    pub async fn save_standing(&mut self, one: &Attested) -> Result<(), Error> {
        let sql = "UPDATE attested SET confirmed = $1, lost = $2 \
                   WHERE member = $3 AND peer = $4 AND issuer = $5 AND credential = $6";
        let query = sqlx::query(sql)
            .bind(one.confirmed.0)
            .bind(one.lost.clone())
            .bind(self.member.to_string())
            .bind(one.peer.to_string())
            .bind(one.issuer.to_string())
            .bind(one.credential.clone());
        query.execute(self.writing().await?).await?;
        Ok(())
    }

    /// Forgets what was attested of a peer: it showed something else, or nothing that counts.
    pub async fn forget_attested(&mut self, peer: &ParticipantId) -> Result<(), Error> {
        let sql = "DELETE FROM attested WHERE member = $1 AND peer = $2";
        let query = sqlx::query(sql).bind(self.member.to_string()).bind(peer.to_string());
        query.execute(self.writing().await?).await?;
        Ok(())
    }
}
