//! What is said about a request for access to a dataset, signed: by who asks, by who is asked for an opinion, and by the
//! dataset's owner. One kind of document, all ways.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::format::{FormatError, Instant, V1};
use crate::id::{DatasetId, FrameworkId, OfferId, ParticipantId, RequestId, UseCaseId};
use crate::use_case::check_words;

/// `typ` of the signature.
pub const TYP: &str = "fiducie-access-request+jws";
/// Most reasons given.
const MAX_REASONS: usize = 32;
/// Longest name of a purpose, in bytes.
const MAX_PURPOSE: usize = 512;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum WordType {
    #[default]
    #[serde(rename = "fiducie-access-request")]
    AccessRequest,
}

/// One thing said about one request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Word {
    #[serde(rename = "type")]
    pub kind: WordType,
    pub v: V1,
    pub request: RequestId,
    /// Who says it; the signature must be its own.
    pub by: ParticipantId,
    pub said: Said,
    pub at: Instant,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Said {
    /// By who asks.
    Request(Wanted),
    /// By the owner, to whose opinion it asks.
    Put(Put),
    /// By who was asked for an opinion.
    Opinion(Opinion),
    /// By the owner, to who asks.
    Decision(Decided),
}

/// What is asked for: which data, what for, until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Wanted {
    #[schema(value_type = String)]
    pub dataset: DatasetId,
    /// Which of the dataset's offers; the only one that is shown when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub offer: Option<OfferId>,
    /// Code or IRI of the purpose.
    pub purpose: String,
    /// The framework whose rules count, where it is asked under one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub framework: Option<FrameworkId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub use_case: Option<UseCaseId>,
    /// From then on the data are used no more; a contract ends then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub ends: Option<Instant>,
    /// What is done with the data, and what for.
    pub words: String,
}

/// As whom an opinion is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Who decides on the data.
    Owner,
    /// The *délégué à la protection des données* (GDPR, articles 37 to 39).
    Dpo,
    /// A body that judges ethics.
    Ethics,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Owner, Self::Dpo, Self::Ethics];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Dpo => "dpo",
            Self::Ethics => "ethics",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Put {
    pub role: Role,
    /// The request as it was signed (compact JWS).
    pub asked: String,
    /// The last instant at which an opinion counts.
    pub due: Instant,
}

/// Yes or no, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Opinion {
    pub role: Role,
    pub yes: bool,
    pub words: String,
}

/// Where a request stands, in the owner's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// `open`, `granted` or `refused`.
    pub state: String,
    /// When it is answered at the latest.
    pub due: Instant,
    /// On which offer a contract is concluded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<OfferId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// Before whom a refusal can be contested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appeal: Option<String>,
}

impl Word {
    pub fn check(&self) -> Result<(), FormatError> {
        match &self.said {
            Said::Request(wanted) => wanted.check(),
            Said::Put(_) => Ok(()),
            Said::Opinion(opinion) => check_words("words", &opinion.words),
            Said::Decision(decided) if decided.reasons.len() > MAX_REASONS => {
                Err(FormatError::new("reasons", format!("more than {MAX_REASONS}")))
            }
            Said::Decision(_) => Ok(()),
        }
    }
}

impl Wanted {
    /// That it is readable; whether it is granted is judged elsewhere.
    pub fn check(&self) -> Result<(), FormatError> {
        check_words("words", &self.words)?;
        if self.purpose.len() > MAX_PURPOSE {
            return Err(FormatError::new("purpose", format!("more than {MAX_PURPOSE} bytes")));
        }
        if self.use_case.is_some() && self.framework.is_none() {
            return Err(FormatError::new("framework", "say of which framework the use case is"));
        }
        Ok(())
    }
}
