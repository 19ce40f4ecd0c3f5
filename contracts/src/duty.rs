//! A party's signed word on a duty of a contract: that it did it, or that it no longer asks for it.

use serde::{Deserialize, Serialize};

use crate::format::{FormatError, Instant, V1};
use crate::id::{AgreementId, ParticipantId};

/// `typ` of the signature over it.
pub const TYP: &str = "fiducie-duty+jws";
/// Longest words accepted, in bytes.
pub const MAX_WORDS: usize = 2000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum NoticeType {
    #[default]
    #[serde(rename = "fiducie-duty")]
    Duty,
}

/// What became of a duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Said {
    /// By who owes it.
    Fulfilled,
    /// By whom it is owed to.
    Waived,
}

/// Payload of a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    #[serde(rename = "type")]
    pub kind: NoticeType,
    pub v: V1,
    pub agreement: AgreementId,
    /// JSON pointer of the obligation in the agreement's policy.
    pub duty: String,
    /// From 1: which time, of a duty that is to be done again.
    pub occurrence: u32,
    /// The party that says it; the signature must be its own.
    pub by: ParticipantId,
    pub said: Said,
    /// How it was done, or why it is waived, in words for persons.
    pub words: String,
    /// SHA-256 (base64url) of a document that proves it, kept by who says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    pub at: Instant,
}

impl Notice {
    pub fn check(&self) -> Result<(), FormatError> {
        if self.words.trim().is_empty() {
            return Err(FormatError::new("words", "a notice must say how it was done, or why it is waived"));
        }
        if self.words.len() > MAX_WORDS || self.duty.len() > MAX_WORDS {
            return Err(FormatError::new("words", format!("more than {MAX_WORDS} bytes")));
        }
        match &self.document {
            Some(digest) if !crate::jcs::is_digest(digest) => {
                Err(FormatError::new("document", "a SHA-256 digest in base64url"))
            }
            _ => Ok(()),
        }
    }
}
