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
    /// What else the member says of itself, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
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

/// What a claim is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum About {
    MemberKind,
    Label,
    UseCase,
    EthicalAudit,
}

/// Something that the member says of itself by name: a code, or an identifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    pub about: About,
    pub value: String,
    /// NumericDate at which it ends, if before the statement does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
}

/// Most claims of a statement, and the longest.
const CLAIMS: usize = 32;
const LONGEST: usize = 256;

impl Claim {
    fn is_sound(&self) -> bool {
        let printable = self.value.bytes().all(|byte| byte.is_ascii_graphic());
        printable && !self.value.is_empty() && self.value.len() <= LONGEST
    }
}

impl Statement {
    pub fn new(iss: ParticipantId, iat: i64, exp: i64) -> Self {
        let (kind, claims) = (StatementType::Statement, Vec::new());
        Self { kind, v: V1, iss, place: None, law: None, charter: None, claims, iat, exp }
    }

    pub fn check(&self) -> Result<(), FormatError> {
        if self.exp <= self.iat {
            return Err(FormatError::new("exp", "a statement must expire after it is made"));
        }
        if self.claims.len() > CLAIMS || !self.claims.iter().all(Claim::is_sound) {
            let what = format!("at most {CLAIMS} claims of at most {LONGEST} printable characters each");
            return Err(FormatError::new("claims", what));
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
