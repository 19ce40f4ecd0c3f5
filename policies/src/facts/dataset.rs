//! Facts about the dataset, and about its recipient by name.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::Attestation;
use crate::operand::Operand;

/// Uses of a dataset that let bytes out, whatever the agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Uses {
    /// By the recipient.
    pub assignee: u64,
    /// By anybody.
    pub dataset: u64,
}

/// The table that a dataset is, as its publisher declares it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Table {
    pub columns: Vec<String>,
    /// Where each row says what area it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<Row>,
    /// The column that says how many are behind a row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contributors: Option<String>,
}

/// The column by which rows name their area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Row {
    pub column: String,
    /// Of the code in it: `commune`, `epci`, `departement` or `region`.
    pub kind: String,
    /// Year of the official geographic code.
    pub vintage: u16,
}

/// Something that the recipient says of itself by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Claim {
    pub about: Operand,
    pub value: String,
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub until: Option<OffsetDateTime>,
    pub level: Attestation,
}
