//! Decisions made again from what was kept of them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A decision as it was kept, and as this program makes it now from the same facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReplayView {
    /// Index of the entry that records it.
    pub entry: u64,
    /// What was asked for (`delivery.opened`, `access.refused`, …).
    pub kind: String,
    /// The report made now is the kept one, byte for byte.
    pub same: bool,
    /// SHA-256 of the report, hexadecimal, as the entry names it; absent in entries of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<String>,
    pub kept: ReportView,
    pub now: ReportView,
    /// Where the two part, by rule of the policy.
    pub changed: Vec<ChangedView>,
}

/// A report: what was decided and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportView {
    /// `permit`, `refuse`, or `not-understood`: this program cannot read the policy.
    pub outcome: String,
    /// In sentences.
    pub reasons: Vec<String>,
    /// The report itself, canonical JSON; absent when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
    /// Its SHA-256, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// A step that came out differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangedView {
    /// JSON pointer in the policy; empty for the agreement as a whole.
    pub rule: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
}

/// A decision explained to whom it concerns, under the four headings of article R.311-3-1-2 of the French code of
/// relations between the public and the administration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DecisionReportView {
    pub entry: u64,
    pub kind: String,
    /// `fr` or `en`.
    pub language: String,
    /// `permit` or `refuse`.
    pub outcome: String,
    /// The contract that was decided by.
    pub contract: String,
    /// JSON pointers of the clauses that decided; none when the contract itself gave no right.
    pub clauses: Vec<String>,
    pub title: String,
    /// In the order of the article.
    pub headings: Vec<HeadingView>,
    /// The report in the compliance-report vocabulary (`https://w3id.org/force/compliance-report#`), N-Triples; absent
    /// when this program cannot make it from the contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
    /// Its SHA-256, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The SHA-256 that what the entry commits to names; absent in entries of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<String>,
}

/// One heading with what is said under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeadingView {
    /// `contribution`, `data`, `parameters` or `operations`.
    pub key: String,
    pub title: String,
    pub items: Vec<String>,
}
