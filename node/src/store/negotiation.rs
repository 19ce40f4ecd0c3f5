//! Negotiations.

use contracts::id::{MemberId, OfferId, ParticipantId, Pid};
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

use super::row::{Page, Row, of, reads, to_json};
use super::{Error, Tx};
use crate::domain::negotiation::{MessageKind, Negotiation, Shown, State, StateKind, Termination, Terms};
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
    /// A negotiation by our name for it.
    negotiation(pid: &Pid) -> Option<Negotiation> = by_pid;
    /// A negotiation by the peer's name for it.
    negotiation_of(peer: &ParticipantId, peer_pid: &Pid) -> Option<Negotiation> = by_peer;
    /// Negotiations in the order of our names for them, in one state or all.
    negotiations(state: Option<StateKind>, page: &Page) -> Vec<Negotiation> = list;
    /// How many negotiations have not ended.
    negotiations_open() -> u64 = open;
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
    let query = sqlx::query(select!("peer = $2 AND peer_pid = $3 ORDER BY role LIMIT 1"));
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
        Some(_) => select!("pid > $2 AND state = $4 ORDER BY pid LIMIT $3"),
        None => select!("pid > $2 ORDER BY pid LIMIT $3"),
    };
    let mut query = sqlx::query(sql).bind(member.as_str()).bind(page.after()).bind(page.limit());
    if let Some(state) = state {
        query = query.bind(state.as_str());
    }
    query.fetch_all(conn).await?.into_iter().map(of("negotiation")).map(|row| read(&row)).collect()
}

async fn open(conn: &mut AnyConnection, member: &MemberId) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) AS n FROM negotiation WHERE member = $1 AND state IN ('REQUESTED', 'OFFERED', 'ACCEPTED', 'AGREED', 'VERIFIED')";
    let row = sqlx::query(sql).bind(member.as_str()).fetch_one(conn).await?;
    of("negotiation")(row).count("n")
}

impl Tx<'_> {
    /// Adds a negotiation.
    ///
    /// # Errors
    /// [`Error::Conflict`] if our or the peer's name for it is taken.
    pub async fn insert_negotiation(&mut self, mut n: Negotiation) -> Result<Negotiation, Error> {
        n.version = 1;
        let sql = "INSERT INTO negotiation (role, peer, peer_pid, dataset, state, agreement, needs_person, version, \
                   updated, body, member, pid, created) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING";
        let query = self.bind_negotiation(sqlx::query(sql), &n)?.bind(n.created.0);
        match query.execute(self.writing().await?).await?.rows_affected() {
            1 => Ok(n),
            _ => Err(Error::Conflict("negotiation")),
        }
    }

    /// Saves a negotiation as its next version.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it was saved meanwhile.
    pub async fn save_negotiation(&mut self, mut n: Negotiation) -> Result<Negotiation, Error> {
        let before = n.version;
        n.version += 1;
        let sql = "UPDATE negotiation SET role = $1, peer = $2, peer_pid = $3, dataset = $4, state = $5, \
                   agreement = $6, needs_person = $7, version = $8, updated = $9, body = $10 \
                   WHERE member = $11 AND pid = $12 AND version = $13";
        let query = self.bind_negotiation(sqlx::query(sql), &n)?.bind(before);
        match query.execute(self.writing().await?).await?.rows_affected() {
            1 => Ok(n),
            _ => Err(Error::Conflict("negotiation")),
        }
    }

    fn bind_negotiation<'q>(&self, query: AnyQuery<'q>, n: &Negotiation) -> Result<AnyQuery<'q>, Error> {
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
        Ok(query
            .bind(n.role.as_str())
            .bind(n.peer.to_string())
            .bind(n.peer_pid.as_ref().map(ToString::to_string))
            .bind(n.terms.dataset.to_string())
            .bind(n.state.kind().as_str())
            .bind(n.agreement().map(ToString::to_string))
            .bind(i64::from(n.needs_person))
            .bind(n.version)
            .bind(n.updated.0)
            .bind(to_json(&body)?)
            .bind(self.member.to_string())
            .bind(n.pid.to_string()))
    }
}

pub(super) type AnyQuery<'q> = sqlx::query::Query<'q, sqlx::Any, sqlx::any::AnyArguments>;

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
