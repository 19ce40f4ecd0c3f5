//! What is said about a use case of a trust framework, signed: by who proposes it, by who audits it, and by the operator.
//! One kind of document, all ways.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::contract::check_text;
use crate::format::{FormatError, Instant, V1, check_digest};
use crate::framework::{Phase, Version};
use crate::id::{DatasetId, FrameworkId, ParticipantId, QuestionId, UseCaseId};
use crate::jcs;

/// `typ` of the signature.
pub const TYP: &str = "fiducie-use-case+jws";
/// Longest words accepted, in bytes, and most items of a list.
pub const MAX_WORDS: usize = 4000;
pub const MAX_ITEMS: usize = 32;
/// Largest proposal accepted, in bytes of its canonical form.
const MAX_PROPOSAL: usize = 16 * 1024;
/// Longest title, in bytes.
const MAX_LINE: usize = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum WordType {
    #[default]
    #[serde(rename = "fiducie-use-case")]
    UseCase,
}

/// One thing said about one use case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Word {
    #[serde(rename = "type")]
    pub kind: WordType,
    pub v: V1,
    pub framework: FrameworkId,
    /// The version whose rules count.
    pub version: Version,
    pub case: UseCaseId,
    /// Who says it; the signature must be its own.
    pub by: ParticipantId,
    pub said: Said,
    pub at: Instant,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Said {
    /// By a member: an idea.
    Proposal(Proposal),
    /// By who proposed it: the bodies are asked for the next phase.
    Step(Asked),
    /// By who proposed it: it ends.
    Abandon(Reason),
    /// By who holds a seat of a body that decides: an ethical audit was passed.
    Audit(Audit),
    /// By the operator: where it stands now.
    Decision(Decided),
}

/// What is wanted: for what, of which data, for whom, until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    pub title: String,
    /// What is done with the data, and what for.
    pub words: String,
    /// Codes of purposes that the framework allows.
    pub purposes: Vec<String>,
    #[schema(value_type = Vec<String>)]
    pub datasets: Vec<DatasetId>,
    /// Members whom the data are for.
    #[schema(value_type = Vec<String>)]
    pub recipients: Vec<ParticipantId>,
    /// Where: `region:24@2024`, `FR`…
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub territory: Option<String>,
    /// From then on it is over.
    #[schema(value_type = String)]
    pub ends: Instant,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    pub to: Phase,
    pub words: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    pub words: String,
}

/// An ethical audit that was passed, and for how long it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// What was found.
    pub words: String,
    /// Digest of the report, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// From then on it counts no more.
    #[schema(value_type = String)]
    pub until: Instant,
}

/// Where a use case stands, in the operator's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    pub phase: Phase,
    /// Whether data may be used for it now.
    pub approved: bool,
    /// Why it is over, once it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<String>,
    /// What bodies are asked, while they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<QuestionId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// As it was proposed (compact JWS), for whom it is.
    pub proposal: String,
}

impl Word {
    pub fn check(&self) -> Result<(), FormatError> {
        match &self.said {
            Said::Proposal(proposal) => proposal.check(),
            Said::Step(Asked { words, .. }) | Said::Abandon(Reason { words }) => {
                check_words("said/words", words)
            }
            Said::Audit(audit) => audit.check(),
            Said::Decision(decided) => {
                many("said/decision/reasons", decided.reasons.len())?;
                many("said/decision/questions", decided.questions.len())
            }
        }
    }
}

impl Proposal {
    /// That it is readable; whether a framework allows it is judged elsewhere.
    pub fn check(&self) -> Result<(), FormatError> {
        line("title", &self.title)?;
        check_words("words", &self.words)?;
        for (at, count) in [
            ("purposes", self.purposes.len()),
            ("datasets", self.datasets.len()),
            ("recipients", self.recipients.len()),
        ] {
            if count == 0 {
                return Err(FormatError::new(at, "name one at least"));
            }
            many(at, count)?;
        }
        if let Some(territory) = &self.territory {
            line("territory", territory)?;
        }
        match jcs::canonical(self).map(|bytes| bytes.len()) {
            Ok(0..=MAX_PROPOSAL) => Ok(()),
            Ok(size) => Err(FormatError::new("", format!("{size} bytes, at most {MAX_PROPOSAL}"))),
            Err(error) => Err(FormatError::new("", error.to_string())),
        }
    }

    /// Who proposed it, and whom the data are for: each once.
    pub fn parties(&self, proposer: &ParticipantId) -> Vec<ParticipantId> {
        let mut parties = vec![proposer.clone()];
        for recipient in &self.recipients {
            if !parties.contains(recipient) {
                parties.push(recipient.clone());
            }
        }
        parties
    }
}

impl Audit {
    pub fn check(&self) -> Result<(), FormatError> {
        check_words("words", &self.words)?;
        self.document.as_ref().map_or(Ok(()), |digest| check_digest("document", digest))
    }
}

/// Words of persons: some, and not too many.
pub fn check_words(at: &str, text: &str) -> Result<(), FormatError> {
    if text.trim().is_empty() || text.len() > MAX_WORDS {
        return Err(FormatError::new(at, format!("words are needed, at most {MAX_WORDS} bytes")));
    }
    check_text(text).map_err(|e| FormatError::new(at, e.what))
}

fn line(at: &str, text: &str) -> Result<(), FormatError> {
    if text.trim().is_empty() || text.trim() != text || text.contains('\n') || text.len() > MAX_LINE {
        return Err(FormatError::new(at, format!("one line of at most {MAX_LINE} bytes is needed")));
    }
    check_text(text).map_err(|e| FormatError::new(at, e.what))
}

fn many(at: &str, found: usize) -> Result<(), FormatError> {
    match found {
        0..=MAX_ITEMS => Ok(()),
        _ => Err(FormatError::new(at, format!("more than {MAX_ITEMS}"))),
    }
}
