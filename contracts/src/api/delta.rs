//! What changed in a dataset, for anybody who may see it in full.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The changes of a dataset after a revision, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DeltaView {
    pub id: String,
    /// No longer offered. What follows is how it came to that.
    pub withdrawn: bool,
    pub changes: Vec<ChangeView>,
    /// Ask again with this as `since` for what follows; absent when that is all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}

/// One revision, beside the one before it that the caller could see.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChangeView {
    pub revision: i64,
    pub at: String,
    /// SHA-256 of the description as shown, which contracts name.
    pub digest: String,
    pub withdrawn: bool,
    /// Members of the description that differ; all of them at the first revision.
    pub changed: Vec<String>,
}
