//! `*.convention.json`: the convention with everything needed to read and verify it alone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ConventionDocument, Side};
use crate::contract::{check_text, identity_digest};
use crate::format::{FormatError, V1};
use crate::jcs::{self, JcsError};

/// Largest file accepted, in bytes.
pub const MAX_FILE: usize = 1024 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum FileType {
    #[default]
    #[serde(rename = "fiducie-convention-file")]
    File,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConventionFile {
    #[serde(rename = "type")]
    pub kind: FileType,
    pub v: V1,
    pub convention: ConventionDocument,
    pub texts: Readable,
    /// DID documents of both, by DID, as the convention names them by digest.
    pub identities: BTreeMap<String, Value>,
    /// Detached JWS (RFC 7515, appendix F) over the canonical convention, the host's first.
    pub signatures: Vec<String>,
}

/// The convention in words. Both texts are signed, by their digests; neither stands above the other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Readable {
    pub fr: String,
    pub en: String,
}

impl ConventionFile {
    /// Reads a file: canonical, no unknown member, consistent. Signatures are the caller's to verify.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        if bytes.len() > MAX_FILE {
            return Err(FormatError::new("", format!("more than {MAX_FILE} bytes")));
        }
        let file: Self = jcs::parse_as(bytes)?;
        file.check()?;
        Ok(file)
    }

    pub fn canonical(&self) -> Result<Vec<u8>, JcsError> {
        jcs::canonical(self)
    }

    /// What must hold between the document and what travels beside it.
    pub fn check(&self) -> Result<(), FormatError> {
        self.convention.check()?;
        let signed = &self.convention.texts;
        for (at, text, digest) in
            [("texts.fr", &self.texts.fr, &signed.fr), ("texts.en", &self.texts.en, &signed.en)]
        {
            check_text(text)?;
            if jcs::sha256_b64url(text.as_bytes()) != *digest {
                return Err(FormatError::new(at, "not the text that is signed"));
            }
        }
        for party in [Side::Host, Side::Hosted].map(|side| self.convention.party(side)) {
            let at = format!("identities.{}", party.did);
            let document = self.identities.get(party.did.as_str());
            let document = document.ok_or_else(|| FormatError::new(&at, "the DID document is missing"))?;
            let digest = identity_digest(document).map_err(|e| FormatError::new(&at, e.to_string()))?;
            if digest != party.identity || document.get("id") != Some(&party.did.as_str().into()) {
                return Err(FormatError::new(at, "not the DID document that the convention names"));
            }
        }
        if self.identities.len() != 2 || self.signatures.len() > 2 {
            return Err(FormatError::new("signatures", "at most two, of two parties"));
        }
        Ok(())
    }
}
