//! What must hold, by name.

use std::fmt;

/// A property of every run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Invariant {
    /// No byte leaves without a valid right at that instant.
    Right,
    /// Nothing is decided by an expired or revoked fact.
    Fresh,
    /// A proof of possession, or a token of a message, is used once.
    Once,
    /// No counter is overspent.
    Counters,
    /// What was answered is still there, whatever the machine did.
    Kept,
    /// The log is whole, signed and one; everything that happened is in it.
    Log,
    /// Both sides recorded the same exchanges.
    Twins,
    /// Both sides end in the same state.
    Converge,
    /// No answer is a failure that nobody caused.
    Sound,
}

impl Invariant {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Fresh => "fresh",
            Self::Once => "once",
            Self::Counters => "counters",
            Self::Kept => "kept",
            Self::Log => "log",
            Self::Twins => "twins",
            Self::Converge => "converge",
            Self::Sound => "sound",
        }
    }
}

/// An invariant that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub invariant: Invariant,
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant.as_str(), self.what)
    }
}
