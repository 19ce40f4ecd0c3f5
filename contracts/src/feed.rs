//! The seal of a page of a member's feed of changes: whose page it is, and what it says.

use serde::{Deserialize, Serialize};

use crate::format::{Instant, V1};
use crate::id::ParticipantId;

/// `typ` of the signature.
pub const TYP: &str = "fiducie-feed+jws";
/// Header of the answer that carries it.
pub const HEADER: &str = "fiducie-seal";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum SealType {
    #[default]
    #[serde(rename = "fiducie-feed")]
    Feed,
}

/// What a member signs of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageSeal {
    #[serde(rename = "type")]
    pub kind: SealType,
    pub v: V1,
    pub by: ParticipantId,
    pub at: Instant,
    /// Address of the page.
    pub page: String,
    /// SHA-256 of its bytes, base64url.
    pub digest: String,
}
