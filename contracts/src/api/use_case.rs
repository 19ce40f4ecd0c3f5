//! Use cases of trust frameworks.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::framework::Phase;
use crate::use_case::Proposal;

/// A use case, as one of its sides keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UseCaseView {
    pub id: String,
    pub framework: String,
    /// The version it was proposed under.
    pub version: String,
    /// This member's side: `operator`, or `party` for who proposed it and whom it gives data to.
    pub side: String,
    pub operator: String,
    pub proposer: String,
    /// `sent`, `idee`, `test`, `confirme` or `abandonne`.
    pub state: String,
    /// Whether data may be used for it now.
    pub approved: bool,
    /// Why it is over: `refused`, `abandoned`, `withdrawn`, `ended` or `test-over`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<String>,
    /// What bodies are asked about it now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit: Option<AuditView>,
    pub proposal: Proposal,
    /// As it was proposed (compact JWS).
    pub signed: String,
    /// Why it stands where it stands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    pub since: String,
    pub updated: String,
}

/// An ethical audit that was passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditView {
    pub by: String,
    pub until: String,
    /// As it was signed (compact JWS).
    pub word: String,
}

/// A step that its proposer asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepWanted {
    pub to: Phase,
    /// What was done, and why it goes on; bodies read it.
    pub reason: String,
}
