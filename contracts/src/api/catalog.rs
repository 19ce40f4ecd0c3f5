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

/// Public-sector data of the member that are not open, each with why (CRPA, article L. 312-1-1).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ClosedView {
    pub datasets: Vec<ClosedDataset>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ClosedDataset {
    pub id: String,
    #[schema(value_type = Object)]
    pub title: serde_json::Value,
    pub status: String,
    pub rung: String,
    /// Code of the ground of exclusion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<String>,
    /// The ground with its article, in the language asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motive: Option<String>,
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
