//! The archive with which a member leaves its host, and the backup of a node: one line in clear, then lines of JSON under
//! encryption.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::format::{Instant, V1};
use crate::id::{MemberId, ParticipantId};

/// `"kind"` of the first line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Kind {
    #[default]
    #[serde(rename = "fiducie-member-archive")]
    MemberArchive,
    #[serde(rename = "fiducie-node-backup")]
    NodeBackup,
}

/// How everything after the first line is encrypted: pieces of a fixed size, each sealed with its number and whether it
/// is the last (the STREAM construction), under a key that HKDF draws from the archive's secret and the salt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Cipher {
    #[default]
    #[serde(rename = "hkdf-sha256+aes-256-gcm-stream")]
    Stream,
}

/// The first line; authenticated with every piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    pub v: V1,
    pub kind: Kind,
    pub cipher: Cipher,
    /// Base64url.
    pub salt: String,
}

/// One encrypted line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Line {
    /// The first: who moves.
    Manifest(Manifest),
    /// The first of a backup.
    Backup(Backup),
    /// The next member of a backup: the tables that follow are its own.
    Member(Backed),
    /// The rows that follow are of this table.
    Table { name: String, columns: Vec<String> },
    /// Text, integer, `null`, or bytes in base64, as the table's columns say.
    Row(Vec<Value>),
    /// The last: how many rows there were.
    End { rows: u64 },
}

/// Who moves, and where its log stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub v: V1,
    pub member: MemberId,
    pub did: ParticipantId,
    pub name: String,
    pub base_url: String,
    /// Number of the database schema the rows are of.
    pub schema: i64,
    pub made: Instant,
    /// Newest checkpoint of the log (C2SP tlog-checkpoint).
    pub checkpoint: String,
}

/// What is in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    pub v: V1,
    /// Number of the database schema the rows are of.
    pub schema: i64,
    pub made: Instant,
    /// How many members follow.
    pub members: u64,
    /// How the node's own commands reach its members: tokens that the database has digests of.
    pub access: Vec<Access>,
}

/// Address and administrator's token of one member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Access {
    pub member: String,
    pub url: String,
    pub token: String,
}

/// A member of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backed {
    pub manifest: Manifest,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub created: i64,
    /// Since when it writes elsewhere.
    pub retired: Option<i64>,
}
