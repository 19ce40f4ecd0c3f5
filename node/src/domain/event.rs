//! Everything that can happen and must be known afterwards: one closed type.
//!
//! Log entry, outbox, projections, metrics and notifications derive from it.

mod access_request;
mod credential;
mod duty;
mod fields;
mod membership;
mod use_case;

use contracts::framework::Version;
use contracts::id::{AgreementId, ConventionId, DatasetId, FrameworkId, ParticipantId, Pid};

pub use access_request::{OfRequest, RequestEvent};
pub use credential::{CredentialEvent, OfCredential};
pub use duty::{DutyEvent, OfDuty};
pub use membership::{MembershipEvent, OfMembership, OfQuestion, QuestionEvent};
pub use use_case::{OfUseCase, UseCaseEvent};

/// The name both members give to one exchange of bytes: 128 random bits in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reference(pub String);

/// An auditable fact about one member. Clear values go to the erasable body of the entry, commitments to the leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Member(MemberEvent),
    Dataset {
        what: DatasetEvent,
        dataset: DatasetId,
        revision: i64,
        digest: String,
    },
    Negotiation {
        what: NegotiationEvent,
        negotiation: Pid,
        peer: ParticipantId,
        dataset: DatasetId,
    },
    Contract {
        what: ContractEvent,
        agreement: AgreementId,
        peer: ParticipantId,
        dataset: DatasetId,
        digest: String,
    },
    /// A convention of hosting.
    Convention {
        what: ConventionEvent,
        convention: ConventionId,
        peer: ParticipantId,
        /// Digest of the document that both sign.
        digest: String,
    },
    /// A version of a trust framework.
    Framework {
        what: FrameworkEvent,
        framework: FrameworkId,
        version: Version,
        publisher: ParticipantId,
        /// Digest of the signed document.
        digest: String,
    },
    Transfer {
        what: TransferEvent,
        transfer: Pid,
        agreement: AgreementId,
        peer: ParticipantId,
        dataset: DatasetId,
        /// The data plane that serves it, if it is not this node's own.
        plane: Option<String>,
    },
    Access(Access),
    Duty(OfDuty),
    Membership(OfMembership),
    Question(OfQuestion),
    UseCase(OfUseCase),
    Request(OfRequest),
    Credential(OfCredential),
    /// Somebody read entries or what opens them.
    LogRead(Reading),
    /// As a witness: a peer signed two checkpoints of one size that contradict each other; both are kept.
    Fork {
        peer: ParticipantId,
        size: u64,
    },
    /// As a witness: a peer's log goes on under the name of a new epoch. `known`: what was cosigned of the one before.
    PeerEpoch {
        peer: ParticipantId,
        number: u64,
        size: u64,
        known: u64,
    },
    /// The member's log goes on in a new epoch after an older state came back. `lost`: size and root of the newest
    /// checkpoint that others hold and that the log does not lead to.
    Epoch {
        number: u64,
        size: u64,
        root: [u8; 32],
        lost: Option<(u64, [u8; 32])>,
    },
    /// What opens the entries about one person in one year was erased. Whom it was about is not said again.
    Erased {
        year: i64,
        ground: String,
    },
    /// Both members' entries about one contract were compared.
    Twins {
        what: TwinsEvent,
        agreement: AgreementId,
        peer: ParticipantId,
        /// Digest of what is kept about it: the findings, and both sides' entries.
        digest: String,
    },
}

