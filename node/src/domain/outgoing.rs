//! A message on its way to a peer: written in the same transaction as the state it comes from.

use contracts::id::{AgreementId, MemberId, ParticipantId, Pid, RequestId, UseCaseId};

use super::time::Timestamp;

/// What a message belongs to. Messages of one process leave in their order, and its answers go back to it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Process {
    Negotiation(Pid),
    Transfer(Pid),
    /// What a data flow of ours tells the control plane that drives it.
    Flow(Pid),
    /// What the data plane of a transfer is told; `url` is then a path below its address.
    Plane(Pid),
    /// Revocations.
    Agreement(AgreementId),
    /// Batches of delivery receipts to one peer.
    Receipts(ParticipantId),
    /// Words about memberships, and ballots, to one peer.
    Peer(ParticipantId),
    /// A request for credentials, in either direction.
    Credentials(Pid),
    /// Words about a use case.
    UseCase(UseCaseId),
    /// A request for access, and what becomes of it.
    Request(RequestId),
}

impl Process {
    /// As stored: kind and identifier.
    pub fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Negotiation(pid) => ("negotiation", pid.as_str()),
            Self::Transfer(pid) => ("transfer", pid.as_str()),
            Self::Flow(pid) => ("flow", pid.as_str()),
            Self::Plane(pid) => ("plane", pid.as_str()),
            Self::Agreement(id) => ("agreement", id.as_str()),
            Self::Receipts(peer) => ("receipts", peer.as_str()),
            Self::Peer(peer) => ("peer", peer.as_str()),
            Self::Credentials(pid) => ("credentials", pid.as_str()),
            Self::UseCase(id) => ("use-case", id.as_str()),
            Self::Request(id) => ("request", id.as_str()),
        }
    }
    pub fn parse(kind: &str, id: &str) -> Option<Self> {
        Some(match kind {
            "negotiation" => Self::Negotiation(Pid::parse(id).ok()?),
            "transfer" => Self::Transfer(Pid::parse(id).ok()?),
            "flow" => Self::Flow(Pid::parse(id).ok()?),
            "plane" => Self::Plane(Pid::parse(id).ok()?),
            "agreement" => Self::Agreement(AgreementId::parse(id).ok()?),
            "receipts" => Self::Receipts(ParticipantId::parse(id).ok()?),
            "peer" => Self::Peer(ParticipantId::parse(id).ok()?),
            "credentials" => Self::Credentials(Pid::parse(id).ok()?),
            "use-case" => Self::UseCase(UseCaseId::parse(id).ok()?),
            "request" => Self::Request(RequestId::parse(id).ok()?),
            _ => return None,
        })
    }
}

/// A message to send with POST.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub process: Process,
    pub peer: ParticipantId,
    /// Name of the message, for the state machine that gets the answer and for persons.
    pub kind: &'static str,
    pub url: String,
    /// JSON text.
    pub body: String,
}

/// A message in the outbox, as the delivery worker holds it.
///
/// `seq` counts the messages of one process of one member from 1, without gaps: so the worker knows, without asking
/// the store, whether it holds the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// Row of the outbox.
    pub row: i64,
    pub member: MemberId,
    pub process: Process,
    pub seq: i64,
    pub peer: ParticipantId,
    pub kind: String,
    pub url: String,
    pub body: String,
    /// Attempts made so far.
    pub attempts: u32,
    pub created: Timestamp,
    /// Not to be sent before.
    pub next_at: Timestamp,
}
