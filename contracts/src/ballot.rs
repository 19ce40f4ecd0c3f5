//! What a seat of a body says on a question: signed by who holds the seat, counted by anybody.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::format::{FormatError, Instant, V1};
use crate::framework::{Phase, Version};
use crate::id::{FrameworkId, ParticipantId, QuestionId, UseCaseId};

/// `typ` of the signature over a ballot.
pub const TYP: &str = "fiducie-ballot+jws";
/// Longest words accepted, in bytes.
pub const MAX_WORDS: usize = 2000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum BallotType {
    #[default]
    #[serde(rename = "fiducie-ballot")]
    Ballot,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Choice {
    Yes,
    No,
    /// Present, and neither yes nor no.
    Abstain,
    /// Has an interest of its own in the answer: not present.
    Recused,
}

impl Choice {
    pub const ALL: [Self; 4] = [Self::Yes, Self::No, Self::Abstain, Self::Recused];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Abstain => "abstain",
            Self::Recused => "recused",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.as_str() == text)
    }
}

/// Payload of a ballot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ballot {
    #[serde(rename = "type")]
    pub kind: BallotType,
    pub v: V1,
    pub question: QuestionId,
    /// Digest of the question: what was asked is what was answered.
    pub asked: String,
    /// `college/1`.
    pub seat: String,
    /// Who holds the seat; the signature must be its own.
    pub by: ParticipantId,
    pub choice: Choice,
    /// Why, in words for persons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    pub at: Instant,
}

impl Ballot {
    pub fn check(&self) -> Result<(), FormatError> {
        if self.words.as_ref().is_some_and(|words| words.trim().is_empty() || words.len() > MAX_WORDS) {
            return Err(FormatError::new(
                "words",
                format!("say why in at most {MAX_WORDS} bytes, or not at all"),
            ));
        }
        if self.seat.len() > MAX_WORDS {
            return Err(FormatError::new("seat", "too long"));
        }
        crate::format::check_digest("asked", &self.asked)
    }
}

/// What a body is asked. The same for everybody: its digest is in every ballot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub id: QuestionId,
    pub framework: FrameworkId,
    /// The version whose rules count.
    pub version: Version,
    pub body: String,
    pub subject: Subject,
    pub opened: Instant,
    /// From then on no ballot counts.
    pub closes: Instant,
}

/// What is decided by a yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "about")]
pub enum Subject {
    Admission {
        applicant: ParticipantId,
    },
    Exclusion {
        member: ParticipantId,
        reason: String,
    },
    Appeal {
        member: ParticipantId,
        words: String,
    },
    UseCase {
        case: UseCaseId,
        from: Phase,
        to: Phase,
        /// Who proposed it, and to whom it gives data: none of them has a say.
        parties: Vec<ParticipantId>,
        /// Seats of the body that a party held when it was asked: not present.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        conflicts: Vec<String>,
    },
}

impl Subject {
    /// Whether it is about somebody, who then has no say in it.
    pub fn concerns(&self, who: &ParticipantId) -> bool {
        match self {
            Self::Admission { applicant } => applicant == who,
            Self::Exclusion { member, .. } | Self::Appeal { member, .. } => member == who,
            Self::UseCase { parties, .. } => parties.contains(who),
        }
    }

    /// Seats that are not present, whatever they say: whom they are held by has an interest of its own.
    pub fn conflicts(&self) -> &[String] {
        match self {
            Self::UseCase { conflicts, .. } => conflicts,
            Self::Admission { .. } | Self::Exclusion { .. } | Self::Appeal { .. } => &[],
        }
    }
}
