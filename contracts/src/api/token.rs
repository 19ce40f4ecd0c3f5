//! Tokens of the management API.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::scope::Scope;

/// What a token allows. Each role may do what the next one may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Checks the log: leaves and proofs, nothing in clear but what its scope says, if it has one.
    Auditor,
    /// Reads.
    Reader,
    /// Publishes, negotiates, transfers.
    Operator,
    /// Tokens, keys, statements, revocations.
    Admin,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Auditor, Self::Reader, Self::Operator, Self::Admin];
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auditor => "auditor",
            Self::Reader => "reader",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    pub role: Role,
    /// What it is for; shown in lists.
    pub label: String,
    /// Days until it expires; absent for no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// For an auditor: the entries it may also see in clear, and nothing of the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
}

/// The only time the token itself is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IssuedToken {
    pub token: String,
    #[serde(flatten)]
    pub view: TokenView,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TokenView {
    pub id: String,
    pub role: Role,
    pub label: String,
    pub created: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
}
