//! A party's signed word that a contract no longer gives any right.

use serde::{Deserialize, Serialize};

use crate::format::{FormatError, Instant, V1};
use crate::id::{AgreementId, ParticipantId};
use crate::jcs;
use crate::jwk::Jwk;

/// `typ` of the signature over a revocation.
pub const TYP: &str = "fiducie-revocation+jws";
/// Longest ground accepted, in bytes.
pub const MAX_GROUND: usize = 2000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum RevocationType {
    #[default]
    #[serde(rename = "fiducie-revocation")]
    Revocation,
}

/// Payload of a revocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revocation {
    #[serde(rename = "type")]
    pub kind: RevocationType,
    pub v: V1,
    pub agreement: AgreementId,
    /// The party that revokes; the signature must be its own.
    pub by: ParticipantId,
    /// Why, in words for persons.
    pub ground: String,
    pub at: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum FileType {
    #[default]
    #[serde(rename = "fiducie-revocation-file")]
    File,
}

/// A revocation as sent, and kept as `*.revocation.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevocationFile {
    #[serde(rename = "type")]
    pub kind: FileType,
    pub v: V1,
    /// Compact JWS over the canonical [`Revocation`].
    pub revocation: String,
    /// The key that signed, to verify without network. It proves nothing of who holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Jwk>,
}

impl RevocationFile {
    pub fn new(revocation: String, key: Option<Jwk>) -> Self {
        Self { kind: FileType::File, v: V1, revocation, key }
    }
    /// Reads a file, which must be canonical.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        jcs::parse_as(bytes)
    }
}

impl Revocation {
    pub fn new(agreement: AgreementId, by: ParticipantId, ground: impl Into<String>, at: Instant) -> Self {
        Self { kind: RevocationType::Revocation, v: V1, agreement, by, ground: ground.into(), at }
    }

    pub fn check(&self) -> Result<(), FormatError> {
        if self.ground.trim().is_empty() {
            return Err(FormatError::new("ground", "a revocation must say why"));
        }
        if self.ground.len() > MAX_GROUND {
            return Err(FormatError::new("ground", format!("more than {MAX_GROUND} bytes")));
        }
        Ok(())
    }
}
