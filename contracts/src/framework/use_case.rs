//! The register of use cases: through which phases one goes, and which bodies must have said yes before each.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UseCases {
    pub steps: Vec<Step>,
    /// Longest test, in days: then it is confirmed or abandoned.
    pub test_days: u32,
    /// How members answer requests for access to their datasets; each as it likes when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<Requests>,
}

/// How requests for access are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requests {
    /// Until when, in days.
    pub days: u32,
    /// What it means that somebody who was asked for an opinion says nothing.
    pub silence: Silence,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Silence {
    Refuses,
    Consents,
}

/// A step that bodies decide. Abandoning needs none: whoever proposed a use case may abandon it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub from: Phase,
    pub to: Phase,
    /// Each of them must say yes.
    pub bodies: Vec<String>,
    /// A signed ethical audit in force is asked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub audit: bool,
}

/// Where a use case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    Idee,
    Test,
    Confirme,
    Abandonne,
}

impl Phase {
    pub const ALL: [Self; 4] = [Self::Idee, Self::Test, Self::Confirme, Self::Abandonne];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Idee => "idee",
            Self::Test => "test",
            Self::Confirme => "confirme",
            Self::Abandonne => "abandonne",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.as_str() == text)
    }

    /// Whether a use case may go from here to there at all: a test may be gone back on, an end may not.
    pub fn leads_to(self, to: Self) -> bool {
        matches!(
            (self, to),
            (Self::Idee, Self::Test)
                | (Self::Test, Self::Idee | Self::Confirme)
                | (Self::Confirme, Self::Test)
                | (Self::Idee | Self::Test | Self::Confirme, Self::Abandonne)
        )
    }
}