/// Who read what of the log, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub reader: String,
    pub role: String,
    pub scope: String,
    pub read: String,
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TwinsEvent {
    /// An exchange has no twin, or another one.
    Differ,
    /// The peer gave no entries for longer than is tolerated.
    Unanswered,
    /// After one of the above: all is settled.
    Agree,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberEvent {
    Created,
    KeyAdded {
        kid: String,
    },
    KeyRetired {
        kid: String,
    },
    StatementMade {
        digest: String,
    },
    TokenIssued {
        role: String,
        /// What bounds it; empty for nothing.
        scope: String,
    },
    TokenRevoked,
    /// The last word of its log at this host; the log goes on at the next one.
    Retired,
    /// The first word at the new host.
    Adopted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatasetEvent {
    Published,
    Withdrawn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NegotiationEvent {
    Requested,
    Offered,
    Accepted,
    Agreed,
    Verified,
    Finalized,
    Terminated,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContractEvent {
    /// Signed by this member.
    Signed,
    /// The peer's signature was verified.
    Countersigned,
    /// The peer cannot sign: recorded, and accepted only by configuration.
    RecordedUnsigned,
    /// Revoked by this member.
    Revoked,
    /// The peer's signed revocation was received.
    RevokedByPeer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConventionEvent {
    /// Signed by this member.
    Signed,
    /// The other side's signature was verified.
    Countersigned,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameworkEvent {
    /// Signed and published by this member.
    Published,
    /// Somebody else's, whose signature was verified.
    Imported,
    /// Its rules are the member's from now on.
    Adopted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferEvent {
    Requested,
    Started,
    Suspended,
    Resumed,
    Completed,
    Terminated,
    /// Another data plane says that bytes cannot flow; the state stays.
    Errored,
}

/// What happened to bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    pub what: AccessEvent,
    pub reference: Reference,
    pub transfer: Pid,
    pub agreement: Option<AgreementId>,
    pub dataset: Option<DatasetId>,
    pub peer: ParticipantId,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessEvent {
    /// Provider, before the first byte. `first` is the offset of that byte.
    Opened { first: u64 },
    /// Provider, after the last byte: what was really handed over.
    Closed { bytes: u64, sha256: String, ending: Ending },
    /// Provider, at recovery: the process died in between; at most so many bytes left.
    Orphaned { at_most: u64 },
    /// Provider: nothing left.
    Refused,
    /// Provider: token or proof were not right; nothing was decided and nothing left. `times` since the last entry.
    Unproven { cause: Cause, times: u64 },
    /// Consumer: what was really received.
    Received { bytes: u64, sha256: String, ending: Ending },
    /// Provider: the consumer's signed receipt was verified.
    Acknowledged { bytes: u64, sha256: String },
}

/// What was wrong with a data request's token or proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// No token, or not one that holds.
    Token,
    /// Ours, past its time.
    Expired,
    /// Ours, for another transfer.
    OtherTransfer,
    /// Without proof of the key it is bound to, or with a wrong one: stolen, perhaps.
    Proof,
    /// A proof that was used before.
    Replayed,
}

impl Cause {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Expired => "expired",
            Self::OtherTransfer => "other-transfer",
            Self::Proof => "proof",
            Self::Replayed => "replayed",
        }
    }
}

/// Why bytes stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Complete,
    /// The other side went away, or the connection broke.
    Broken,
    Suspended,
    Terminated,
    Revoked,
    /// The source failed while being read.
    SourceFailed,
    /// Too slow or too long for the configured limits.
    TimedOut,
}

impl Ending {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Broken => "broken",
            Self::Suspended => "suspended",
            Self::Terminated => "terminated",
            Self::Revoked => "revoked",
            Self::SourceFailed => "source-failed",
            Self::TimedOut => "timed-out",
        }
    }
}

/// What a decision looked at and said, kept beside the entry and erasable; its digest is in the leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRecord {
    /// Canonical JSON of request, facts and decision (`log::decision::Kept`).
    pub json: String,
    /// Hexadecimal SHA-256 of the report of the decision.
    pub report: String,
    pub permitted: bool,
}

/// An event on its way into a member's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub event: Event,
    pub decision: Option<DecisionRecord>,
}

impl From<Event> for Record {
    fn from(event: Event) -> Self {
        Self { event, decision: None }
    }
}

