//! Asking a peer for its catalogue.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskCatalog {
    /// The peer's DID, or its public address.
    pub peer: String,
    /// One dataset instead of the whole catalogue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
}

/// What the peer answered, as it came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PeerCatalog {
    pub peer: String,
    /// A DSP `Catalog`, or a `Dataset` when one was asked for.
    #[schema(value_type = Object)]
    pub catalog: serde_json::Value,
    /// The peer has more datasets than are kept of one answer.
    pub cut: bool,
}
