//! The member's transparency log.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// One entry. `leaf` is what the hash tree commits to; `body` is erasable and may be gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EntryView {
    pub index: u64,
    pub at: String,
    /// What happened (`delivery.opened`, …).
    pub kind: String,
    /// The exact leaf bytes, as text.
    pub leaf: String,
    /// RFC 9162 leaf hash, hexadecimal.
    pub leaf_hash: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub body: Option<serde_json::Value>,
    /// What the decision looked at, when there was one and it is not erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub facts: Option<serde_json::Value>,
}

/// Which entries an extract holds; give exactly one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExtractQuery {
    /// All entries of one exchange, by the reference both members share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// All entries about one contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
}
