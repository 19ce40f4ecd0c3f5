//! What a member says about itself under its own signature; a peer records it as "declared", never as proven.

use serde::{Deserialize, Serialize};

use crate::format::{FormatError, V1};
use crate::id::ParticipantId;

/// `typ` of the signature over a statement.
pub const TYP: &str = "fiducie-statement+jws";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum StatementType {
    #[default]
    #[serde(rename = "fiducie-statement")]
    Statement,
}

/// Payload of a statement. Instants are NumericDates (RFC 7519, section 2): seconds since the epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    #[serde(rename = "type")]
    pub kind: StatementType,
    pub v: V1,
    pub iss: ParticipantId,
    /// Where the member processes what it receives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Law the member is governed by: an ISO 3166-1 alpha-2 code, or a group such as `EU`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charter: Option<Charter>,
    pub iat: i64,
    pub exp: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub processing: String,
}

/// The charter the member says it follows, and in which version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Charter {
    pub id: String,
    pub version: String,
}

impl Statement {
    pub fn new(iss: ParticipantId, iat: i64, exp: i64) -> Self {
        Self { kind: StatementType::Statement, v: V1, iss, place: None, law: None, charter: None, iat, exp }
    }

    pub fn check(&self) -> Result<(), FormatError> {
        if self.exp <= self.iat {
            return Err(FormatError::new("exp", "a statement must expire after it is made"));
        }
        for (at, code) in
            [("place.processing", self.place.as_ref().map(|p| &p.processing)), ("law", self.law.as_ref())]
        {
            if let Some(code) = code
                && !(code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()))
            {
                return Err(FormatError::new(
                    at,
                    format!("`{code}` is not a code of two capital letters, such as FR"),
                ));
            }
        }
        Ok(())
    }
}
