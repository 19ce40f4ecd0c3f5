//! Datasets of others: where they come from, how reading them went, what they say.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::search::FacetValue;
use crate::harvest::{Record, Report};

/// How a document that is sent is to be kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// Name of the source; the same name again replaces what it brought.
    pub name: String,
    /// Where the document comes from: relative IRIs in it are relative to this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
}

/// A catalogue to be read once, with all its pages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportUrl {
    pub name: String,
    /// Its address (https).
    pub url: String,
}

/// A source, and what is kept of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceView {
    pub name: String,
    /// `import`, `catalogue` or `feed`.
    pub kind: String,
    pub url: String,
    /// Datasets kept of it.
    pub datasets: u64,
    /// When it was last read to its end: what is kept is of then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<String>,
    /// When it was last tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tried: Option<String>,
    /// Why the last try failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    pub report: Report,
}

/// Which datasets of others.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RecordQuery {
    /// Of one source only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// A dataset of somebody else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HarvestedView {
    pub source: String,
    /// When it was first taken in, and last found changed.
    pub taken: String,
    pub changed: String,
    /// Since when it is no longer up to date by its own frequency; absent while it is, or where it promises nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale: Option<String>,
    pub record: Record,
}

/// What was found among datasets of others, and of when what is known of each source is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FederationPage {
    /// Datasets found, on all pages.
    pub total: usize,
    pub items: Vec<FoundView>,
    /// Every source, those that do not answer too: what is known of them is of the date shown.
    pub sources: Vec<SourceDate>,
    /// For each facet, its most frequent values among the datasets found.
    pub facets: BTreeMap<String, Vec<FacetValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A dataset of somebody else that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FoundView {
    pub id: String,
    /// Name of the source; the DID of a member of the federation.
    pub source: String,
    pub title: String,
    pub producer: String,
    /// Where its publisher describes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rung: Option<String>,
    pub themes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// Since when it is no longer up to date by its own frequency; absent while it is, or where it promises nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale: Option<String>,
    pub summary: String,
    pub formats: Vec<String>,
    pub territories: Vec<String>,
}

/// Of when what is known of a source is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SourceDate {
    pub name: String,
    pub datasets: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<String>,
    /// Its last reading failed.
    pub silent: bool,
}
