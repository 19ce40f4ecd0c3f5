//! What the public may know of the uses of a member's data.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Deliveries of a member as provider, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UsesView {
    /// DID of the provider.
    pub member: String,
    /// When it was counted (RFC 3339).
    pub at: String,
    /// Of datasets whose rung lets everybody read their description.
    pub uses: Vec<UseView>,
    /// All others together.
    pub rest: Counted,
}

/// One recipient's deliveries of one dataset for one purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UseView {
    pub dataset: String,
    /// Code of the exposure ladder.
    pub rung: String,
    /// DID of the recipient.
    pub recipient: String,
    /// As declared by the recipient; absent when none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    #[serde(flatten)]
    pub counted: Counted,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Counted {
    pub deliveries: u64,
    /// Bytes handed over.
    pub bytes: u64,
}
