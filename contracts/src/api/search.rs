//! Searching a member's catalogue: what is answered to its own people and, without credentials, to anybody.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One page of what was found, of what the caller may know of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SearchPage {
    /// Datasets found, on all pages.
    pub total: usize,
    pub items: Vec<HitView>,
    /// For each facet, its most frequent values among the datasets found, with how many of them have each.
    pub facets: BTreeMap<String, Vec<FacetValue>>,
    /// Words that no dataset has, and the words that were searched for instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
    /// No dataset has all the words: these have most of them.
    #[serde(default)]
    pub partial: bool,
    /// Ask again with this as `cursor` for the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A dataset found. Of one whose existence alone may be known, what follows `themes` is absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HitView {
    pub id: String,
    /// Where it is described.
    pub url: String,
    pub title: String,
    pub producer: String,
    pub rung: String,
    pub themes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// Since when it is no longer up to date by its own frequency; absent while it is, or where it promises nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Beginning of the description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub formats: Vec<String>,
    /// Territories it is about, such as `commune:35238`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub territories: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FacetValue {
    /// To be given back to narrow the search.
    pub value: String,
    /// For persons.
    pub label: String,
    pub count: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Correction {
    pub asked: String,
    pub read: Vec<String>,
}
