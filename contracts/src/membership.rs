//! What an applicant or member and the operator of a trust framework say to each other, signed: one kind of document, both
//! ways.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::contract::check_text;
use crate::format::{FormatError, Instant, V1, check_digest};
use crate::framework::Version;
use crate::id::{FrameworkId, ParticipantId, QuestionId};

/// `typ` of the signature.
pub const TYP: &str = "fiducie-membership+jws";
/// Longest words accepted, in bytes, and most items of a list.
pub const MAX_WORDS: usize = 2000;
const MAX_ITEMS: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum WordType {
    #[default]
    #[serde(rename = "fiducie-membership")]
    Membership,
}

/// One thing said about one membership.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Word {
    #[serde(rename = "type")]
    pub kind: WordType,
    pub v: V1,
    pub framework: FrameworkId,
    /// The version whose rules count.
    pub version: Version,
    /// Whose membership it is.
    pub applicant: ParticipantId,
    /// Who says it: the applicant, or the operator; the signature must be its own.
    pub by: ParticipantId,
    pub said: Said,
    pub at: Instant,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Said {
    /// By who wants to enter.
    Application(Application),
    /// By who was admitted: the charter is signed, this version and these words.
    Charter(Accepted),
    /// By who was refused, suspended or excluded.
    Appeal(Reason),
    /// By a member.
    Exit(Reason),
    /// By the operator: where the membership stands now.
    Decision(Decided),
}

/// What an applicant declares. Nothing of it is proven by being said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// Code of a kind of member.
    pub kind: String,
    /// As persons call it.
    pub name: String,
    /// Number of the organisation in the French register (SIREN), or of its establishment (SIRET).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub siren: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub siret: Option<String>,
    /// Law of who controls it, ISO 3166-1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<String>,
    /// Where it processes data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Law that binds who hosts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// Fields of activity (EU data themes).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub themes: Vec<String>,
    /// Why it wants to enter.
    pub words: String,
}

/// A charter that was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    pub id: String,
    pub version: String,
    /// Digests of its words.
    pub fr: String,
    pub en: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    pub words: String,
}

/// Where a membership stands, in the operator's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    pub state: String,
    /// What the body that decides is asked, while it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<QuestionId>,
    /// What is contested, while it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

impl Word {
    pub fn check(&self) -> Result<(), FormatError> {
        match &self.said {
            Said::Application(application) => application.check(),
            Said::Charter(accepted) => {
                check_digest("said.charter.fr", &accepted.fr)?;
                check_digest("said.charter.en", &accepted.en)
            }
            Said::Appeal(reason) | Said::Exit(reason) => words("said.words", &reason.words),
            Said::Decision(decided) => {
                many("said.decision.reasons", decided.reasons.len())?;
                decided.reasons.iter().try_for_each(|reason| words("said.decision.reasons", reason))
            }
        }
    }
}

impl Application {
    /// That it is readable; whether its numbers are right and its rules kept is judged elsewhere.
    pub fn check(&self) -> Result<(), FormatError> {
        words("words", &self.words)?;
        for (at, text) in [("kind", &self.kind), ("name", &self.name)] {
            if text.trim().is_empty() || text.trim() != text || text.contains('\n') || text.len() > 200 {
                return Err(FormatError::new(at, "one line of at most 200 bytes is needed"));
            }
            check_text(text).map_err(|e| FormatError::new(at, e.what))?;
        }
        many("labels", self.labels.len())?;
        many("themes", self.themes.len())
    }
}

fn words(at: &str, text: &str) -> Result<(), FormatError> {
    if text.trim().is_empty() || text.len() > MAX_WORDS {
        return Err(FormatError::new(at, format!("words are needed, at most {MAX_WORDS} bytes")));
    }
    check_text(text).map_err(|e| FormatError::new(at, e.what))
}

fn many(at: &str, found: usize) -> Result<(), FormatError> {
    match found {
        0..=MAX_ITEMS => Ok(()),
        _ => Err(FormatError::new(at, format!("more than {MAX_ITEMS}"))),
    }
}

/// A member as the operator lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DirectoryEntry {
    #[schema(value_type = String)]
    pub did: ParticipantId,
    /// `member` or `suspended`.
    pub state: String,
    pub name: String,
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub siren: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub siret: Option<String>,
    /// The version of the framework whose charter it signed.
    #[schema(value_type = String)]
    pub version: Version,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    pub since: String,
}

/// A page of the members of a framework.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectoryPage {
    pub framework: FrameworkId,
    pub members: Vec<DirectoryEntry>,
    /// Give it back as `after`; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
