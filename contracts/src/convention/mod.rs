//! The convention of hosting, version 1: what a host and a member that it carries answer for. Both sign the document; the
//! file carries it with its texts and proofs ([`file`]).
//!
//! The member decides why and how personal data are processed (controller, GDPR, article 4(7)); the host processes them
//! for it (processor, article 28), and article 28(3) says what their contract must settle.

mod file;
mod measures;
mod party;
mod terms;

use serde::{Deserialize, Serialize};

use crate::format::{DigestAlg, FormatError, Instant, V1, check_digest};
use crate::id::{ConventionId, ParticipantId};
use crate::jcs::{self, JcsError};

pub use file::{ConventionFile, FileType, MAX_FILE, Readable};
pub use measures::{Measures, Subprocessor};
pub use party::{Party, Term, Texts};
pub use terms::{Answers, Processing, Side};

/// `typ` of a signature over a convention.
pub const TYP: &str = "fiducie-convention+jws";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ConventionType {
    #[default]
    #[serde(rename = "fiducie-convention")]
    Convention,
}

/// What both sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ConventionDocument {
    #[serde(rename = "type")]
    pub kind: ConventionType,
    pub v: V1,
    /// Algorithm of all digests of the document.
    pub alg: DigestAlg,
    pub id: ConventionId,
    pub host: Party,
    pub hosted: Party,
    pub processing: Processing,
    pub answers: Answers,
    pub measures: Measures,
    pub term: Term,
    pub texts: Texts,
    pub created_at: Instant,
}

impl ConventionDocument {
    /// The bytes that are signed.
    pub fn canonical(&self) -> Result<Vec<u8>, JcsError> {
        jcs::canonical(self)
    }

    /// On which side a participant stands; `None` if on neither.
    pub fn side(&self, did: &ParticipantId) -> Option<Side> {
        [(Side::Host, &self.host), (Side::Hosted, &self.hosted)]
            .into_iter()
            .find_map(|(side, party)| (party.did == *did).then_some(side))
    }

    pub fn party(&self, side: Side) -> &Party {
        match side {
            Side::Host => &self.host,
            Side::Hosted => &self.hosted,
        }
    }

    /// What must hold inside one document: two distinct parties, terms within their bounds, a term that is not empty.
    pub fn check(&self) -> Result<(), FormatError> {
        if self.host.did == self.hosted.did {
            return Err(FormatError::new("hosted.did", "host and hosted are the same participant"));
        }
        for (at, party) in [("host", &self.host), ("hosted", &self.hosted)] {
            terms::line(&format!("{at}.name"), &party.name)?;
            check_digest(&format!("{at}.identity"), &party.identity)?;
        }
        check_digest("texts.fr", &self.texts.fr)?;
        check_digest("texts.en", &self.texts.en)?;
        self.processing.check()?;
        self.measures.check()?;
        if self.term.until.is_some_and(|until| until <= self.term.from) {
            return Err(FormatError::new("term.until", "not after term.from"));
        }
        Ok(())
    }
}
