//! `*.framework.json`: the framework with everything needed to read and verify it alone.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Draft, DraftType, FrameworkDocument, Origin, Version, Words};
use crate::contract::{check_text, identity_digest};
use crate::format::{FormatError, V1};
use crate::jcs::{self, JcsError};

/// Largest file accepted, in bytes.
pub const MAX_FILE: usize = 1024 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum FileType {
    #[default]
    #[serde(rename = "fiducie-framework-file")]
    File,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrameworkFile {
    #[serde(rename = "type")]
    pub kind: FileType,
    pub v: V1,
    pub framework: FrameworkDocument,
    /// The words of the charter, whose digests are signed.
    pub charter: Words,
    /// DID document of the publisher, as the framework names it by digest.
    pub identity: Value,
    /// Detached JWS (RFC 7515, appendix F) over the canonical framework.
    pub signature: String,
}

impl FrameworkFile {
    /// Reads a file: canonical, no unknown member, consistent. The signature is the caller's to verify, what the parts say
    /// its own to judge.
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
        self.framework.check()?;
        let signed = &self.framework.charter;
        for (at, text, digest) in
            [("charter.fr", &self.charter.fr, &signed.fr), ("charter.en", &self.charter.en, &signed.en)]
        {
            check_text(text).map_err(|e| FormatError::new(at, e.what))?;
            if jcs::sha256_b64url(text.as_bytes()) != *digest {
                return Err(FormatError::new(at, "not the text that is signed"));
            }
        }
        let publisher = &self.framework.publisher;
        let digest =
            identity_digest(&self.identity).map_err(|e| FormatError::new("identity", e.to_string()))?;
        if digest != publisher.identity || self.identity.get("id") != Some(&publisher.did.as_str().into()) {
            return Err(FormatError::new("identity", "not the DID document that the framework names"));
        }
        Ok(())
    }

    /// A draft of somebody else's framework made from this one: the same rules, to be changed and signed by its own
    /// publisher.
    pub fn derive(&self) -> Result<Draft, JcsError> {
        let framework = &self.framework;
        let origin = Origin {
            id: framework.id.clone(),
            version: framework.version,
            publisher: framework.publisher.did.clone(),
            digest: framework.digest()?,
        };
        let version = Version::FIRST;
        Ok(Draft { id: None, version, derived_from: Some(origin), sunset: None, ..self.draft() })
    }

    /// A draft of the next version.
    pub fn next(&self) -> Draft {
        let draft = self.draft();
        Draft { version: draft.version.next(), ..draft }
    }

    /// What its author wrote, without what publishing added.
    pub fn draft(&self) -> Draft {
        let Self { framework, charter, .. } = self;
        Draft {
            kind: DraftType::Draft,
            v: V1,
            id: Some(framework.id.clone()),
            version: framework.version,
            name: framework.name.clone(),
            about: framework.about.clone(),
            derived_from: framework.derived_from.clone(),
            in_force: None,
            sunset: framework.sunset,
            parts: framework.parts.clone(),
            charter: charter.clone(),
        }
    }
}
