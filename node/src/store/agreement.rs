//! Agreements and their revocations.

use std::sync::Arc;

use contracts::id::{AgreementId, MemberId, ParticipantId};
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

use super::row::{Page, Row, of, reads, to_json};
use super::script::Statement;
use super::{Error, Reader, Store, Tx};
use crate::domain::agreement::{Agreement, Contract, Revocation, Standing};
use crate::domain::negotiation::Shown;
use crate::domain::process::Role;
use crate::domain::time::Timestamp;

/// What no query asks for.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    callback: String,
    shown: Option<(i64, String)>,
    until: Option<i64>,
    policy: String,
    contract: Option<Signed>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signed {
    document: String,
    text: String,
    identities: String,
    signatures: Vec<String>,
}

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT a.id, a.role, a.peer, a.dataset, a.standing, a.first_use, a.version, a.created, a.body, \
             r.issuer, r.ground, r.at, r.statement FROM agreement a \
             LEFT JOIN revocation r ON r.member = a.member AND r.agreement = a.id WHERE a.member = $1 AND ",
            $condition
        )
    };
}

reads! {
    /// Agreements in the order of their identifiers.
    agreements(page: &Page) -> Vec<Agreement> = list;
    /// Agreements with a peer, in either role.
    agreements_with(peer: &ParticipantId) -> Vec<Agreement> = with;
}

async fn by_id(
    conn: &mut AnyConnection,
    member: &MemberId,
    id: &AgreementId,
) -> Result<Option<Agreement>, Error> {
    let query = sqlx::query(select!("a.id = $2")).bind(member.as_str()).bind(id.as_str());
    query.fetch_optional(conn).await?.map(of("agreement")).map(|row| read(&row)).transpose()
}

async fn list(conn: &mut AnyConnection, member: &MemberId, page: &Page) -> Result<Vec<Agreement>, Error> {
    let sql = select!("a.id > $2 ORDER BY a.id LIMIT $3 + 0");
    let query = sqlx::query(sql).bind(member.as_str()).bind(page.after()).bind(page.limit());
    query.fetch_all(conn).await?.into_iter().map(of("agreement")).map(|row| read(&row)).collect()
}

async fn with(
    conn: &mut AnyConnection,
    member: &MemberId,
    peer: &ParticipantId,
) -> Result<Vec<Agreement>, Error> {
    let query =
        sqlx::query(select!("a.peer = $2 ORDER BY a.id")).bind(member.as_str()).bind(peer.to_string());
    query.fetch_all(conn).await?.into_iter().map(of("agreement")).map(|row| read(&row)).collect()
}

impl Store {
    /// An agreement as last committed: known, or read.
    pub async fn agreement(&self, member: &MemberId, id: &AgreementId) -> Result<Option<Agreement>, Error> {
        match self.shared.known.agreements.get(member, id.as_str()) {
            Some(known) => Ok(Some(Arc::unwrap_or_clone(known))),
            None => self.read(member).await?.agreement(id).await,
        }
    }
}

impl Reader {
    /// An agreement with its revocation, if any.
    pub async fn agreement(&mut self, id: &AgreementId) -> Result<Option<Agreement>, Error> {
        by_id(&mut self.conn, &self.member, id).await
    }
}

