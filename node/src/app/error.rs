//! What can go wrong in a use case, by whose fault it is. `http::problem` maps it to a status, nothing else does.

mod from;

use crate::identity::token::TokenError;
use crate::text::{Lang, Sentence};

/// A refusal or failure, ready to be said to the caller.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller's message is wrong: what, with what to do; and where (a JSON pointer or parameter name).
    #[error("{said} (at {at})")]
    Malformed { said: Sentence, at: String },
    /// Several faults of one description, each with field, value and remedy.
    #[error("{} fault(s) in the description", .0.len())]
    Faulty(Vec<contracts::dataset::Fault>),
    /// Right message, wrong moment.
    #[error("not possible in state {state}; expected {expected}")]
    NotNow { state: String, expected: String },
    /// Refused by a policy, a contract or a right. Reasons are sentences for persons.
    #[error("refused: {}", reasons.join("; "))]
    NotAllowed { reasons: Vec<String> },
    /// Nobody is known to be calling, or what proves it is wrong.
    #[error("not authenticated: {0}")]
    Unauthenticated(TokenError),
    /// It does not exist, or the caller may not know that it does.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// It was here, and is not shown any more.
    #[error("gone: {0}")]
    Gone(Sentence),
    /// Something we do not do.
    #[error("not supported: {0}")]
    Unsupported(Sentence),
    /// The state changed meanwhile, or the identifier is taken.
    #[error("conflict: {0}")]
    Conflict(Sentence),
    /// A queue or limit is full: try again after so many seconds.
    #[error("busy, try again in {retry_after} s: {limit}")]
    Busy { limit: &'static str, retry_after: u32 },
    /// Database, disk or key store cannot be used now.
    #[error("temporarily unavailable: {0}")]
    Unavailable(String),
    /// Who calls cannot be known now: its identity cannot be fetched. Nothing is said about it.
    #[error("{0}")]
    Unresolved(String),
    /// The member this is for left this host; its new one will answer at the same address.
    #[error("the member left this host")]
    Left,
    /// Nothing is recorded in the member's log: its people must decide first.
    #[error("nothing is recorded: {0}")]
    Stopped(Sentence),
    /// A peer failed us.
    #[error("peer {peer}: {what}")]
    Peer { peer: String, what: String },
    /// Our fault. The detail goes to the log, never to the caller.
    #[error("internal error: {0}")]
    Internal(String),
}

/// One fault of a configuration: the field, the value found, what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub field: String,
    pub value: String,
    pub remedy: String,
}

impl Error {
    pub fn malformed(said: Sentence, at: impl Into<String>) -> Self {
        Self::Malformed { said, at: at.into() }
    }

    /// The failure as a sentence, for those who are told no more than one. Our own faults stay in English.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::Malformed { said, .. }
            | Self::Gone(said)
            | Self::Unsupported(said)
            | Self::Conflict(said) => said.text(lang),
            other => other.to_string(),
        }
    }
}

impl Error {
    /// Whether this says no to the caller, rather than that something of ours failed.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Malformed { .. }
            | Self::Faulty(_)
            | Self::NotNow { .. }
            | Self::NotAllowed { .. }
            | Self::Unauthenticated(_)
            | Self::NotFound(_)
            | Self::Gone(_)
            | Self::Unsupported(_)
            | Self::Conflict(_) => true,
            Self::Busy { .. }
            | Self::Unavailable(_)
            | Self::Unresolved(_)
            | Self::Left
            | Self::Stopped(_)
            | Self::Peer { .. }
            | Self::Internal(_) => false,
        }
    }
}
