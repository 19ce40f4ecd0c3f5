//! Negotiations.

use std::sync::Arc;

use contracts::id::{MemberId, OfferId, ParticipantId, Pid};
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

use super::open::Kind;
use super::row::{Page, Row, of, reads, to_json};
use super::script::{Statement, Value};
use super::{Error, Reader, Store, Tx};
use crate::domain::negotiation::{MessageKind, Negotiation, Shown, State, StateKind, Termination, Terms};
use crate::domain::outgoing::Process;
use crate::domain::process::Role;
use crate::domain::time::Timestamp;

/// What no query asks for.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    callback: String,
    offer: String,
    policy: String,
    shown: Option<(i64, String)>,
    until: Option<i64>,
    statements: Vec<String>,
    unacknowledged: Option<String>,
    terminated: Option<Terminated>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Terminated {
    by_us: bool,
    code: Option<String>,
    reason: Option<String>,
}

impl From<&Termination> for Terminated {
    fn from(t: &Termination) -> Self {
        Self { by_us: t.by_us, code: t.code.clone(), reason: t.reason.clone() }
    }
}

impl From<Terminated> for Termination {
    fn from(t: Terminated) -> Self {
        Self { by_us: t.by_us, code: t.code, reason: t.reason }
    }
}

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT pid, role, peer, peer_pid, dataset, state, agreement, needs_person, version, created, updated, \
             body FROM negotiation WHERE member = $1 AND ",
            $condition
        )
    };
}

reads! {
    /// A negotiation by the peer's name for it.
    negotiation_of(peer: &ParticipantId, peer_pid: &Pid) -> Option<Negotiation> = by_peer;
    /// Negotiations in the order of our names for them, in one state or all.
    negotiations(state: Option<StateKind>, page: &Page) -> Vec<Negotiation> = list;
}

async fn by_pid(
    conn: &mut AnyConnection,
    member: &MemberId,
    pid: &Pid,
) -> Result<Option<Negotiation>, Error> {
    let query = sqlx::query(select!("pid = $2")).bind(member.as_str()).bind(pid.as_str());
    query.fetch_optional(conn).await?.map(of("negotiation")).map(|row| read(&row)).transpose()
}

async fn by_peer(
    conn: &mut AnyConnection,
    member: &MemberId,
    peer: &ParticipantId,
    peer_pid: &Pid,
) -> Result<Option<Negotiation>, Error> {
    let query = sqlx::query(select!(
        "role IN ('consumer', 'provider') AND peer = $2 AND peer_pid = $3 ORDER BY role LIMIT 1"
    ));
    let query = query.bind(member.as_str()).bind(peer.as_str()).bind(peer_pid.as_str());
    query.fetch_optional(conn).await?.map(of("negotiation")).map(|row| read(&row)).transpose()
}

async fn list(
    conn: &mut AnyConnection,
    member: &MemberId,
    state: Option<StateKind>,
    page: &Page,
) -> Result<Vec<Negotiation>, Error> {
    let sql = match state {
        Some(_) => select!("pid > $2 AND state = $4 ORDER BY pid LIMIT $3 + 0"),
        None => select!("pid > $2 ORDER BY pid LIMIT $3 + 0"),
    };
    let mut query = sqlx::query(sql).bind(member.as_str()).bind(page.after()).bind(page.limit());
    if let Some(state) = state {
        query = query.bind(state.as_str());
    }
    query.fetch_all(conn).await?.into_iter().map(of("negotiation")).map(|row| read(&row)).collect()
}

async fn open(conn: &mut AnyConnection, member: &MemberId) -> Result<(u64, u64), Error> {
    let sql = "SELECT COUNT(*) AS n, \
               (SELECT COUNT(*) FROM outbox WHERE member || '' = $1 AND state = 'waiting') AS waiting \
               FROM negotiation WHERE member = $1 AND \
               state IN ('REQUESTED', 'OFFERED', 'ACCEPTED', 'AGREED', 'VERIFIED')";
    let row = of("negotiation")(sqlx::query(sql).bind(member.as_str()).fetch_one(conn).await?);
    Ok((row.count("n")?, row.count("waiting")?))
}

impl Store {
    /// A negotiation as last committed: known, or read.
    pub async fn negotiation(&self, member: &MemberId, pid: &Pid) -> Result<Option<Negotiation>, Error> {
        match self.shared.known.negotiations.get(member, pid.as_str()) {
            Some(known) => Ok(Some(Arc::unwrap_or_clone(known))),
            None => self.read(member).await?.negotiation(pid).await,
        }
    }
}

impl Reader {
    /// A negotiation by our name for it.
    pub async fn negotiation(&mut self, pid: &Pid) -> Result<Option<Negotiation>, Error> {
        by_pid(&mut self.conn, &self.member, pid).await
    }
}

