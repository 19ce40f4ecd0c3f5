//! Who is bound, from when until when, and in which words.

use serde::{Deserialize, Serialize};

use crate::format::Instant;
use crate::id::ParticipantId;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    pub did: ParticipantId,
    /// As persons call it.
    pub name: String,
    /// Digest of its DID document as shown when the convention was drawn up.
    pub identity: String,
}

/// From (included) until (excluded; `null`: no end).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    pub from: Instant,
    pub until: Option<Instant>,
}

/// Which template made the readable texts, and the digest of each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    pub template: String,
    pub version: String,
    pub fr: String,
    pub en: String,
}
