//! Contracts: what was agreed, by whom it is signed, whether it still stands.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::policy::ClauseView;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ContractView {
    /// The agreement's identifier.
    pub id: String,
    pub role: String,
    pub peer: String,
    pub dataset: String,
    /// `pending`, `signed`, `unsigned` or `abandoned`.
    pub standing: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<RevocationView>,
    /// The agreed policy (ODRL), verbatim.
    #[schema(value_type = Object)]
    pub policy: serde_json::Value,
    /// The readable text; absent when the peer cannot sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Each clause with who enforces it, in the language asked for, when one contract is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<ClauseView>,
    pub created: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RevocationView {
    pub by: String,
    pub ground: String,
    pub at: String,
}

/// Ends a contract at once: bytes in flight stop, the peer is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Revoke {
    /// Why; signed and told to the peer.
    pub ground: String,
}