impl Event {
    /// The leaf's `kind`; a name never changes its meaning.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Member(e) => match e {
                MemberEvent::Created => "member.created",
                MemberEvent::KeyAdded { .. } => "member.key-added",
                MemberEvent::KeyRetired { .. } => "member.key-retired",
                MemberEvent::StatementMade { .. } => "member.statement-made",
                MemberEvent::TokenIssued { .. } => "member.token-issued",
                MemberEvent::TokenRevoked => "member.token-revoked",
                MemberEvent::Retired => "member.retired",
                MemberEvent::Adopted => "member.adopted",
            },
            Self::Dataset { what, .. } => match what {
                DatasetEvent::Published => "dataset.published",
                DatasetEvent::Withdrawn => "dataset.withdrawn",
            },
            Self::Negotiation { what, .. } => match what {
                NegotiationEvent::Requested => "negotiation.requested",
                NegotiationEvent::Offered => "negotiation.offered",
                NegotiationEvent::Accepted => "negotiation.accepted",
                NegotiationEvent::Agreed => "negotiation.agreed",
                NegotiationEvent::Verified => "negotiation.verified",
                NegotiationEvent::Finalized => "negotiation.finalized",
                NegotiationEvent::Terminated => "negotiation.terminated",
            },
            Self::Contract { what, .. } => match what {
                ContractEvent::Signed => "contract.signed",
                ContractEvent::Countersigned => "contract.countersigned",
                ContractEvent::RecordedUnsigned => "contract.recorded-unsigned",
                ContractEvent::Revoked => "contract.revoked",
                ContractEvent::RevokedByPeer => "contract.revoked-by-peer",
            },
            Self::Convention { what, .. } => match what {
                ConventionEvent::Signed => "convention.signed",
                ConventionEvent::Countersigned => "convention.countersigned",
            },
            Self::Framework { what, .. } => match what {
                FrameworkEvent::Published => "framework.published",
                FrameworkEvent::Imported => "framework.imported",
                FrameworkEvent::Adopted => "framework.adopted",
            },
            Self::Transfer { what, .. } => match what {
                TransferEvent::Requested => "transfer.requested",
                TransferEvent::Started => "transfer.started",
                TransferEvent::Suspended => "transfer.suspended",
                TransferEvent::Resumed => "transfer.resumed",
                TransferEvent::Completed => "transfer.completed",
                TransferEvent::Terminated => "transfer.terminated",
                TransferEvent::Errored => "transfer.errored",
            },
            Self::Duty(duty) => duty.kind(),
            Self::Membership(of) => of.kind(),
            Self::Question(of) => of.kind(),
            Self::UseCase(of) => of.kind(),
            Self::Request(of) => of.kind(),
            Self::Credential(credential) => credential.kind(),
            Self::LogRead(_) => "log.read",
            Self::Fork { .. } => "witness.fork",
            Self::PeerEpoch { .. } => "witness.epoch",
            Self::Epoch { .. } => "log.epoch",
            Self::Erased { .. } => "log.erased",
            Self::Twins { what, .. } => match what {
                TwinsEvent::Differ => "twins.differ",
                TwinsEvent::Unanswered => "twins.unanswered",
                TwinsEvent::Agree => "twins.agree",
            },
            Self::Access(a) => match a.what {
                AccessEvent::Opened { .. } => "delivery.opened",
                AccessEvent::Closed { .. } => "delivery.closed",
                AccessEvent::Orphaned { .. } => "delivery.orphaned",
                AccessEvent::Refused => "access.refused",
                AccessEvent::Unproven { .. } => "access.unproven",
                AccessEvent::Received { .. } => "delivery.received",
                AccessEvent::Acknowledged { .. } => "delivery.acknowledged",
            },
        }
    }

    /// The name that both members give to it, for entries that have a twin at the other member: the reference of an
    /// exchange, the identifier of a credential.
    pub fn reference(&self) -> Option<&str> {
        match self {
            Self::Access(a) => Some(&a.reference.0),
            Self::Credential(c) => Some(&c.credential),
            _ => None,
        }
    }

    /// Whom the clear values are about: what opens the entries about one of them in one year can be erased at once.
    /// `None` for the member itself.
    pub fn subject(&self) -> Option<&str> {
        match self {
            Self::Member(_) | Self::Dataset { .. } | Self::Epoch { .. } | Self::Erased { .. } => None,
            Self::Framework { what: FrameworkEvent::Published, .. } => None,
            Self::Framework { publisher, .. } => Some(publisher.as_str()),
            Self::Negotiation { peer, .. }
            | Self::Contract { peer, .. }
            | Self::Convention { peer, .. }
            | Self::Transfer { peer, .. }
            | Self::Access(Access { peer, .. })
            | Self::Duty(OfDuty { peer, .. })
            | Self::Membership(OfMembership { peer, .. })
            | Self::UseCase(OfUseCase { peer, .. })
            | Self::Request(OfRequest { peer, .. })
            | Self::Credential(OfCredential { peer, .. })
            | Self::Fork { peer, .. }
            | Self::PeerEpoch { peer, .. }
            | Self::Twins { peer, .. } => Some(peer.as_str()),
            Self::Question(OfQuestion { peer, .. }) => peer.as_ref().map(ParticipantId::as_str),
            Self::LogRead(reading) => Some(&reading.reader),
        }
    }
}
