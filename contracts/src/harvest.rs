//! What is kept of a dataset that others publish: a description that announces, never serves. Its source stays theirs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A dataset of somebody else, as far as its description could be read (DCAT-AP 3.0.1).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// IRI by which it is known at its origin: `adms:identifier` where the source says one, else [`Self::subject`].
    pub origin: String,
    /// IRI by which the source names it.
    pub subject: String,
    /// Other IRIs that are said to mean the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// By language; without language under `und`.
    pub title: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub description: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<Publisher>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub producer: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// Codes of European data themes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub themes: Vec<String>,
    /// Kind and code of territories, such as `commune:35238`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
    /// Dates as the source writes them, never in the future.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// Code of a European frequency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency: Option<String>,
    /// `PUBLIC`, `RESTRICTED` or `NON_PUBLIC`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<String>,
    /// Rung and status, of members of the federation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rung: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub distributions: Vec<Distribution>,
}

/// Who puts it on line.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Publisher {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iri: Option<String>,
    pub name: String,
}

/// Where it is to be had, at its source.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Distribution {
    pub access: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub download: Option<String>,
    /// Code of a European file type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub byte_size: Option<u64>,
}

/// Something of a source that could not be taken as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The record that was left out; absent where the fault is of the whole source, or the record was taken all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// From 1; absent where the place is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// What is wrong, for programs.
    #[schema(value_type = String)]
    pub code: Box<str>,
    /// What was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// What is wrong, for persons; filled in when it is shown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// What came of reading a source once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Datasets found in it.
    pub found: u64,
    pub added: u64,
    pub changed: u64,
    pub unchanged: u64,
    /// No longer there, and forgotten here.
    pub deleted: u64,
    /// Ours, seen again.
    pub own: u64,
    /// Known already from another source.
    pub known: u64,
    /// Left out: each is among `faults`, as far as these go.
    pub quarantined: u64,
    /// Bytes read.
    pub bytes: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
    /// Taken all the same, with something left out or mended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Fault>,
}

impl Record {
    /// The text in this language, else in French, else in any.
    pub fn best<'a>(texts: &'a BTreeMap<String, String>, lang: &str) -> &'a str {
        let found = texts.get(lang).or_else(|| texts.get("fr")).or_else(|| texts.values().next());
        found.map_or("", String::as_str)
    }
    /// Every IRI that means this dataset.
    pub fn every_name(&self) -> impl Iterator<Item = &str> {
        [&self.origin, &self.subject].into_iter().chain(&self.names).map(String::as_str)
    }
}
