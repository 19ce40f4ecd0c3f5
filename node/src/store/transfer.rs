//! Transfers.

use std::sync::Arc;

use contracts::id::{AgreementId, MemberId, ParticipantId, Pid};
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

use super::negotiation::Terminated;
use super::open::Kind;
use super::row::{Page, Row, of, reads, to_json};
use super::script::{Statement, Value};
use super::{Error, Reader, Store, Tx};
use crate::domain::outgoing::Process;
use crate::domain::plane::{Ask, DataPlane, Foreign};
use crate::domain::process::Role;
use crate::domain::transfer::{
    Address, Binding, Destination, MessageKind, Signaled, Sink, State, StateKind, Transfer,
};

/// What no query asks for.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    callback: String,
    format: String,
    purpose: Option<String>,
    statements: Vec<String>,
    binding: Option<Bound>,
    address: Option<Reached>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    destination: Option<Aimed>,
    /// Process and profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signaled: Option<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plane: Option<Attached>,
    unacknowledged: Option<String>,
    suspended: Option<Suspended>,
    terminated: Option<Terminated>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Bound {
    Key(String),
    Bearer,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reached {
    endpoint: String,
    token: String,
    scheme: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Aimed {
    Sink { endpoint: String, method: String, authorization: Option<(String, String)>, resumable: bool },
    Received(String),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Attached {
    name: String,
    flow: Option<String>,
    asked: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Suspended {
    by_us: bool,
    reason: Option<String>,
}

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT pid, role, peer, peer_pid, agreement, dataset, state, needs_person, version, created, updated, \
             body FROM transfer WHERE member = $1 AND ",
            $condition
        )
    };
}

reads! {
    /// A transfer by the peer's name for it.
    transfer_of(peer: &ParticipantId, peer_pid: &Pid) -> Option<Transfer> = by_peer;
    /// Transfers of an agreement that have not ended.
    live_transfers(agreement: &AgreementId) -> Vec<Transfer> = live;
    /// Transfers in the order of our names for them, in one state or all.
    transfers(state: Option<StateKind>, page: &Page) -> Vec<Transfer> = list;
}

async fn by_pid(conn: &mut AnyConnection, member: &MemberId, pid: &Pid) -> Result<Option<Transfer>, Error> {
    let query = sqlx::query(select!("pid = $2")).bind(member.as_str()).bind(pid.as_str());
    query.fetch_optional(conn).await?.map(of("transfer")).map(|row| read(&row)).transpose()
}

async fn by_peer(
    conn: &mut AnyConnection,
    member: &MemberId,
    peer: &ParticipantId,
    peer_pid: &Pid,
) -> Result<Option<Transfer>, Error> {
    let query = sqlx::query(select!(
        "role IN ('consumer', 'provider') AND peer = $2 AND peer_pid = $3 ORDER BY role LIMIT 1"
    ));
    let query = query.bind(member.as_str()).bind(peer.as_str()).bind(peer_pid.as_str());
    query.fetch_optional(conn).await?.map(of("transfer")).map(|row| read(&row)).transpose()
}

async fn live(
    conn: &mut AnyConnection,
    member: &MemberId,
    agreement: &AgreementId,
) -> Result<Vec<Transfer>, Error> {
    let sql = select!("agreement = $2 AND state IN ('REQUESTED', 'STARTED', 'SUSPENDED')");
    let rows = sqlx::query(sql).bind(member.as_str()).bind(agreement.as_str()).fetch_all(conn).await?;
    let rows = rows.into_iter().map(of("transfer")).map(|row| read(&row));
    // Ordered here: asked to order them, the database would go through all transfers.
    let mut found = rows.collect::<Result<Vec<_>, _>>()?;
    found.sort_by(|a, b| a.pid.cmp(&b.pid));
    Ok(found)
}

async fn list(
    conn: &mut AnyConnection,
    member: &MemberId,
    state: Option<StateKind>,
    page: &Page,
) -> Result<Vec<Transfer>, Error> {
    let sql = match state {
        Some(_) => select!("pid > $2 AND state = $4 ORDER BY pid LIMIT $3 + 0"),
        None => select!("pid > $2 ORDER BY pid LIMIT $3 + 0"),
    };
    let mut query = sqlx::query(sql).bind(member.as_str()).bind(page.after()).bind(page.limit());
    if let Some(state) = state {
        query = query.bind(state.as_str());
    }
    query.fetch_all(conn).await?.into_iter().map(of("transfer")).map(|row| read(&row)).collect()
}

async fn open(conn: &mut AnyConnection, member: &MemberId) -> Result<(u64, u64), Error> {
    let sql = "SELECT COUNT(*) AS n, \
               (SELECT COUNT(*) FROM outbox WHERE member || '' = $1 AND state = 'waiting') AS waiting \
               FROM transfer WHERE member = $1 AND state IN ('REQUESTED', 'STARTED', 'SUSPENDED')";
    let row = of("transfer")(sqlx::query(sql).bind(member.as_str()).fetch_one(conn).await?);
    Ok((row.count("n")?, row.count("waiting")?))
}

impl Store {
    /// A transfer as last committed: known, or read.
    pub async fn transfer(&self, member: &MemberId, pid: &Pid) -> Result<Option<Transfer>, Error> {
        match self.shared.known.transfers.get(member, pid.as_str()) {
            Some(known) => Ok(Some(Arc::unwrap_or_clone(known))),
            None => self.read(member).await?.transfer(pid).await,
        }
    }
}

impl Reader {
    /// A transfer by our name for it.
    pub async fn transfer(&mut self, pid: &Pid) -> Result<Option<Transfer>, Error> {
        by_pid(&mut self.conn, &self.member, pid).await
    }
}

impl Tx<'_> {
    /// How many transfers have not ended, and how many messages wait to be sent: exactly, unless both are below these
    /// limits; then at most so many.
    pub async fn transfers_open(&mut self, limits: (u64, u64)) -> Result<(u64, u64), Error> {
        let member = self.member.clone();
        if let Some(bounds) = self.batch.counts().below(&member, Kind::Transfers, limits) {
            return Ok(bounds);
        }
        let counts = open(self.reading().await?, &member).await?;
        self.batch.counts().counted(&member, Kind::Transfers, counts);
        Ok(counts)
    }

    /// A transfer by our name for it.
    pub async fn transfer(&mut self, pid: &Pid) -> Result<Option<Transfer>, Error> {
        let known = self.batch.changes.transfers.get(&self.batch.known.transfers, &self.member, pid.as_str());
        if let Some(known) = known {
            return Ok(Some(known.as_ref().clone()));
        }
        let member = self.member.clone();
        let found = by_pid(self.reading().await?, &member, pid).await?;
        if let Some(found) = &found {
            self.batch.changes.transfers.read(&member, pid.as_str(), &Arc::new(found.clone()));
        }
        Ok(found)
    }

    /// Adds a transfer.
    ///
    /// # Errors
    /// [`Error::Conflict`] if our or the peer's name for it is taken.
    pub async fn insert_transfer(&mut self, mut t: Transfer) -> Result<Transfer, Error> {
        t.version = 1;
        let sql = "INSERT INTO transfer (role, peer, peer_pid, agreement, dataset, state, needs_person, version, \
                   updated, body, member, pid, created) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
        self.insert("transfer", Statement::new(sql, self.transfer_values(&t, t.created.0)?));
        self.transfer_written(&t);
        self.first_message(&Process::Transfer(t.pid.clone()));
        self.batch.counts().begins(&self.member, Kind::Transfers);
        self.no_answers(t.pid.as_str());
        Ok(t)
    }

    /// Saves a transfer as its next version.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it was saved meanwhile.
    pub async fn save_transfer(&mut self, mut t: Transfer) -> Result<Transfer, Error> {
        let before = t.version;
        let stored = self.transfer(&t.pid).await?.filter(|stored| stored.version == before);
        let stored = stored.ok_or(Error::Conflict("transfer"))?;
        t.version += 1;
        // Another version than the one read is no version: the statement fails.
        let sql = "UPDATE transfer SET role = $1, peer = $2, peer_pid = $3, agreement = $4, dataset = $5, \
                   state = $6, \
                   needs_person = $7, \
                   version = CASE WHEN version = $13 THEN CAST($8 AS BIGINT) END, updated = $9, body = $10 \
                   WHERE member = $11 AND pid = $12";
        let statement = Statement::new(sql, self.transfer_values(&t, before)?);
        if stored.peer_pid == t.peer_pid {
            self.later(statement);
        } else {
            // The peer's name for it must be one of its kind: only the database knows whether it is.
            self.insert("transfer", statement);
        }
        self.transfer_written(&t);
        Ok(t)
    }

    fn transfer_written(&mut self, t: &Transfer) {
        self.batch.changes.transfers.written(&self.member, t.pid.as_str(), Some(&Arc::new(t.clone())));
    }

    fn transfer_values(&self, t: &Transfer, last: i64) -> Result<[Value; 13], Error> {
        let (suspended, terminated) = match &t.state {
            State::Suspended { by_us, reason } => {
                (Some(Suspended { by_us: *by_us, reason: reason.clone() }), None)
            }
            State::Terminated(end) => (None, Some(end.into())),
            State::Requested | State::Started | State::Completed => (None, None),
        };
        let body = Body {
            callback: t.callback.clone(),
            format: t.format.clone(),
            purpose: t.purpose.clone(),
            statements: t.statements.clone(),
            binding: t.binding.as_ref().map(|b| match b {
                Binding::Key { thumbprint } => Bound::Key(thumbprint.clone()),
                Binding::Bearer => Bound::Bearer,
            }),
            address: t.address.as_ref().map(|a| Reached {
                endpoint: a.endpoint.clone(),
                token: a.token.clone(),
                scheme: a.scheme.clone(),
            }),
            destination: t.destination.clone().map(|d| match d {
                Destination::Sink(Sink { endpoint, method, authorization, resumable }) => {
                    Aimed::Sink { endpoint, method, authorization, resumable }
                }
                Destination::Received(name) => Aimed::Received(name),
            }),
            signaled: t.signaled.as_ref().map(|s| (s.process.clone(), s.profile.clone())),
            plane: match &t.plane {
                DataPlane::Local => None,
                DataPlane::Foreign(Foreign { name, flow, asked }) => Some(Attached {
                    name: name.clone(),
                    flow: flow.clone(),
                    asked: asked.map(|ask| ask.as_str().to_owned()),
                }),
            },
            unacknowledged: t.unacknowledged.map(|m| m.as_str().to_owned()),
            suspended,
            terminated,
        };
        Ok([
            t.role.as_str().into(),
            t.peer.to_string().into(),
            t.peer_pid.as_ref().map(ToString::to_string).into(),
            t.agreement.to_string().into(),
            t.dataset.to_string().into(),
            t.state.kind().as_str().into(),
            t.needs_person.into(),
            t.version.into(),
            t.updated.0.into(),
            to_json(&body)?.into(),
            self.member.to_string().into(),
            t.pid.to_string().into(),
            last.into(),
        ])
    }
}

