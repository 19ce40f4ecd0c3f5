//! The framework package, version 1: a *cadre de confiance* as data. Who publishes it signs the document; the file carries
//! it with the words of its charter and the identity of who signed ([`file`]).
//!
//! Reading order: [`FrameworkDocument`], [`Parts`], then one file for each part. What the parts may say is judged by
//! `policies::framework`.

pub mod diff;
mod draft;
mod file;
mod governance;
mod rules;
mod use_case;
mod version;
mod words;

use serde::{Deserialize, Serialize};

use crate::format::{DigestAlg, FormatError, Instant, V1, check_digest};
use crate::id::{FrameworkId, ParticipantId};
use crate::jcs::{self, JcsError};

pub use draft::{Draft, DraftType};
pub use file::{FileType, FrameworkFile, MAX_FILE};
pub use governance::{Body, Citizens, College, Governance, Involvement, Majority, Voice};
pub use rules::{
    Admission, AdmissionRule, Charter, Clause, Labels, MemberKind, Places, Principle, Purposes, Rules,
    Template, Witnesses,
};
pub use use_case::{Phase, Requests, Silence, Step, UseCases};
pub use version::Version;
pub use words::Words;

/// `typ` of the signature over a framework.
pub const TYP: &str = "fiducie-framework+jws";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum FrameworkType {
    #[default]
    #[serde(rename = "fiducie-framework")]
    Framework,
}

/// What the publisher signs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct FrameworkDocument {
    #[serde(rename = "type")]
    pub kind: FrameworkType,
    pub v: V1,
    /// Algorithm of all digests of the document.
    pub alg: DigestAlg,
    /// The same over all versions.
    pub id: FrameworkId,
    pub version: Version,
    pub name: Words,
    pub about: Words,
    /// The *tiers de confiance*, and all who may publish a version of this framework.
    pub publisher: Publisher,
    /// Whose framework this one was made from, if another's.
    pub derived_from: Option<Origin>,
    /// Digest of the version before.
    pub previous: Option<String>,
    pub published_at: Instant,
    pub in_force: Instant,
    /// From then on nobody is admitted and nothing is decided under it; `null`: it has no end.
    pub sunset: Option<Instant>,
    pub parts: Parts,
    /// Digests of the words of the charter.
    pub charter: Words,
}

/// The five parts of a *cadre de confiance*; without one of them it is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Parts {
    pub objectives: Vec<Words>,
    pub rules: Rules,
    pub governance: Governance,
    pub use_cases: UseCases,
    pub citizens: Citizens,
}

/// Names of the parts in a document, in reading order.
pub const PARTS: [&str; 5] = ["objectives", "rules", "governance", "useCases", "citizens"];

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publisher {
    pub did: ParticipantId,
    pub name: String,
    /// Digest of its DID document as shown when the version was published.
    pub identity: String,
}

/// One version of one framework.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    pub id: FrameworkId,
    pub version: Version,
    pub publisher: ParticipantId,
    /// Digest of its document.
    pub digest: String,
}

impl FrameworkDocument {
    /// The bytes that are signed.
    pub fn canonical(&self) -> Result<Vec<u8>, JcsError> {
        jcs::canonical(self)
    }

    /// How other documents name this version.
    pub fn digest(&self) -> Result<String, JcsError> {
        jcs::digest(self)
    }

    pub fn body(&self, id: &str) -> Option<&Body> {
        self.parts.governance.bodies.iter().find(|body| body.id == id)
    }

    /// What must hold inside one document, whatever its parts say.
    pub fn check(&self) -> Result<(), FormatError> {
        check_digest("publisher.identity", &self.publisher.identity)?;
        check_digest("charter.fr", &self.charter.fr)?;
        check_digest("charter.en", &self.charter.en)?;
        if let Some(previous) = &self.previous {
            check_digest("previous", previous)?;
        }
        if let Some(origin) = &self.derived_from {
            check_digest("derivedFrom.digest", &origin.digest)?;
            if origin.id == self.id {
                return Err(FormatError::new("derivedFrom.id", "a framework is not made from itself"));
            }
        }
        if self.in_force < self.published_at {
            return Err(FormatError::new("inForce", "before publishedAt"));
        }
        if self.sunset.is_some_and(|sunset| sunset <= self.in_force) {
            return Err(FormatError::new("sunset", "not after inForce"));
        }
        Ok(())
    }
}
