//! Duties of contracts.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A duty, as this member sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DutyView {
    pub contract: String,
    /// Its place among the contract's obligations, from 0.
    pub number: u32,
    /// Which time it is, from 1, when it is to be done again.
    pub occurrence: u32,
    pub peer: String,
    pub dataset: String,
    /// The ODRL action to do.
    pub action: String,
    /// Whether this member owes it.
    pub ours: bool,
    /// `pending`, `due`, `overdue`, `fulfilled` or `waived`.
    pub state: String,
    /// Until when (RFC 3339); absent while nothing dates it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// How far the creditor went: `none`, `told`, `suspended` or `listed`.
    pub measure: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceView>,
}

/// Who said that it is done, or waived.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EvidenceView {
    pub by: String,
    pub words: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    pub at: String,
    /// The signed notice (compact JWS).
    pub notice: String,
}

/// How a duty was done, or why it is waived.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettleDuty {
    pub words: String,
    /// SHA-256 (base64url) of a document that proves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
}

/// A duty that was not done, as its creditor lists it publicly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OverdueView {
    pub peer: String,
    pub action: String,
    pub due: String,
}
