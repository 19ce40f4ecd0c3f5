//! Datasets of others: where they come from, how reading them went, what they say.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

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
    pub record: Record,
}
