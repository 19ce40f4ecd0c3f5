//! What the parties settle: the processing, who answers for what, and within which delays.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::contract::check_text;
use crate::format::FormatError;

/// Longest line of a convention, in bytes, and most lines of a list.
const MAX_LINE: usize = 500;
const MAX_LINES: usize = 50;

/// A party of a convention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    Host,
    Hosted,
}

impl Side {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Hosted => "hosted",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Host, Self::Hosted].into_iter().find(|side| side.as_str() == text)
    }
    pub fn other(self) -> Self {
        match self {
            Self::Host => Self::Hosted,
            Self::Hosted => Self::Host,
        }
    }
}

/// What is processed for the member (GDPR, article 28(3), first sentence), in the parties' words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Processing {
    /// Subject, nature and purpose.
    pub subject: String,
    /// Kinds of personal data; empty: none is meant to be there.
    #[serde(default)]
    pub data: Vec<String>,
    /// Categories of persons they are about.
    #[serde(default)]
    pub persons: Vec<String>,
}

/// Who answers for what the law leaves to the parties. That the member is the controller, the host its processor and
/// the keeper of its keys is no choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Answers {
    /// Answers requests of persons (GDPR, articles 12 to 22).
    pub requests: Side,
    /// Notifies breaches to the authority (article 33).
    pub breaches: Side,
    /// Makes and keeps backups.
    pub backups: Side,
}

impl Default for Answers {
    fn default() -> Self {
        Self { requests: Side::Hosted, breaches: Side::Hosted, backups: Side::Host }
    }
}

impl Processing {
    pub fn check(&self) -> Result<(), FormatError> {
        line("processing.subject", &self.subject)?;
        for (at, lines) in [("processing.data", &self.data), ("processing.persons", &self.persons)] {
            many(at, lines.len())?;
            lines.iter().enumerate().try_for_each(|(i, text)| line(&format!("{at}.{i}"), text))?;
        }
        Ok(())
    }
}

/// One line of words.
pub(super) fn line(at: &str, text: &str) -> Result<(), FormatError> {
    if text.trim().is_empty() || text.trim() != text || text.contains('\n') || text.len() > MAX_LINE {
        let what = format!("one line of at most {MAX_LINE} bytes is needed, without spaces around it");
        return Err(FormatError::new(at, what));
    }
    check_text(text).map_err(|e| FormatError::new(at, e.what))
}

pub(super) fn many(at: &str, found: usize) -> Result<(), FormatError> {
    match found {
        0..=MAX_LINES => Ok(()),
        _ => Err(FormatError::new(at, format!("more than {MAX_LINES}"))),
    }
}