impl Tx<'_> {
    /// An agreement with its revocation, if any.
    pub async fn agreement(&mut self, id: &AgreementId) -> Result<Option<Agreement>, Error> {
        Ok(self.shared_agreement(id).await?.map(Arc::unwrap_or_clone))
    }

    /// As [`Self::agreement`], not to be changed.
    pub async fn shared_agreement(&mut self, id: &AgreementId) -> Result<Option<Arc<Agreement>>, Error> {
        let known =
            self.batch.changes.agreements.get(&self.batch.known.agreements, &self.member, id.as_str());
        if known.is_some() {
            return Ok(known);
        }
        let member = self.member.clone();
        let found = by_id(self.reading().await?, &member, id).await?.map(Arc::new);
        if let Some(found) = &found {
            self.batch.changes.agreements.read(&member, id.as_str(), found);
        }
        Ok(found)
    }

    /// Adds an agreement.
    ///
    /// # Errors
    /// [`Error::Conflict`] if its identifier is taken.
    pub async fn insert_agreement(&mut self, mut a: Agreement) -> Result<Agreement, Error> {
        a.version = 1;
        let sql = "INSERT INTO agreement (id, member, role, peer, dataset, standing, first_use, version, created, body) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let values = [
            a.id.as_str().into(),
            self.member.as_str().into(),
            a.role.as_str().into(),
            a.peer.as_str().into(),
            a.dataset.as_str().into(),
            a.standing.as_str().into(),
            a.first_use.map(|at| at.0).into(),
            a.version.into(),
            a.created.0.into(),
            body(&a)?.into(),
        ];
        self.insert("agreement", Statement::new(sql, values));
        Ok(self.agreement_written(a))
    }

    /// Saves what of an agreement may change: signatures, standing, first use, revocation.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it was saved meanwhile.
    pub async fn save_agreement(&mut self, mut a: Agreement) -> Result<Agreement, Error> {
        let before = a.version;
        if self.shared_agreement(&a.id).await?.is_none_or(|stored| stored.version != before) {
            return Err(Error::Conflict("agreement"));
        }
        a.version += 1;
        // Another version than the one read is no version: the statement fails.
        let sql = "UPDATE agreement SET standing = $1, first_use = $2, \
                   version = CASE WHEN version = $7 THEN CAST($3 AS BIGINT) END, body = $4 \
                   WHERE member = $5 AND id = $6";
        let values = [
            a.standing.as_str().into(),
            a.first_use.map(|at| at.0).into(),
            a.version.into(),
            body(&a)?.into(),
            self.member.as_str().into(),
            a.id.as_str().into(),
            before.into(),
        ];
        self.later(Statement::new(sql, values));
        Ok(self.agreement_written(a))
    }

    fn agreement_written(&mut self, a: Agreement) -> Agreement {
        // A revocation is written once and never again.
        if let Some(revoked) = &a.revoked {
            let sql = "INSERT INTO revocation (agreement, member, issuer, ground, at, statement) \
                       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
            let values = [
                a.id.as_str().into(),
                self.member.as_str().into(),
                revoked.by.as_str().into(),
                revoked.ground.as_str().into(),
                revoked.at.0.into(),
                revoked.statement.as_str().into(),
            ];
            self.later(Statement::new(sql, values));
        }
        self.batch.changes.agreements.written(&self.member, a.id.as_str(), Some(&Arc::new(a.clone())));
        a
    }
}

fn body(a: &Agreement) -> Result<String, Error> {
    to_json(&Body {
        callback: a.callback.clone(),
        shown: a.shown.as_ref().map(|s| (s.revision, s.digest.clone())),
        until: a.until.map(|t| t.0),
        policy: a.policy.clone(),
        contract: a.contract.as_ref().map(|c| Signed {
            document: c.document.clone(),
            text: c.text.clone(),
            identities: c.identities.clone(),
            signatures: c.signatures.clone(),
        }),
    })
}

fn read(row: &Row) -> Result<Agreement, Error> {
    let body: Body = row.json("body")?;
    let revoked = match row.opt_text("statement")? {
        Some(statement) => Some(Revocation {
            by: row.participant("issuer")?,
            ground: row.text("ground")?,
            at: row.time("at")?,
            statement,
        }),
        None => None,
    };
    Ok(Agreement {
        id: row.agreement("id")?,
        role: row.one_of("role", Role::parse)?,
        peer: row.participant("peer")?,
        callback: body.callback,
        dataset: row.dataset("dataset")?,
        shown: body.shown.map(|(revision, digest)| Shown { revision, digest }),
        policy: body.policy,
        contract: body.contract.map(|c| Contract {
            document: c.document,
            text: c.text,
            identities: c.identities,
            signatures: c.signatures,
        }),
        standing: row.one_of("standing", Standing::parse)?,
        revoked,
        created: row.time("created")?,
        until: body.until.map(Timestamp),
        first_use: row.opt_time("first_use")?,
        version: row.int("version")?,
    })
}
