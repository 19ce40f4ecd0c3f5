//! Decentralized Claims Protocol 1.0: messages as its JSON Schemas have them, credentials of both JWT profiles,
//! presentations, status lists, and what makes a credential count.
//!
//! Unknown members are ignored on reading. Messages are plain JSON: no JSON-LD processor is needed, none is used.

pub mod credential;
mod date;
pub mod issuance;
pub mod presentation;
pub mod profile;
pub mod query;
pub mod rules;
pub mod scope;
pub mod status;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

pub use self::profile::Profile;
pub use self::scope::Scope;
use crate::dsp::one_or_many;

/// The context every message carries (DCP 1.0, 3).
pub const CONTEXT: &str = "https://w3id.org/dspace-dcp/v1.0/dcp.jsonld";

/// Type of the service of a DID document that answers presentation queries (DCP 1.0, 5.2).
pub const CREDENTIAL_SERVICE: &str = "CredentialService";
/// Type of the service of a DID document that takes credential requests (DCP 1.0, 6.2).
pub const ISSUER_SERVICE: &str = "IssuerService";

/// `@context`: on reading one that contains [`CONTEXT`]; on writing exactly that one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Context;

impl Serialize for Context {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        [CONTEXT].serialize(s)
    }
}

impl<'de> Deserialize<'de> for Context {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let contexts = one_or_many::<_, Value>(d)?;
        match contexts.iter().any(|c| c.as_str() == Some(CONTEXT)) {
            true => Ok(Self),
            false => Err(serde::de::Error::custom(format!("@context must contain `{CONTEXT}`"))),
        }
    }
}

/// A message, known by its `type`.
pub trait Message: Serialize + DeserializeOwned {
    const TYPE: &'static str;
}

/// Why a body is not the message that was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct MessageError {
    pub what: String,
}

/// Reads a message, checking its `type` first so that the error names it.
///
/// # Errors
/// What is wrong, as a sentence.
pub fn read<M: Message>(value: Value) -> Result<M, MessageError> {
    check_type(&value, M::TYPE)?;
    serde_json::from_value(value).map_err(|e| MessageError { what: format!("{}: {e}", M::TYPE) })
}

fn check_type(value: &Value, expected: &str) -> Result<(), MessageError> {
    match value.get("type").and_then(Value::as_str) {
        Some(found) if found == expected => Ok(()),
        Some(found) => Err(MessageError { what: format!("type is `{found}`, expected `{expected}`") }),
        None => Err(MessageError { what: format!("type is missing, expected `{expected}`") }),
    }
}

/// Declares a message: its `@context` and `type` are always there, absent members are not written.
macro_rules! message {
    ($(#[$doc:meta])* $name:ident as $kind:literal {
        $(required { $($(#[$rd:meta])* $r:ident : $rt:ty,)+ })?
        $(optional { $($(#[$od:meta])* $o:ident : $ot:ty,)+ })?
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            #[serde(rename = "@context")]
            pub context: $crate::dcp::Context,
            #[serde(rename = "type")]
            kind: String,
            $($($(#[$rd])* pub $r: $rt,)+)?
            $($($(#[$od])* #[serde(default, skip_serializing_if = "Option::is_none")] pub $o: Option<$ot>,)+)?
        }
        impl $name {
            /// The message with its required members; the others are set afterwards.
            #[allow(clippy::new_without_default, reason = "only messages without required members could have one")]
            pub fn new($($($r: $rt),+)?) -> Self {
                Self {
                    context: $crate::dcp::Context,
                    kind: $kind.into(),
                    $($($r,)+)?
                    $($($o: None,)+)?
                }
            }
        }
        impl $crate::dcp::Message for $name {
            const TYPE: &'static str = $kind;
        }
    };
}
use message;