impl Tx<'_> {
    /// How many negotiations have not ended, and how many messages wait to be sent: exactly, unless both are below these
    /// limits; then at most so many.
    pub async fn negotiations_open(&mut self, limits: (u64, u64)) -> Result<(u64, u64), Error> {
        let member = self.member.clone();
        if let Some(bounds) = self.batch.counts().below(&member, Kind::Negotiations, limits) {
            return Ok(bounds);
        }
        let counts = open(self.reading().await?, &member).await?;
        self.batch.counts().counted(&member, Kind::Negotiations, counts);
        Ok(counts)
    }

    /// A negotiation by our name for it.
    pub async fn negotiation(&mut self, pid: &Pid) -> Result<Option<Negotiation>, Error> {
        let known =
            self.batch.changes.negotiations.get(&self.batch.known.negotiations, &self.member, pid.as_str());
        if let Some(known) = known {
            return Ok(Some(known.as_ref().clone()));
        }
        let member = self.member.clone();
        let found = by_pid(self.reading().await?, &member, pid).await?;
        if let Some(found) = &found {
            self.batch.changes.negotiations.read(&member, pid.as_str(), &Arc::new(found.clone()));
        }
        Ok(found)
    }

    /// Adds a negotiation.
    ///
    /// # Errors
    /// [`Error::Conflict`] if our or the peer's name for it is taken.
    pub async fn insert_negotiation(&mut self, mut n: Negotiation) -> Result<Negotiation, Error> {
        n.version = 1;
        let sql = "INSERT INTO negotiation (role, peer, peer_pid, dataset, state, agreement, needs_person, version, \
                   updated, body, member, pid, created) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
        self.insert("negotiation", Statement::new(sql, self.negotiation_values(&n, n.created.0)?));
        self.negotiation_written(&n);
        self.first_message(&Process::Negotiation(n.pid.clone()));
        self.batch.counts().begins(&self.member, Kind::Negotiations);
        self.no_answers(n.pid.as_str());
        Ok(n)
    }

    /// Saves a negotiation as its next version.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it was saved meanwhile.
    pub async fn save_negotiation(&mut self, mut n: Negotiation) -> Result<Negotiation, Error> {
        let before = n.version;
        let stored = self.negotiation(&n.pid).await?.filter(|stored| stored.version == before);
        let stored = stored.ok_or(Error::Conflict("negotiation"))?;
        n.version += 1;
        // Another version than the one read is no version: the statement fails.
        let sql = "UPDATE negotiation SET role = $1, peer = $2, peer_pid = $3, dataset = $4, \
                   state = $5, \
                   agreement = $6, needs_person = $7, \
                   version = CASE WHEN version = $13 THEN CAST($8 AS BIGINT) END, updated = $9, body = $10 \
                   WHERE member = $11 AND pid = $12";
        let statement = Statement::new(sql, self.negotiation_values(&n, before)?);
        if stored.peer_pid == n.peer_pid {
            self.later(statement);
        } else {
            // The peer's name for it must be one of its kind: only the database knows whether it is.
            self.insert("negotiation", statement);
        }
        self.negotiation_written(&n);
        Ok(n)
    }

    fn negotiation_written(&mut self, n: &Negotiation) {
        self.batch.changes.negotiations.written(&self.member, n.pid.as_str(), Some(&Arc::new(n.clone())));
    }

    fn negotiation_values(&self, n: &Negotiation, last: i64) -> Result<[Value; 13], Error> {
        let terminated = match &n.state {
            State::Terminated(t) => Some(t.into()),
            State::Requested
            | State::Offered
            | State::Accepted
            | State::Agreed(_)
            | State::Verified(_)
            | State::Finalized(_) => None,
        };
        let body = Body {
            callback: n.callback.clone(),
            offer: n.terms.offer.to_string(),
            policy: n.terms.policy.clone(),
            shown: n.terms.shown.as_ref().map(|s| (s.revision, s.digest.clone())),
            until: n.terms.until.map(|t| t.0),
            statements: n.statements.clone(),
            unacknowledged: n.unacknowledged.map(|m| m.as_str().to_owned()),
            terminated,
        };
        Ok([
            n.role.as_str().into(),
            n.peer.to_string().into(),
            n.peer_pid.as_ref().map(ToString::to_string).into(),
            n.terms.dataset.to_string().into(),
            n.state.kind().as_str().into(),
            n.agreement().map(ToString::to_string).into(),
            n.needs_person.into(),
            n.version.into(),
            n.updated.0.into(),
            to_json(&body)?.into(),
            self.member.to_string().into(),
            n.pid.to_string().into(),
            last.into(),
        ])
    }
}

fn read(row: &Row) -> Result<Negotiation, Error> {
    let body: Body = row.json("body")?;
    let agreement = row.opt_text("agreement")?.map(|_| row.agreement("agreement")).transpose()?;
    let state = match (row.one_of("state", StateKind::parse)?, agreement, body.terminated) {
        (StateKind::Requested, None, None) => State::Requested,
        (StateKind::Offered, None, None) => State::Offered,
        (StateKind::Accepted, None, None) => State::Accepted,
        (StateKind::Agreed, Some(id), None) => State::Agreed(id),
        (StateKind::Verified, Some(id), None) => State::Verified(id),
        (StateKind::Finalized, Some(id), None) => State::Finalized(id),
        (StateKind::Terminated, None, Some(t)) => State::Terminated(t.into()),
        _ => return Err(row.wrong("state")),
    };
    let unacknowledged = match body.unacknowledged {
        Some(name) => Some(MessageKind::parse(&name).ok_or_else(|| row.wrong("body"))?),
        None => None,
    };
    Ok(Negotiation {
        pid: row.pid("pid")?,
        role: row.one_of("role", Role::parse)?,
        peer: row.participant("peer")?,
        peer_pid: row.opt_text("peer_pid")?.map(|_| row.pid("peer_pid")).transpose()?,
        callback: body.callback,
        terms: Terms {
            dataset: row.dataset("dataset")?,
            offer: OfferId::parse(body.offer).map_err(|_| row.wrong("body"))?,
            policy: body.policy,
            shown: body.shown.map(|(revision, digest)| Shown { revision, digest }),
            until: body.until.map(Timestamp),
        },
        state,
        statements: body.statements,
        unacknowledged,
        needs_person: row.flag("needs_person")?,
        version: row.int("version")?,
        created: row.time("created")?,
        updated: row.time("updated")?,
    })
}
