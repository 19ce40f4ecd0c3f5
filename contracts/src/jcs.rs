//! The one byte form of a JSON value: JCS (RFC 8785). Whatever is signed or hashed goes through here.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::format::FormatError;

/// Largest integer JSON numbers carry exactly (RFC 7493, section 2.2).
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

#[derive(Debug, thiserror::Error)]
pub enum JcsError {
    #[error("not representable as canonical JSON: {0}")]
    Serialize(#[source] serde_json::Error),
    #[error("not JSON: {0}")]
    Parse(#[source] serde_json::Error),
    #[error("an integer is beyond 2^53 - 1 and would lose digits")]
    Integer,
    #[error("not in canonical form (RFC 8785): members out of order, repeated, or spaces between them")]
    NotCanonical,
}

/// Canonical bytes of a value.
pub fn canonical<T: Serialize>(value: &T) -> Result<Vec<u8>, JcsError> {
    serde_json_canonicalizer::to_vec(value).map_err(JcsError::Serialize)
}

/// Canonical bytes of a value of unknown origin: integers that JSON cannot carry exactly are refused.
pub fn canonical_value(value: &Value) -> Result<Vec<u8>, JcsError> {
    exact(value)?;
    canonical(value)
}

/// Reads JSON that must already be canonical; repeated members make it differ from its canonical form.
pub fn parse(bytes: &[u8]) -> Result<Value, JcsError> {
    let value: Value = serde_json::from_slice(bytes).map_err(JcsError::Parse)?;
    if canonical_value(&value)? == bytes { Ok(value) } else { Err(JcsError::NotCanonical) }
}

/// Reads a document of ours: canonical, and nothing in it that its type does not know.
pub fn parse_as<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Result<T, FormatError> {
    let wrong = |e: JcsError| FormatError::new("", e.to_string());
    let value = parse(bytes).map_err(wrong)?;
    let document: T = serde_json::from_value(value).map_err(|e| FormatError::new("", e.to_string()))?;
    // A member left out, or one its type ignores, would be a second spelling of the same document.
    if canonical(&document).map_err(wrong)? == bytes {
        Ok(document)
    } else {
        Err(wrong(JcsError::NotCanonical))
    }
}

/// Whether these bytes are the canonical form of a JSON value.
pub fn is_canonical(bytes: &[u8]) -> bool {
    parse(bytes).is_ok()
}

fn exact(value: &Value) -> Result<(), JcsError> {
    match value {
        Value::Number(n) => match (n.as_u64(), n.as_i64()) {
            (Some(u), _) if u > MAX_INTEGER => Err(JcsError::Integer),
            (None, Some(i)) if i.unsigned_abs() > MAX_INTEGER => Err(JcsError::Integer),
            _ => Ok(()),
        },
        Value::Array(items) => items.iter().try_for_each(exact),
        Value::Object(members) => members.values().try_for_each(exact),
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
    }
}

/// SHA-256 of bytes, base64url without padding: how every digest is written in our documents.
pub fn sha256_b64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(bytes))
}

/// Digest of the canonical form of a value.
pub fn digest<T: Serialize>(value: &T) -> Result<String, JcsError> {
    Ok(sha256_b64url(&canonical(value)?))
}

/// Whether a text is a digest as [`sha256_b64url`] writes it.
pub fn is_digest(text: &str) -> bool {
    URL_SAFE_NO_PAD.decode(text).is_ok_and(|b| b.len() == 32)
}

#[cfg(test)]
mod tests;
