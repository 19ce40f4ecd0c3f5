//! Trust frameworks: published, taken, adopted.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::framework::diff::Change;

/// A version of a framework, as one member keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FrameworkView {
    pub id: String,
    pub version: String,
    /// In the language asked for.
    pub name: String,
    /// `published` by this member, or `imported`.
    pub standing: String,
    pub publisher: String,
    pub publisher_name: String,
    /// SHA-256 (base64url) of the signed document.
    pub digest: String,
    pub published: String,
    pub in_force: String,
    /// When it ends, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sunset: Option<String>,
    /// The framework it was made from, `id version`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub derived_from: Option<String>,
    /// Since when the member follows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adopted: Option<String>,
    /// What its members sign, `id@version`.
    pub charter: String,
}

/// A version and what it changed of the one before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EditionView {
    #[serde(flatten)]
    pub framework: FrameworkView,
    pub changes: Vec<Change>,
}

/// Which version is adopted; without one the newest that is here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Adoption {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// Which version is meant; without one the newest that is here.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VersionQuery {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}
