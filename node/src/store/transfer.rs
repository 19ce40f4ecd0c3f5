//! Transfers.

use contracts::id::{AgreementId, MemberId, ParticipantId, Pid};
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

use super::negotiation::{AnyQuery, Terminated};
use super::row::{Page, Row, of, reads, to_json};
use super::{Error, Tx};
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
    /// A transfer by our name for it.
    transfer(pid: &Pid) -> Option<Transfer> = by_pid;
    /// A transfer by the peer's name for it.
    transfer_of(peer: &ParticipantId, peer_pid: &Pid) -> Option<Transfer> = by_peer;
    /// Transfers of an agreement that have not ended.
    live_transfers(agreement: &AgreementId) -> Vec<Transfer> = live;
    /// Transfers in the order of our names for them, in one state or all.
    transfers(state: Option<StateKind>, page: &Page) -> Vec<Transfer> = list;
    /// How many transfers have not ended.
    transfers_open() -> u64 = open;
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
    let query = sqlx::query(select!("peer = $2 AND peer_pid = $3 ORDER BY role LIMIT 1"));
    let query = query.bind(member.as_str()).bind(peer.as_str()).bind(peer_pid.as_str());
    query.fetch_optional(conn).await?.map(of("transfer")).map(|row| read(&row)).transpose()
}

async fn live(
    conn: &mut AnyConnection,
    member: &MemberId,
    agreement: &AgreementId,
) -> Result<Vec<Transfer>, Error> {
    let sql = select!("agreement = $2 AND state IN ('REQUESTED', 'STARTED', 'SUSPENDED') ORDER BY pid");
    let rows = sqlx::query(sql).bind(member.as_str()).bind(agreement.as_str()).fetch_all(conn).await?;
    rows.into_iter().map(of("transfer")).map(|row| read(&row)).collect()
}

async fn list(
    conn: &mut AnyConnection,
    member: &MemberId,
    state: Option<StateKind>,
    page: &Page,
) -> Result<Vec<Transfer>, Error> {
    let sql = match state {
        Some(_) => select!("pid > $2 AND state = $4 ORDER BY pid LIMIT $3"),
        None => select!("pid > $2 ORDER BY pid LIMIT $3"),
    };
    let mut query = sqlx::query(sql).bind(member.as_str()).bind(page.after()).bind(page.limit());
    if let Some(state) = state {
        query = query.bind(state.as_str());
    }
    query.fetch_all(conn).await?.into_iter().map(of("transfer")).map(|row| read(&row)).collect()
}

async fn open(conn: &mut AnyConnection, member: &MemberId) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) AS n FROM transfer WHERE member = $1 AND state IN ('REQUESTED', 'STARTED', 'SUSPENDED')";
    let row = sqlx::query(sql).bind(member.as_str()).fetch_one(conn).await?;
    of("transfer")(row).count("n")
}

impl Tx<'_> {
    /// Adds a transfer.
    ///
    /// # Errors
    /// [`Error::Conflict`] if our or the peer's name for it is taken.
    pub async fn insert_transfer(&mut self, mut t: Transfer) -> Result<Transfer, Error> {
        t.version = 1;
        let sql = "INSERT INTO transfer (role, peer, peer_pid, agreement, dataset, state, needs_person, version, \
                   updated, body, member, pid, created) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING";
        let query = self.bind_transfer(sqlx::query(sql), &t)?.bind(t.created.0);
        match query.execute(self.writing().await?).await?.rows_affected() {
            1 => Ok(t),
            _ => Err(Error::Conflict("transfer")),
        }
    }

    /// Saves a transfer as its next version.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it was saved meanwhile.
    pub async fn save_transfer(&mut self, mut t: Transfer) -> Result<Transfer, Error> {
        let before = t.version;
        t.version += 1;
        let sql = "UPDATE transfer SET role = $1, peer = $2, peer_pid = $3, agreement = $4, dataset = $5, \
                   state = $6, needs_person = $7, version = $8, updated = $9, body = $10 \
                   WHERE member = $11 AND pid = $12 AND version = $13";
        let query = self.bind_transfer(sqlx::query(sql), &t)?.bind(before);
        match query.execute(self.writing().await?).await?.rows_affected() {
            1 => Ok(t),
            _ => Err(Error::Conflict("transfer")),
        }
    }

    fn bind_transfer<'q>(&self, query: AnyQuery<'q>, t: &Transfer) -> Result<AnyQuery<'q>, Error> {
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
            unacknowledged: t.unacknowledged.map(|m| m.as_str().to_owned()),
            suspended,
            terminated,
        };
        Ok(query
            .bind(t.role.as_str())
            .bind(t.peer.to_string())
            .bind(t.peer_pid.as_ref().map(ToString::to_string))
            .bind(t.agreement.to_string())
            .bind(t.dataset.to_string())
            .bind(t.state.kind().as_str())
            .bind(i64::from(t.needs_person))
            .bind(t.version)
            .bind(t.updated.0)
            .bind(to_json(&body)?)
            .bind(self.member.to_string())
            .bind(t.pid.to_string()))
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
        state,
        unacknowledged,
        needs_person: row.flag("needs_person")?,
        version: row.int("version")?,
        created: row.time("created")?,
        updated: row.time("updated")?,
    })
}
