//! Identifiers: opaque, globally unique, stable, parsed once at the edge.
//!
//! Ours are `urn:uuid:…` and never contain a host name, so that a member can change host and keep them.
//! A peer's may be any string (Dataspace Protocol 2025-1, schemas): they are compared, never interpreted.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

/// Longest identifier accepted from anybody, in bytes.
pub const MAX_LEN: usize = 512;

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    #[error("an identifier cannot be empty")]
    Empty,
    #[error("an identifier has at most {MAX_LEN} bytes, this one has {0}")]
    TooLong(usize),
    #[error("an identifier cannot contain white space or control characters")]
    Character,
    #[error("`{0}` is not a DID: expected `did:<method>:<identifier>`")]
    NotADid(String),
}

fn check(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if text.len() > MAX_LEN {
        return Err(IdError::TooLong(text.len()));
    }
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(IdError::Character);
    }
    Ok(())
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Reads an identifier as it came; a bare UUID stays as it is.
            pub fn parse(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                check(&text)?;
                Ok(Self(text))
            }
            pub fn as_str(&self) -> &str {
                &self.0
            }
            /// An identifier of ours, from a UUID drawn by the caller.
            pub fn from_uuid(uuid: Uuid) -> Self {
                Self(format!("urn:uuid:{uuid}"))
            }
            /// The identifier as the last segment of one of our URLs: the bare UUID when it is ours.
            pub fn segment(&self) -> &str {
                self.0.strip_prefix("urn:uuid:").unwrap_or(&self.0)
            }
            /// Reads a path segment: a bare UUID means the identifier of ours with that UUID.
            pub fn from_segment(text: &str) -> Result<Self, IdError> {
                match Uuid::try_parse(text) {
                    Ok(uuid) if text.len() == 36 => Ok(Self::from_uuid(uuid)),
                    _ => Self::parse(text),
                }
            }
            /// What a person may mean by a text: the identifier as it stands (a peer's may be a bare UUID), and for
            /// a bare UUID the one of ours with that UUID.
            pub fn meant(text: &str) -> Result<Vec<Self>, IdError> {
                let mut meant = vec![Self::parse(text)?];
                meant.extend(Self::from_segment(text).ok().filter(|ours| *ours != meant[0]));
                Ok(meant)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                Self::parse(String::deserialize(d)?).map_err(serde::de::Error::custom)
            }
        }
    };
}

identifier!(
    /// A contract negotiation or a transfer process, as one side names it (DSP `providerPid`, `consumerPid`).
    Pid
);
identifier!(
    /// A dataset, the same over all its revisions.
    DatasetId
);
identifier!(
    /// An offer of a dataset.
    OfferId
);
identifier!(
    /// An agreement, and the contract that carries it.
    AgreementId
);
identifier!(
    /// A convention of hosting.
    ConventionId
);
identifier!(
    /// A trust framework, the same over all its versions.
    FrameworkId
);
identifier!(
    /// A question to a body of a framework.
    QuestionId
);
identifier!(
    /// A use case of a framework.
    UseCaseId
);
identifier!(
    /// A request for access to a dataset.
    RequestId
);
identifier!(
    /// A member hosted by a node: internal to its host, never shown to peers.
    MemberId
);

/// A participant of the data space, by its DID.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ParticipantId(String);

impl ParticipantId {
    /// Any non-empty identifier: foreign peers need not use a DID. [`Self::did`] is the strict reader.
    pub fn parse(text: impl Into<String>) -> Result<Self, IdError> {
        let text = text.into();
        check(&text)?;
        Ok(Self(text))
    }
    /// A participant that must be a DID.
    pub fn did(text: impl Into<String>) -> Result<Self, IdError> {
        let id = Self::parse(text)?;
        let mut parts = id.0.splitn(3, ':');
        match (parts.next(), parts.next(), parts.next()) {
            (Some("did"), Some(method), Some(rest)) if !method.is_empty() && !rest.is_empty() => Ok(id),
            _ => Err(IdError::NotADid(id.0)),
        }
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ParticipantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ParticipantId {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::parse(String::deserialize(d)?).map_err(serde::de::Error::custom)
    }
}
