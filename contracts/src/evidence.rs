//! An evidence pack: a folder of proofs, a manifest that names every file by digest, and the seal of who made it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::format::{Instant, V1};
use crate::id::ParticipantId;

/// `typ` of the signature over a seal.
pub const TYP: &str = "fiducie-evidence+jws";
/// Names of the files that every pack has.
pub const MANIFEST: &str = "manifest.json";
pub const SEAL: &str = "manifest.jws";
pub const EXTRACT: &str = "log/extract.log.json";
pub const CHECKPOINT: &str = "log/checkpoint";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ManifestType {
    #[default]
    #[serde(rename = "fiducie-evidence")]
    Evidence,
}

/// `manifest.json`: what the pack is about, and every other file of it but the seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    #[serde(rename = "type")]
    pub kind: ManifestType,
    pub v: V1,
    /// Whose log and contracts it shows, and who made it.
    pub by: ParticipantId,
    pub at: Instant,
    /// For whom or what it was made, in the words of who asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub about: About,
    /// Version of the program that worded the index: the same version words it the same way.
    pub program: String,
    /// Hexadecimal SHA-256 by name, as `sha256sum` prints it.
    pub files: BTreeMap<String, String>,
}

/// Which entries were wanted: those that fit all that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<String>,
    /// Included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Instant>,
    /// Excluded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
}

impl About {
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum SealType {
    #[default]
    #[serde(rename = "fiducie-evidence-seal")]
    Seal,
}

/// Payload of `manifest.jws`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    #[serde(rename = "type")]
    pub kind: SealType,
    pub v: V1,
    pub by: ParticipantId,
    pub at: Instant,
    /// SHA-256 of `manifest.json`, base64url.
    pub manifest: String,
}
