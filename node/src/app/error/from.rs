//! Failures of what use cases stand on, by whose fault they are.

use super::Error;
use crate::identity::keys::KeyError;
use crate::identity::proof::ProofError;
use crate::identity::resolve::ResolveError;
use crate::identity::token::TokenError;
use crate::store;
use crate::text::say;

impl From<TokenError> for Error {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Own(detail) => Self::Internal(detail),
            TokenError::Unreachable(what) => Self::Unresolved(what),
            TokenError::Busy => Self::Busy { limit: "identities", retry_after: 1 },
            other => Self::Unauthenticated(other),
        }
    }
}

impl Error {
    /// A caller whose identity could not be had.
    pub fn unresolved(error: &ResolveError) -> Self {
        match error.is_passing() {
            true => Self::Unresolved(error.to_string()),
            false => Self::Unauthenticated(TokenError::Unresolvable(error.to_string())),
        }
    }
}

impl From<KeyError> for Error {
    fn from(error: KeyError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<ProofError> for Error {
    fn from(error: ProofError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<ResolveError> for Error {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::Busy => Self::Busy { limit: "identities", retry_after: 1 },
            ResolveError::Fetch { ref did, .. } | ResolveError::Identity { ref did, .. } => {
                Self::Peer { peer: did.clone(), what: error.to_string() }
            }
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Busy => Self::Busy { limit: "writes waiting", retry_after: 1 },
            store::Error::Unavailable(_)
            | store::Error::Held { .. }
            | store::Error::Moved { .. }
            | store::Error::Fenced
            | store::Error::Unmigrated { .. }
            | store::Error::Newer { .. } => Self::Unavailable(error.to_string()),
            store::Error::Retired => Self::Left,
            store::Error::Stopped(why) => Self::Stopped(why),
            store::Error::Conflict(what) => Self::Conflict(say("conflict.changed").with("what", what)),
            store::Error::NotFound(what) => Self::NotFound(what),
            store::Error::Migration { .. }
            | store::Error::Inconsistency { .. }
            | store::Error::Unsigned(_)
            | store::Error::Address(_)
            | store::Error::Internal(_) => Self::Internal(error.to_string()),
        }
    }
}
