//! Rows of conditions.

use serde::{Deserialize, Serialize};

/// A row: what is looked at, how it is compared, and with what; or a combination of the rows that name it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
    /// Number of the row that combines this one with others; it stands before. The first row is 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_of: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    pub is: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Valued>,
    /// Type of the values that are plain texts here: `name`, a type of XML Schema (`integer`), or an IRI.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datatype: Option<String>,
    /// Where values are to be had, instead of values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
}

/// A value: a text of the row's type, or one with a type of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Valued {
    Text(String),
    Typed(TypedValue),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypedValue {
    pub value: String,
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
}
