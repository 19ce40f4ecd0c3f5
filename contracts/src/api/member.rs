//! The member behind the address that is called.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MemberView {
    /// `did:web:…`
    pub did: String,
    pub name: String,
    /// Public address; every path of the member is below it.
    pub base_url: String,
    pub keys: Vec<KeyView>,
    /// What the member says of itself, in force now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<Statement>,
}

/// One more member on the node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// Shown to persons.
    pub name: String,
    /// Its public https address, different from the others'; its DID is derived from it.
    pub url: String,
    /// Where it processes data, ISO 3166-1 (`FR`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The law that binds it, ISO 3166-1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<String>,
}

/// A member just made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AddedMember {
    pub did: String,
    pub name: String,
    pub base_url: String,
    /// Its first administrator's token, shown once.
    pub token: String,
}

/// A public key of the member.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KeyView {
    pub kid: String,
    /// `sign`, `data` or `log`.
    pub purpose: String,
    /// `ES256` or `Ed25519`.
    pub algorithm: String,
    pub from: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Public JSON Web Key.
    #[schema(value_type = Object)]
    pub jwk: serde_json::Value,
}

/// What a member declares about itself; peers read it as declared, not as proven.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Where it processes data, ISO 3166-1 (`FR`).
    pub place: String,
    /// The law that binds it, ISO 3166-1.
    pub law: String,
    /// The charter it adheres to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charter: Option<Charter>,
    /// What else it says of itself, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
}

/// Something that a member says of itself: its kind, a label, an approved use case, an ethical audit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// `memberKind`, `label`, `useCase` or `ethicalAudit`.
    pub about: String,
    /// A code of the kinds of member, or an identifier.
    pub value: String,
    /// When it ends (RFC 3339), if before the statement does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Charter {
    pub id: String,
    pub version: String,
}

/// Replaces the key of a purpose: `sign`, `data` or `log`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateKey {
    pub purpose: String,
}
