//! Leaves of a member's log: what is published for ever. No name, no identifier, no digest without salt.
//!
//! Clear values and salts stay with the member and can be erased; then a leaf proves that something was recorded, and
//! nobody can tell what.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::format::{DigestAlg, FormatError, V1, check_digest};
use crate::jcs;

/// Random bytes drawn for one field of one leaf.
pub type Salt = [u8; 32];

/// Name under which the facts of a decision are committed to.
pub const FACTS: &str = "facts";
/// Field that names a decision's report, by its SHA-256 in hexadecimal.
pub const REPORT: &str = "report";

/// What a decision said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Permit,
    Refuse,
}

/// A leaf, version 1. Members are declared in canonical order (RFC 8785), so that writing is canonical.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    pub alg: DigestAlg,
    /// Seconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// Commitments by field name.
    #[serde(rename = "c")]
    pub commitments: BTreeMap<String, String>,
    /// Commitment to what a decision looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<String>,
    /// What happened, `delivery.opened` for instance.
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Name of the exchange, or of the credential, the same in both members' logs: random.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    pub v: V1,
}

/// What opens a commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    pub value: String,
    /// base64url.
    pub salt: String,
}

/// Commitment to a field's value: base64url SHA-256 of `fiducie/leaf/v1/<field>`, a zero byte, salt and value.
pub fn commitment(field: &str, salt: &Salt, value: &str) -> String {
    let digest = Sha256::new()
        .chain_update(b"fiducie/leaf/v1/")
        .chain_update(field.as_bytes())
        .chain_update([0])
        .chain_update(salt)
        .chain_update(value.as_bytes())
        .finalize();
    URL_SAFE_NO_PAD.encode(digest)
}

impl Opening {
    pub fn new(value: impl Into<String>, salt: &Salt) -> Self {
        Self { value: value.into(), salt: URL_SAFE_NO_PAD.encode(salt) }
    }

    /// Whether it opens this commitment of this field.
    pub fn opens(&self, field: &str, committed: &str) -> bool {
        let salt: Option<Salt> = URL_SAFE_NO_PAD.decode(&self.salt).ok().and_then(|s| s.try_into().ok());
        salt.is_some_and(|salt| commitment(field, &salt, &self.value) == committed)
    }
}

impl Leaf {
    /// The bytes that the log hashes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, FormatError> {
        // Canonical by construction: see the order of members, and the test.
        serde_json::to_vec(self).map_err(|e| FormatError::new("leaf", e.to_string()))
    }

    /// Reads a leaf, which must be in canonical form.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        let value = jcs::parse(bytes).map_err(|e| FormatError::new("leaf", e.to_string()))?;
        let leaf: Self =
            serde_json::from_value(value).map_err(|e| FormatError::new("leaf", e.to_string()))?;
        for (field, committed) in &leaf.commitments {
            check_digest(&format!("leaf, c.{field}"), committed)?;
        }
        if let Some(facts) = &leaf.facts {
            check_digest("leaf, facts", facts)?;
        }
        Ok(leaf)
    }

    /// Refuses an opening that does not open this leaf's field.
    pub fn check(&self, field: &str, opening: &Opening) -> Result<(), FormatError> {
        let committed = if field == FACTS { self.facts.as_ref() } else { self.commitments.get(field) };
        match committed {
            None => Err(FormatError::new(field, "the leaf has no such field")),
            Some(committed) if opening.opens(field, committed) => Ok(()),
            Some(_) => Err(FormatError::new(field, "value and salt do not open the leaf's commitment")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_are_canonical_and_open_with_their_salts_only() {
        let salt = [7; 32];
        let leaf = Leaf {
            alg: DigestAlg::Sha256,
            at: 1_800_000_000,
            commitments: ["peer", "dataset"]
                .map(|field| (field.to_owned(), commitment(field, &salt, "x")))
                .into(),
            facts: Some(commitment(FACTS, &salt, "{}")),
            kind: "delivery.opened".into(),
            outcome: Some(Outcome::Permit),
            reference: Some("00".repeat(16)),
            v: V1,
        };
        let bytes = leaf.to_bytes().unwrap();
        assert!(jcs::is_canonical(&bytes));
        assert_eq!(Leaf::parse(&bytes).unwrap(), leaf);
        assert_eq!(leaf.check("peer", &Opening::new("x", &salt)), Ok(()));
        assert_eq!(leaf.check(FACTS, &Opening::new("{}", &salt)), Ok(()));
        for (field, value, salt) in [("peer", "y", [7; 32]), ("peer", "x", [8; 32]), ("other", "x", [7; 32])]
        {
            assert!(leaf.check(field, &Opening::new(value, &salt)).is_err());
        }
        // A commitment of one field does not open another one.
        assert_ne!(leaf.commitments.get("peer"), leaf.commitments.get("dataset"));
    }
}
