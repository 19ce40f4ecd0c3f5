//! Everything a decision may look at, as plain data that is kept and can be replayed.
//!
//! Every fact may be absent: what the caller does not know, the decision does not know, and refuses.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use time::OffsetDateTime;

mod dataset;

pub use dataset::{Claim, Row, Table, Uses};

/// Version of the stored form of [`Request`], [`Facts`] and [`crate::Decision`].
pub const VERSION: u8 = 1;

/// Reads the version of a stored form; another one is refused, so that a replay never reads it wrongly.
pub(crate) fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    match u8::deserialize(deserializer)? {
        VERSION => Ok(VERSION),
        other => {
            Err(serde::de::Error::custom(format!("version {other}: this program reads version {VERSION}")))
        }
    }
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Request {
    #[serde(deserialize_with = "version")]
    pub v: u8,
    /// An ODRL action. A data request asks for `read`: a wider action asks for everything it includes.
    pub action: String,
    /// The dataset asked for, as the agreement's `target` names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

impl Request {
    /// A request to read a dataset: what every data request of the data plane is.
    pub fn read(target: impl Into<String>) -> Request {
        Request { v: VERSION, action: "read".to_owned(), target: Some(target.into()) }
    }
}

/// What is known at the instant of the decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Facts {
    #[serde(deserialize_with = "version")]
    pub v: u8,
    /// The instant of the access, from the node's clock.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub now: Option<OffsetDateTime>,
    /// Declared purpose: IRI or code of the scheme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// DID of the authenticated party to which the bytes go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processing_place: Option<Declared>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub governing_law: Option<Declared>,
    /// Every charter accepted by the recipient, as far as the caller looked; `None`: it did not look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charters: Option<Vec<Charter>>,
    /// When the agreement was signed by both.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<OffsetDateTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_use: Option<FirstUse>,
    /// Uses taken so far, by counter ([`crate::Compiled::counters`]); a counter that is not there stands at zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<BTreeMap<String, u64>>,
    /// Duties recorded as done; `None`: the caller did not look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fulfilled: Option<Vec<Fulfilled>>,
    /// Uses of the dataset so far, by scope; `None`: the caller did not look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<Uses>,
    /// The table that the dataset is; `None`: it is none, or not by this node's data plane.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<Table>,
    /// When the embargo of the dataset ends, if it declares one.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub embargo: Option<OffsetDateTime>,
    /// What the recipient says of itself by name; `None`: the caller did not look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<Vec<Claim>>,
    /// Datasets that the recipient gives under contracts in force; `None`: the caller did not look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<Vec<String>>,
}

impl Default for Facts {
    fn default() -> Facts {
        Facts {
            v: VERSION,
            now: None,
            purpose: None,
            recipient: None,
            processing_place: None,
            governing_law: None,
            charters: None,
            signed_at: None,
            first_use: None,
            counts: None,
            fulfilled: None,
            uses: None,
            table: None,
            embargo: None,
            claims: None,
            given: None,
        }
    }
}

/// How well a fact about the recipient is supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Attestation {
    /// The recipient says so, under its signature.
    Declared,
    /// A body that the deciding member trusts says so, in a credential that is in force.
    Attested,
}

/// A place or a law, and who says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Declared {
    pub value: String,
    pub level: Attestation,
}

/// An accepted charter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Charter {
    pub id: String,
    /// Numbers separated by points.
    pub version: String,
    pub level: Attestation,
}

/// The first use under the agreement, from which `elapsedTime` runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FirstUse {
    /// None yet: this would be it.
    Never,
    At(#[serde(with = "time::serde::rfc3339")] OffsetDateTime),
}

/// A duty recorded as done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fulfilled {
    /// JSON pointer of the duty in the policy ([`crate::Compiled::duties`]).
    pub duty: String,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}
