//! Members that every document of ours carries: version, digest algorithm, and instants in one spelling.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// What is wrong with a document, and where (a member's path).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {what}")]
pub struct FormatError {
    pub at: String,
    pub what: String,
}

impl FormatError {
    pub fn new(at: impl Into<String>, what: impl Into<String>) -> Self {
        Self { at: at.into(), what: what.into() }
    }
}

/// `"v": 1`. Any other number is a format this program does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct V1;

impl Serialize for V1 {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_u8(1)
    }
}

impl<'de> Deserialize<'de> for V1 {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        match u64::deserialize(d)? {
            1 => Ok(Self),
            other => Err(serde::de::Error::custom(format!("version {other} is not known, only 1"))),
        }
    }
}

/// `"alg": "sha-256"`: the algorithm of every digest of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum DigestAlg {
    #[default]
    #[serde(rename = "sha-256")]
    Sha256,
}

/// An instant in whole seconds, written `2026-11-22T01:05:10Z` and read only so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

/// 9999-12-31T23:59:59Z, the last instant RFC 3339 can write.
const LAST: i64 = 253_402_300_799;

impl Instant {
    /// Seconds since 1970-01-01T00:00:00Z; clamped to the years 0001 to 9999.
    pub fn from_seconds(seconds: i64) -> Self {
        Self(seconds.clamp(-62_135_596_800, LAST))
    }
    pub fn seconds(self) -> i64 {
        self.0
    }
    pub fn parse(text: &str) -> Option<Self> {
        let at = Self(OffsetDateTime::parse(text, &Rfc3339).ok()?.unix_timestamp());
        // One spelling only: no fraction, no offset, no lower case.
        (at.to_string() == text).then_some(at)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = OffsetDateTime::from_unix_timestamp(self.0).map_err(|_| fmt::Error)?;
        f.write_str(&date.format(&Rfc3339).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!("`{text}` is not an instant like 2026-11-22T01:05:10Z"))
        })
    }
}

/// Refuses a digest that is not base64url of 32 bytes.
pub(crate) fn check_digest(at: &str, digest: &str) -> Result<(), FormatError> {
    if crate::jcs::is_digest(digest) {
        Ok(())
    } else {
        Err(FormatError::new(at, "not a SHA-256 digest in base64url without padding"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_have_one_spelling() {
        let text = "2026-11-22T01:05:10Z";
        assert_eq!(Instant::parse(text).map(|i| i.to_string()).as_deref(), Some(text));
        for wrong in ["2026-11-22T01:05:10.0Z", "2026-11-22T02:05:10+01:00", "2026-11-22t01:05:10z", ""] {
            assert_eq!(Instant::parse(wrong), None, "{wrong}");
        }
    }
}
