//! One exchange of bytes: opened before the first, closed after the last.

use contracts::id::{AgreementId, DatasetId, ParticipantId, Pid};

use super::event::{Ending, Reference};
use super::process::Role;
use super::time::Timestamp;

/// A delivery as one side holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Shared by both members.
    pub reference: Reference,
    pub role: Role,
    pub transfer: Pid,
    pub agreement: AgreementId,
    pub dataset: DatasetId,
    pub peer: ParticipantId,
    /// Path within the dataset, empty for a single file.
    pub path: String,
    /// Offset of the first byte asked for.
    pub first: u64,
    /// The most bytes that can leave under this delivery.
    pub at_most: u64,
    pub opened: Timestamp,
    pub closed: Option<Closed>,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    pub bytes: u64,
    /// Hexadecimal SHA-256 of what was really handed over.
    pub sha256: String,
    pub ending: Ending,
    pub at: Timestamp,
}
