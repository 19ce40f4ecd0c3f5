//! What moved under a transfer.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One exchange of bytes under a transfer, as this member recorded it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryView {
    /// The name both members' logs give to it.
    pub reference: String,
    pub role: String,
    /// The file of a folder; empty for a single file.
    pub path: String,
    /// Offset of its first byte.
    pub first: u64,
    /// The most bytes that could leave.
    pub at_most: u64,
    pub opened: String,
    /// When it ended; absent while bytes move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// SHA-256 of these bytes, hexadecimal; empty when only "at most" is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// `complete`, `broken`, `suspended`, `terminated`, `revoked`, `source-failed` or `timed-out`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<String>,
}
