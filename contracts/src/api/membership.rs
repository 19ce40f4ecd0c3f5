//! Memberships of trust frameworks, questions to their bodies, and who holds the seats.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ballot::Choice;

/// A membership, as one of its two sides keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MembershipView {
    pub framework: String,
    /// The version it was applied under, or whose charter is signed.
    pub version: String,
    /// This member's side: `operator` or `applicant`.
    pub side: String,
    pub operator: String,
    pub applicant: String,
    /// `sent`, `applied`, `refused`, `admitted`, `member`, `suspended`, `excluded`, `appealed` or `left`.
    pub state: String,
    pub kind: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub siren: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub siret: Option<String>,
    /// Why it stands where it stands, in French and English.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// What a body is asked about it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    pub charter_signed: bool,
    /// Identifier of the credential that attests it, where memberships are listed: as issued here, or as held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    pub updated: String,
}

/// Why something is done; told to the other side.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Because {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Leaving a framework.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Leaving {
    pub reason: String,
    /// Contracts with its members end at the same time.
    #[serde(default)]
    pub contracts: bool,
}

/// A membership that was left, and the contracts that ended with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeftView {
    pub membership: MembershipView,
    pub ended: Vec<String>,
}

/// A question to a body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QuestionView {
    /// As it was asked; its digest is in every ballot.
    #[schema(value_type = Object)]
    pub question: crate::ballot::Question,
    pub digest: String,
    /// `yes` or `no`, once it is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ballots: Vec<BallotView>,
}

/// A ballot that was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BallotView {
    pub seat: String,
    pub by: String,
    pub choice: Choice,
    /// As it was signed (compact JWS).
    pub ballot: String,
}

/// A ballot of this member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CastBallot {
    /// Who asks: the operator's DID, or its public address.
    pub operator: String,
    pub question: String,
    /// Digest of the question, as its operator shows it.
    pub asked: String,
    /// `college/1`.
    pub seat: String,
    pub choice: Choice,
    /// Why, in words for persons; shown to everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

/// A ballot on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CastView {
    pub ballot: String,
}

/// A seat of a body, and who holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeatView {
    pub body: String,
    pub seat: String,
    /// DID, or public address, of who holds it.
    pub holder: String,
}
