//! How the node and the member are doing.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Status {
    /// Version of the program.
    pub version: String,
    pub started: String,
    pub checks: Vec<Check>,
    /// Entries in the member's log.
    pub log_size: u64,
    /// Messages waiting to be sent to peers.
    pub outbox: u64,
    /// Commits of the node's database since it started: each waited for the disk once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commits: Option<u64>,
    /// Signatures the node has made since it started, for all its members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signatures: Option<u64>,
}

/// One thing that must be right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Check {
    pub name: String,
    pub ok: bool,
    /// What was found, and what to do when it is wrong.
    pub detail: String,
}
