//! Requests for access to datasets.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access_request::{Role, Wanted};

/// A request, as one of its sides keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AccessRequestView {
    pub id: String,
    /// This member's side: `asker`, `owner`, or `reviewer` for who is asked for an opinion.
    pub side: String,
    pub peer: String,
    /// `sent`, `open`, `granted` or `refused`.
    pub state: String,
    pub wanted: Wanted,
    /// When it is answered at the latest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// Where that stands: `pending`, `due`, `overdue` while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reviews: Vec<ReviewView>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// Before whom a refusal can be contested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appeal: Option<String>,
    /// What a yes became, as who asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub negotiation: Option<String>,
    /// As it was asked (compact JWS).
    pub signed: String,
    pub updated: String,
}

/// An opinion that is asked for, or was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReviewView {
    pub role: Role,
    /// Whom it is asked of, if not of this member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yes: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// As it was signed (compact JWS).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word: Option<String>,
}

/// A request that is to be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskAccess {
    /// The owner's DID, or its public address.
    pub peer: String,
    pub wanted: Wanted,
}
