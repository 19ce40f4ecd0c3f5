//! Datasets of the member and their revisions.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

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
    /// The description as published; absent when withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub description: Option<serde_json::Value>,
    /// Identifiers of its offers, in the order of the description.
    pub offers: Vec<String>,
}

/// Which revision.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RevisionQuery {
    /// The newest one when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<i64>,
}

/// The answer to a publication.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Published {
    pub id: String,
    pub revision: i64,
    pub digest: String,
}

/// How well a dataset is described, by the measure of data.europa.eu.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QualityView {
    pub points: u16,
    /// Most points there are.
    pub of: u16,
    /// `excellent` from 351 points, `good` from 221, `sufficient` from 121, else `bad`.
    pub rating: String,
    /// What would bring more points, the most first.
    pub mend: Vec<Mend>,
}

/// One thing to mend in a description.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Mend {
    /// What is measured.
    pub code: String,
    /// Points it would bring.
    pub points: u16,
    /// What to do, in the caller's language.
    pub remedy: String,
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
