//! Transfers under a contract, and the pulling of their bytes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartTransfer {
    /// The agreement that gives the right.
    pub agreement: String,
    /// What the data are wanted for: a code of the purpose scheme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// How the bytes come: `HttpData-PULL`, which is the default, or `HttpData-PUSH`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// For a push: name below the node's folder for received data; by default the transfer's identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Another data plane of the member that takes the data, by its name in the configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_plane: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TransferView {
    pub id: String,
    pub role: String,
    pub peer: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer_id: Option<String>,
    pub agreement: String,
    pub dataset: String,
    pub format: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    pub state: String,
    pub waits_for: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// For a push to this member: the file, or folder, on the node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The data plane that moves the bytes, if it is not the node's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_plane: Option<String>,
    pub created: String,
    pub updated: String,
}

/// Fetches the data of a started transfer into a file on the node.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pull {
    /// A file of a published folder; absent for a single file or for all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Name of the file below the node's folder for received data; by default the transfer's identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// A pull under way or ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PullView {
    pub id: String,
    pub transfer: String,
    /// `running`, `done` or `failed`.
    pub state: String,
    /// Bytes received so far, and in all when the provider said so.
    pub bytes: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// The file, or folder, on the node.
    pub file: String,
    /// What arrived, once done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<PulledFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// One file that arrived.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PulledFile {
    pub file: String,
    pub bytes: u64,
    /// SHA-256 of what was received, hexadecimal.
    pub sha256: String,
    /// The name both members' logs give to the exchange.
    pub reference: String,
}
