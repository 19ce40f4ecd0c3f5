//! Dataspace Protocol 2025-1 messages, as its JSON Schemas have them: compact JSON, no JSON-LD processor.
//!
//! Unknown members are ignored on reading (the schemas allow them), and other ways of writing the same are read; what
//! we write is exactly the compact form.

pub mod catalog;
pub mod filter;
mod form;
pub mod negotiation;
pub mod transfer;
pub mod version;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// The context every message and response carries (DSP 2025-1, 4.1).
pub const CONTEXT: &str = "https://w3id.org/dspace/2025/1/context.jsonld";

/// `@context`: on reading an array of strings that contains [`CONTEXT`]; on writing exactly that one.
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
        if contexts.iter().any(|c| c.as_str() == Some(CONTEXT)) {
            Ok(Self)
        } else {
            Err(serde::de::Error::custom(format!("@context must contain `{CONTEXT}`")))
        }
    }
}

/// A message type of the protocol, known by its `@type`.
pub trait Message: Serialize + DeserializeOwned {
    const TYPE: &'static str;
}

/// Why a body is not the message that was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct MessageError {
    pub what: String,
}

/// Reads a message, checking its `@type` first so that the error names it.
pub fn read<M: Message>(body: &[u8]) -> Result<M, MessageError> {
    let value: Value = serde_json::from_slice(body)
        .map_err(|e| MessageError { what: format!("the body is not JSON: {e}") })?;
    read_value(value)
}

/// As [`read`], from parsed JSON.
pub fn read_value<M: Message>(mut value: Value) -> Result<M, MessageError> {
    form::compact(&mut value);
    let Some(object) = value.as_object() else {
        return Err(MessageError { what: format!("expected a JSON object of type {}", M::TYPE) });
    };
    match object.get("@type").and_then(Value::as_str) {
        Some(found) if found == M::TYPE => {}
        Some(found) => {
            return Err(MessageError { what: format!("@type is `{found}`, expected `{}`", M::TYPE) });
        }
        None => return Err(MessageError { what: format!("@type is missing, expected `{}`", M::TYPE) }),
    }
    serde_json::from_value(value).map_err(|e| MessageError { what: format!("{}: {e}", M::TYPE) })
}

/// JSON-LD peers write a set of one as the element itself: both are read, an array is written.
pub(crate) fn one_or_many<'de, D, T>(d: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany<T> {
        Many(Vec<T>),
        One(T),
    }
    Ok(match OneOrMany::deserialize(d)? {
        OneOrMany::Many(many) => many,
        OneOrMany::One(one) => vec![one],
    })
}

/// Declares a message: its `@context`, `@type` and optional `@id` are always there, absent members are not written.
macro_rules! message {
    ($(#[$doc:meta])* $name:ident {
        $(required { $($(#[$rd:meta])* $r:ident : $rt:ty,)+ })?
        $(optional { $($(#[$od:meta])* $o:ident : $ot:ty,)+ })?
        $(list { $($(#[$ld:meta])* $l:ident : $lt:ty,)+ })?
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            #[serde(rename = "@context")]
            pub context: Context,
            #[serde(rename = "@type")]
            kind: String,
            /// Of the message, not of what it speaks about: peers may send one, ours do, so that repeats are known.
            #[serde(rename = "@id", default, skip_serializing_if = "Option::is_none")]
            pub id: Option<String>,
            $($($(#[$rd])* pub $r: $rt,)+)?
            $($($(#[$od])* #[serde(default, skip_serializing_if = "Option::is_none")] pub $o: Option<$ot>,)+)?
            $($($(#[$ld])* #[serde(default, skip_serializing_if = "Vec::is_empty",
                deserialize_with = "crate::dsp::one_or_many")] pub $l: Vec<$lt>,)+)?
        }
        impl $name {
            /// The message with its required members; the others are set afterwards.
            #[allow(clippy::new_without_default, reason = "only messages without required members could have one")]
            pub fn new($($($r: $rt),+)?) -> Self {
                Self {
                    context: Context,
                    kind: <Self as Message>::TYPE.into(),
                    id: None,
                    $($($r,)+)?
                    $($($o: None,)+)?
                    $($($l: Vec::new(),)+)?
                }
            }
        }
        impl Message for $name {
            const TYPE: &'static str = stringify!($name);
        }
    };
}
pub(crate) use message;
