//! The signed contract, version 1: the document both parties sign, and the file that carries it with its proofs.
//!
//! Everything signed is bytes in canonical form (RFC 8785); the readable text is bound by its digest.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use unicode_normalization::is_nfc;

use crate::format::{DigestAlg, FormatError, Instant, V1, check_digest};
use crate::id::{AgreementId, DatasetId, ParticipantId};
use crate::jcs::{self, JcsError};

/// `typ` of a signature over a contract.
pub const TYP: &str = "fiducie-contract+jws";
/// Largest contract file accepted, in bytes.
pub const MAX_FILE: usize = 4 * 1024 * 1024;
/// Most signatures, and most revocations, in one file.
pub const MAX_SIGNATURES: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ContractType {
    #[default]
    #[serde(rename = "fiducie-contract")]
    Contract,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum FileType {
    #[default]
    #[serde(rename = "fiducie-contract-file")]
    File,
}

/// What both parties sign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ContractDocument {
    #[serde(rename = "type")]
    pub kind: ContractType,
    pub v: V1,
    /// Algorithm of all digests of the document.
    pub alg: DigestAlg,
    pub id: AgreementId,
    /// The trust framework the contract is made under; `null`: none.
    pub framework: Option<Framework>,
    /// The provider, then the consumer.
    pub parties: Vec<Party>,
    pub dataset: Dataset,
    /// The ODRL agreement, word for word as it was negotiated.
    pub policy: Value,
    pub term: Term,
    pub text: Text,
    pub created_at: Instant,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    pub id: String,
    pub version: String,
    pub digest: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Provider,
    Consumer,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    pub did: ParticipantId,
    pub role: Role,
    /// Digest of the party's DID document as shown at signing.
    pub identity: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    pub id: DatasetId,
    pub revision: i64,
    /// Digest of the dataset's description as shown in the catalogue.
    pub digest: String,
}

/// From (included) until (excluded; `null`: no end).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    pub from: Instant,
    pub until: Option<Instant>,
}

/// Which template, in which language (BCP 47), made the readable text, and the text's digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    pub template: String,
    pub version: String,
    pub lang: String,
    pub digest: String,
}

/// In what capacity somebody signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Capacity {
    /// The node, for its member.
    Node,
    /// The data protection officer (GDPR, article 37).
    Dpo,
    /// A person the member delegated its signature to.
    Delegate,
    /// A body beside the parties, such as an authority.
    Body,
}

