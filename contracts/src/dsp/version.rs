//! The version discovery document. DSP 2025-1, 4.3.

use serde::{Deserialize, Serialize};

/// The version this node speaks.
pub const VERSION: &str = "2025-1";
/// Path of the protocol below a member's base address.
pub const PATH: &str = "/dsp/2025-1";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionResponse {
    pub protocol_versions: Vec<ProtocolVersion>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProtocolVersion {
    pub version: String,
    pub path: String,
    pub binding: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier_type: Option<String>,
}

impl VersionResponse {
    /// What a member of this node answers.
    pub fn ours(participant: &str) -> Self {
        Self {
            protocol_versions: vec![ProtocolVersion {
                version: VERSION.into(),
                path: PATH.into(),
                binding: "HTTPS".into(),
                service_id: Some(participant.into()),
                identifier_type: Some("did:web".into()),
            }],
        }
    }
}
