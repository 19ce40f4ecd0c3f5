//! Which logs and witnesses are trusted, and which cosignatures are enough (C2SP tlog-policy).

mod read;

use super::note::VerifierKey;

/// A policy, read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub logs: Vec<Log>,
    pub witnesses: Vec<Witness>,
    quorum: Rule,
}

/// A log whose checkpoints count. Its name is the origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    pub key: VerifierKey,
    pub url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Within the policy only; octets that are no UTF-8 are shown as replaced.
    pub name: String,
    pub key: VerifierKey,
    /// What its `add-checkpoint` is below.
    pub url: Option<String>,
}

/// What must have cosigned. A name is used once, so this is a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    Nobody,
    /// By its place in the list.
    Witness(usize),
    AtLeast(usize, Vec<Rule>),
}

impl Policy {
    /// Whether these witnesses (by their places in the list) are enough.
    pub fn is_met(&self, cosigned: &[usize]) -> bool {
        self.quorum.is_met(cosigned)
    }

    /// Whether it asks for any cosignature.
    pub fn asks(&self) -> bool {
        !self.is_met(&[])
    }

    /// Whether it is about this log: it names it, or names none.
    pub fn is_about(&self, origin: &str) -> bool {
        self.logs.is_empty() || self.logs.iter().any(|log| log.key.name == origin)
    }
}

impl Rule {
    fn is_met(&self, cosigned: &[usize]) -> bool {
        match self {
            Self::Nobody => true,
            Self::Witness(place) => cosigned.contains(place),
            Self::AtLeast(least, rules) => {
                rules.iter().filter(|rule| rule.is_met(cosigned)).count() >= *least
            }
        }
    }
}

#[cfg(test)]
mod tests;
