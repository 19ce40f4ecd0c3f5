//! Datasets of others, as this member last read them from its sources.

use contracts::harvest::{Record, Report};

use super::time::Timestamp;

/// How a source is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file or a catalogue given once.
    Import,
    /// A catalogue in DCAT, read whole each time.
    Catalogue,
    /// The feed of a member of the federation, followed.
    Feed,
}

/// Where datasets of others come from, and how it went last time.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    pub name: String,
    pub kind: Kind,
    pub url: String,
    /// Where a feed goes on.
    pub cursor: Option<String>,
    pub tried: Timestamp,
    /// When it was last read to its end: what is known of it is of then.
    pub succeeded: Option<Timestamp>,
    /// Why the last try failed.
    pub fault: Option<String>,
    /// Of the last time it was read to its end.
    pub report: Report,
}

/// A dataset of somebody else.
#[derive(Debug, Clone, PartialEq)]
pub struct Harvested {
    pub source: String,
    pub record: Record,
    /// Differs when anything of it does.
    pub digest: String,
    /// As its member wrote it (N-Triples), where a feed brought it.
    pub graph: Option<String>,
    pub created: Timestamp,
    pub updated: Timestamp,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Catalogue => "catalogue",
            Self::Feed => "feed",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Import, Self::Catalogue, Self::Feed].into_iter().find(|kind| kind.as_str() == text)
    }
}
