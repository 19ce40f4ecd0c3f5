//! A framework as it is written, before anybody signs it.

use serde::{Deserialize, Serialize};

use super::{Origin, Parts, Version, Words};
use crate::format::{Instant, V1};
use crate::id::FrameworkId;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum DraftType {
    #[default]
    #[serde(rename = "fiducie-framework-draft")]
    Draft,
}

/// What a person writes; publishing adds who and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Draft {
    #[serde(rename = "type")]
    pub kind: DraftType,
    pub v: V1,
    /// Of the framework that this is a version of; without one, a new framework.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<FrameworkId>,
    pub version: Version,
    pub name: Words,
    pub about: Words,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub derived_from: Option<Origin>,
    /// When it is to be in force; at once, or after the notice of the version before, when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_force: Option<Instant>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sunset: Option<Instant>,
    pub parts: Parts,
    /// The words of the charter.
    pub charter: Words,
}
