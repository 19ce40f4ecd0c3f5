//! A policy as a form that somebody fills in who is no programmer: a few flat fields for what is usual, numbered rows for
//! the rest. [`Form::of`] fills one in from a policy, [`Form::make`] makes the policy again, and both mean the same.
//!
//! A rule is named by its place in the list: a duty says under which rule it stands. A row that combines others
//! (`or`, `xone`, …) is named in the same way by its parts.

pub mod field;
mod fill;
mod make;
mod part;
mod quick;
mod row;

use serde::{Deserialize, Serialize};

pub use part::{Act, Described, DescribedAct, Thing};
pub use row::{Condition, TypedValue, Valued};

/// Version of the form.
pub const VERSION: u8 = 1;

/// A whole policy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Form {
    /// [`VERSION`]; a form that does not say is of the version at hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub profiles: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflict: Option<String>,
    /// For all rules that do not say it themselves, as are the two that follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dataset: Option<Thing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub granted_by: Option<Thing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub granted_to: Option<Thing>,
    pub rules: Vec<Rule>,
}

/// A permission, a prohibition, an obligation, or what stands under one of these.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rule {
    /// `permission`, `prohibition`, `obligation`, `duty`, `consequence` or `remedy`.
    pub rule: String,
    /// Number of the rule that a duty, consequence or remedy belongs to; the first rule is 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub under: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Act>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub datasets: Vec<Thing>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub granted_by: Vec<Thing>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub granted_to: Vec<Thing>,
    /// Usual conditions, which all must hold. Several values are alternatives; those of an exception are all excluded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub who: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub except_who: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub purposes: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub except_purposes: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub except_places: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub laws: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub except_laws: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charter: Option<String>,
    /// Actions to be done before, of which nothing else is said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub duties: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
}
