//! Datasets, parties and actions of a form.

use serde::{Deserialize, Serialize};

use super::Condition;

/// A dataset or a party: its name alone, or what describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Thing {
    Name(String),
    Described(Described),
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Described {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The group that it is taken from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// It is a group itself.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub group: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub part_of: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub narrowed: Vec<Condition>,
}

/// An action: its name alone, or with what narrows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Act {
    Name(String),
    Described(DescribedAct),
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DescribedAct {
    pub name: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub included_in: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub narrowed: Vec<Condition>,
}
