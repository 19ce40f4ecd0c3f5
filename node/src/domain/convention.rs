//! A convention of hosting as one side keeps it.

use contracts::convention::Side;
use contracts::id::{ConventionId, ParticipantId};

use super::time::Timestamp;

/// A convention with what proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Convention {
    pub id: ConventionId,
    /// Our side.
    pub side: Side,
    pub peer: ParticipantId,
    pub standing: Standing,
    /// The file, canonical JSON (`contracts::convention::ConventionFile`), with the signatures so far.
    pub file: String,
    pub created: Timestamp,
}

/// Who has signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The host; the member has not answered, as far as we know.
    Proposed,
    /// Both, verified.
    Signed,
}

impl Standing {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Signed => "signed",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Proposed, Self::Signed].into_iter().find(|standing| standing.as_str() == text)
    }
}
