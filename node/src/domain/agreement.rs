//! What was agreed: immutable, but for its signatures, its standing and its revocation.

use contracts::id::{AgreementId, DatasetId, ParticipantId};

use super::negotiation::Shown;
use super::process::Role;
use super::time::Timestamp;

/// An agreement and the contract that carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    pub id: AgreementId,
    /// Our role.
    pub role: Role,
    pub peer: ParticipantId,
    /// The peer's DSP base address, for revocations and terminations.
    pub callback: String,
    pub dataset: DatasetId,
    pub shown: Option<Shown>,
    /// The ODRL agreement as JSON, as it travelled.
    pub policy: String,
    /// The contract document's canonical bytes and its text; absent when the peer cannot sign.
    pub contract: Option<Contract>,
    pub standing: Standing,
    pub revoked: Option<Revocation>,
    pub created: Timestamp,
    /// From this instant on it gives no right; `None`: no term.
    pub until: Option<Timestamp>,
    /// First data request permitted under it: where `elapsedTime` starts.
    pub first_use: Option<Timestamp>,
    pub version: i64,
}

/// The signed part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// Canonical JSON (RFC 8785).
    pub document: String,
    /// Readable text, named in the document by digest.
    pub text: String,
    /// DID documents of both parties as at signing: a JSON object by DID.
    pub identities: String,
    /// Detached signatures (JWS), in the order they were made.
    pub signatures: Vec<String>,
}

/// Whether the agreement gives a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Not signed by everybody yet.
    Pending,
    /// Signed by both, verified.
    Signed,
    /// The peer cannot sign. Whether it counts is configuration, refused by default.
    Unsigned,
    /// The negotiation ended before both had signed.
    Abandoned,
}

impl Standing {
    pub const ALL: [Self; 4] = [Self::Pending, Self::Signed, Self::Unsigned, Self::Abandoned];
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Signed => "signed",
            Self::Unsigned => "unsigned",
            Self::Abandoned => "abandoned",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }
}

/// A signed statement that ended the agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    pub by: ParticipantId,
    pub ground: String,
    pub at: Timestamp,
    /// The statement itself (compact JWS).
    pub statement: String,
}
