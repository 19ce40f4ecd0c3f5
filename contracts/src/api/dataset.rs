//! Datasets of the member and their revisions.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A published dataset, at its newest revision or at the one asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DatasetView {
    pub id: String,
    pub revision: i64,
    /// SHA-256 of the description as shown.
    pub digest: String,
    pub published: String,
    /// No longer offered; revisions stay readable.
    pub withdrawn: bool,
    /// The description as published.
    #[schema(value_type = Object)]
    pub description: serde_json::Value,
}

/// The answer to a publication.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Published {
    pub id: String,
    pub revision: i64,
    pub digest: String,
}

/// One revision in the history of a dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RevisionView {
    pub revision: i64,
    pub digest: String,
    pub at: String,
    /// The revision is a tombstone.
    pub withdrawn: bool,
}
