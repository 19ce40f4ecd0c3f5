//! Verifiable credentials as JWT claims: VCDM 1.1 in `vc`, VCDM 2.0 as the claims themselves.

mod read;
mod write;

#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

pub(super) use self::read::{Envelope, within};
pub use self::read::{Form, read};
use super::status::StatusEntry;
use crate::id::ParticipantId;

/// Largest credential read, in characters of its JWT.
pub const MAX_CREDENTIAL: usize = 64 * 1024;
/// The type that every credential has.
pub const BASE_TYPE: &str = "VerifiableCredential";

/// A credential about one subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Credential {
    pub id: Option<String>,
    pub issuer: ParticipantId,
    pub types: Vec<String>,
    /// `credentialSubject`, `id` included.
    pub subject: Map<String, Value>,
    /// Seconds since the epoch, included.
    pub from: i64,
    /// Excluded; `None` for ever.
    pub until: Option<i64>,
    pub status: Vec<StatusEntry>,
    pub schemas: Vec<SchemaReference>,
}

/// What a credential says its subject is shaped like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaReference {
    pub id: String,
    pub kind: String,
}

/// Why claims are no credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {what}")]
pub struct CredentialError {
    pub at: String,
    pub what: String,
}

impl CredentialError {
    pub(super) fn new(at: impl Into<String>, what: impl Into<String>) -> Self {
        Self { at: at.into(), what: what.into() }
    }
}

impl Credential {
    /// Whom it is about.
    pub fn holder(&self) -> Option<&str> {
        self.subject.get("id").and_then(Value::as_str)
    }

    /// Its type beside the one that all have.
    pub fn kind(&self) -> &str {
        self.types.iter().find(|kind| *kind != BASE_TYPE).map_or(BASE_TYPE, String::as_str)
    }

    /// What it says of its subject, without whom.
    pub fn facts(&self) -> Map<String, Value> {
        self.subject.iter().filter(|(name, _)| *name != "id").map(|(n, v)| (n.clone(), v.clone())).collect()
    }
}