/// `*.contract.json`: the contract with everything needed to verify it alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractFile {
    #[serde(rename = "type")]
    pub kind: FileType,
    pub v: V1,
    pub contract: ContractDocument,
    pub text: String,
    /// DID documents as at signing, by DID: the parties', and those of other signers.
    pub identities: BTreeMap<String, Value>,
    /// Detached JWS (RFC 7515, appendix F) over the canonical contract.
    pub signatures: Vec<String>,
    /// Compact JWS over canonical revocations.
    pub revocations: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum ContractError {
    #[error(transparent)]
    Canonical(#[from] JcsError),
    #[error("not a contract of version 1: {0}")]
    Shape(#[source] serde_json::Error),
    #[error("inconsistent contract: {0}")]
    Inconsistent(#[from] FormatError),
}

impl ContractDocument {
    /// Reads a contract from the bytes that are signed; checks form and consistency.
    pub fn parse(bytes: &[u8]) -> Result<Self, ContractError> {
        let value = jcs::parse(bytes)?;
        let document: Self = serde_json::from_value(value).map_err(ContractError::Shape)?;
        document.check()?;
        document.same_bytes(bytes)?;
        Ok(document)
    }

    /// The bytes that are signed.
    pub fn canonical(&self) -> Result<Vec<u8>, JcsError> {
        jcs::canonical(self)
    }

    // A member left out where `null` is the only spelling would give the same document from other bytes.
    fn same_bytes(&self, bytes: &[u8]) -> Result<(), JcsError> {
        if self.canonical()? == bytes { Ok(()) } else { Err(JcsError::NotCanonical) }
    }

    pub fn provider(&self) -> Option<&Party> {
        self.parties.iter().find(|p| p.role == Role::Provider)
    }
    pub fn consumer(&self) -> Option<&Party> {
        self.parties.iter().find(|p| p.role == Role::Consumer)
    }
    pub fn party(&self, did: &str) -> Option<&Party> {
        self.parties.iter().find(|p| p.did.as_str() == did)
    }

    /// What must hold inside one document: two distinct parties in order, the policy naming the same agreement,
    /// parties and dataset, well-formed digests, a term that is not empty.
    pub fn check(&self) -> Result<(), FormatError> {
        let [provider, consumer] = self.parties.as_slice() else {
            return Err(FormatError::new("parties", "exactly two are needed"));
        };
        if (provider.role, consumer.role) != (Role::Provider, Role::Consumer) {
            return Err(FormatError::new("parties", "the provider comes first, then the consumer"));
        }
        if provider.did == consumer.did {
            return Err(FormatError::new("parties", "both are the same participant"));
        }
        check_digest("parties.0.identity", &provider.identity)?;
        check_digest("parties.1.identity", &consumer.identity)?;
        check_digest("dataset.digest", &self.dataset.digest)?;
        check_digest("text.digest", &self.text.digest)?;
        if let Some(framework) = &self.framework {
            check_digest("framework.digest", &framework.digest)?;
        }
        if self.dataset.revision < 1 {
            return Err(FormatError::new("dataset.revision", "revisions count from 1"));
        }
        if self.term.until.is_some_and(|until| until <= self.term.from) {
            return Err(FormatError::new("term.until", "not after term.from"));
        }
        for (member, expected) in [
            ("@type", "Agreement"),
            ("@id", self.id.as_str()),
            ("assigner", provider.did.as_str()),
            ("assignee", consumer.did.as_str()),
            ("target", self.dataset.id.as_str()),
        ] {
            if self.policy.get(member).and_then(Value::as_str) != Some(expected) {
                return Err(FormatError::new(format!("policy.{member}"), format!("must be `{expected}`")));
            }
        }
        Ok(())
    }
}

impl ContractFile {
    /// Reads a file: canonical, no unknown member, consistent. Signatures are the caller's to verify.
    pub fn parse(bytes: &[u8]) -> Result<Self, ContractError> {
        if bytes.len() > MAX_FILE {
            return Err(FormatError::new("", format!("more than {MAX_FILE} bytes")).into());
        }
        let value = jcs::parse(bytes)?;
        let file: Self = serde_json::from_value(value).map_err(ContractError::Shape)?;
        file.check()?;
        if jcs::canonical(&file)? != bytes {
            return Err(JcsError::NotCanonical.into());
        }
        Ok(file)
    }

    pub fn canonical(&self) -> Result<Vec<u8>, JcsError> {
        jcs::canonical(self)
    }

    /// What must hold between the document and what travels beside it.
    pub fn check(&self) -> Result<(), FormatError> {
        self.contract.check()?;
        check_text(&self.text)?;
        if jcs::sha256_b64url(self.text.as_bytes()) != self.contract.text.digest {
            return Err(FormatError::new("text", "not the text the contract was signed with"));
        }
        for party in &self.contract.parties {
            let at = format!("identities.{}", party.did);
            let Some(document) = self.identities.get(party.did.as_str()) else {
                return Err(FormatError::new(at, "the party's DID document is missing"));
            };
            if identity_digest(document).map_err(|e| FormatError::new(&at, e.to_string()))? != party.identity
            {
                return Err(FormatError::new(at, "not the DID document the contract was signed with"));
            }
        }
        for (did, document) in &self.identities {
            if document.get("id").and_then(Value::as_str) != Some(did) {
                return Err(FormatError::new(format!("identities.{did}"), "the document is another DID's"));
            }
        }
        for (at, list) in [("signatures", &self.signatures), ("revocations", &self.revocations)] {
            if list.len() > MAX_SIGNATURES {
                return Err(FormatError::new(at, format!("more than {MAX_SIGNATURES}")));
            }
        }
        Ok(())
    }
}

/// Digest of a DID document as contracts carry it.
pub fn identity_digest(document: &Value) -> Result<String, JcsError> {
    Ok(jcs::sha256_b64url(&jcs::canonical_value(document)?))
}

/// A readable text has one byte form: Unicode NFC, lines ended by LF, no other control character.
pub fn check_text(text: &str) -> Result<(), FormatError> {
    if let Some(c) = text.chars().find(|c| c.is_control() && *c != '\n') {
        return Err(FormatError::new(
            "text",
            format!("control character U+{:04X}; lines end with LF only", c as u32),
        ));
    }
    if !is_nfc(text) {
        return Err(FormatError::new("text", "not in Unicode normal form NFC"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_one_form() {
        assert!(check_text("Été\nfin\n").is_ok());
        assert!(check_text("E\u{301}te\u{301}").is_err());
        assert!(check_text("a\r\nb").is_err());
    }
}
