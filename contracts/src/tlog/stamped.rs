//! Time stamps (RFC 3161) of a log's checkpoints, as `<log>/stamps` gives them.

use serde::{Deserialize, Serialize};

/// Most stamps of one answer; a reader that gets as many asks for the next, from the last size on.
pub const MOST: usize = 100;

/// Answer of `<log>/stamps?from=SIZE`, by size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamps {
    pub stamps: Vec<Stamp>,
}

/// One checkpoint, stamped once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Entries of the log as stamped.
    pub size: u64,
    /// Address of the authority.
    pub authority: String,
    /// RFC 3339, as the token says.
    pub at: String,
    /// The bytes that were stamped, a signed note.
    pub checkpoint: String,
    /// Base64 of the token in DER.
    pub token: String,
}