fn read(row: &Row) -> Result<Transfer, Error> {
    let body: Body = row.json("body")?;
    let state = match (row.one_of("state", StateKind::parse)?, body.suspended, body.terminated) {
        (StateKind::Requested, None, None) => State::Requested,
        (StateKind::Started, None, None) => State::Started,
        (StateKind::Suspended, Some(s), None) => State::Suspended { by_us: s.by_us, reason: s.reason },
        (StateKind::Completed, None, None) => State::Completed,
        (StateKind::Terminated, None, Some(t)) => State::Terminated(t.into()),
        _ => return Err(row.wrong("state")),
    };
    let unacknowledged = match body.unacknowledged {
        Some(name) => Some(MessageKind::parse(&name).ok_or_else(|| row.wrong("body"))?),
        None => None,
    };
    let plane = match body.plane {
        None => DataPlane::Local,
        Some(Attached { name, flow, asked }) => {
            let asked = asked.map(|ask| Ask::parse(&ask).ok_or_else(|| row.wrong("body"))).transpose()?;
            DataPlane::Foreign(Foreign { name, flow, asked })
        }
    };
    Ok(Transfer {
        pid: row.pid("pid")?,
        role: row.one_of("role", Role::parse)?,
        peer: row.participant("peer")?,
        peer_pid: row.opt_text("peer_pid")?.map(|_| row.pid("peer_pid")).transpose()?,
        callback: body.callback,
        agreement: row.agreement("agreement")?,
        dataset: row.dataset("dataset")?,
        format: body.format,
        purpose: body.purpose,
        statements: body.statements,
        binding: body.binding.map(|b| match b {
            Bound::Key(thumbprint) => Binding::Key { thumbprint },
            Bound::Bearer => Binding::Bearer,
        }),
        address: body.address.map(|a| Address { endpoint: a.endpoint, token: a.token, scheme: a.scheme }),
        destination: body.destination.map(|d| match d {
            Aimed::Sink { endpoint, method, authorization, resumable } => {
                Destination::Sink(Sink { endpoint, method, authorization, resumable })
            }
            Aimed::Received(name) => Destination::Received(name),
        }),
        signaled: body.signaled.map(|(process, profile)| Signaled { process, profile }),
        plane,
        state,
        unacknowledged,
        needs_person: row.flag("needs_person")?,
        version: row.int("version")?,
        created: row.time("created")?,
        updated: row.time("updated")?,
    })
}
