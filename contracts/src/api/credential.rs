//! Credentials: issued by the member, asked for, held, and shown by peers.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A credential to issue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCredential {
    /// DID or public address of who it is about.
    pub holder: String,
    /// Such as `MembershipCredential`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it says of the holder.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub claims: Map<String, Value>,
    /// `vc11-sl2021/jwt` or `vc20-bssl/jwt`, which is the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// How long it counts, in seconds.
    pub seconds: i64,
}

/// What a holder is given when it asks for a type; nothing without `seconds`. There is one for each `useCase` or
/// `framework` that claims name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEntitlement {
    pub holder: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    #[schema(value_type = Object)]
    pub claims: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<i64>,
}

/// A credential that the member issued.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IssuedView {
    pub id: String,
    pub holder: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub profile: String,
    /// `active`, `suspended` or `revoked`.
    pub standing: String,
    pub created: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// As signed (compact JWS).
    pub credential: String,
}

/// A credential in the member's name, as its issuer's log tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NamedView {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<String>,
    /// `issued`, `suspended`, `resumed` or `revoked`: what became of it last.
    pub last: String,
    /// It came here. One that is not known was issued in the member's name without its knowledge.
    pub known: bool,
}

/// Credentials to ask an issuer for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskCredentials {
    /// DID or public address.
    pub issuer: String,
    pub types: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
}

/// A request of the member, or an offer made to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CredentialRequestView {
    pub id: String,
    pub issuer: String,
    pub types: Vec<String>,
    /// `offered`, `received`, `issued` or `rejected`.
    pub state: String,
    pub created: String,
}

/// A credential of the member.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HeldView {
    pub id: String,
    pub issuer: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub profile: String,
    pub received: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// What a trusted issuer attests of a peer, as verified when the peer last showed it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AttestedView {
    pub peer: String,
    pub credential: String,
    pub issuer: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[schema(value_type = Object)]
    pub facts: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    pub verified: String,
}
