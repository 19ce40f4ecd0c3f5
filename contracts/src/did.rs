//! DID documents (W3C DID Core 1.0) and, in `web`, their addresses.

mod web;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use self::web::{DidError, base_url, document_url, from_base_url};
use crate::format::Instant;
use crate::id::ParticipantId;
use crate::jwk::Jwk;

/// Largest DID document accepted, in bytes.
pub const MAX_DOCUMENT: usize = 64 * 1024;

/// A DID document, as far as we read one. The document as shown stays beside it, byte for byte.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DidDocument {
    #[serde(rename = "@context", default)]
    pub context: Value,
    pub id: ParticipantId,
    #[serde(default)]
    pub verification_method: Vec<VerificationMethod>,
    #[serde(default)]
    pub authentication: Vec<Relation>,
    #[serde(default)]
    pub assertion_method: Vec<Relation>,
    #[serde(default)]
    pub capability_invocation: Vec<Relation>,
    #[serde(default)]
    pub service: Vec<Service>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VerificationMethod {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub controller: String,
    /// Kept as it came: a method of a kind we cannot read must not spoil the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key_jwk: Option<Value>,
    /// Ours: when the key signs or signed. Absent in foreign documents.
    #[serde(rename = "fiducie:validity", default, skip_serializing_if = "Option::is_none")]
    pub validity: Option<Validity>,
}

/// From (included) until (excluded, `null` when still open).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validity {
    pub from: Instant,
    pub until: Option<Instant>,
}

impl Validity {
    /// Whether the interval holds the instant, in seconds since the epoch.
    pub fn covers(&self, at: i64) -> bool {
        self.from.seconds() <= at && self.until.is_none_or(|until| at < until.seconds())
    }
}

/// A method named by its identifier, or given in place (DID Core, section 5.3).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Relation {
    Id(String),
    Method(VerificationMethod),
}

impl Relation {
    pub fn id(&self) -> &str {
        match self {
            Self::Id(id) => id,
            Self::Method(method) => &method.id,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Service {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: Value,
    pub service_endpoint: Value,
}

/// What a key is shown for (DID Core, sections 5.3.1 and 5.3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relationship {
    Authentication,
    AssertionMethod,
    CapabilityInvocation,
}

impl DidDocument {
    /// `@context` of the documents we publish.
    pub fn own_context() -> Value {
        json!([
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/suites/jws-2020/v1",
            "https://w3id.org/dspace/2025/1/context.jsonld"
        ])
    }

    /// All methods, also those given in place, with their absolute identifier (`<did>#<fragment>`).
    pub fn methods(&self) -> impl Iterator<Item = (String, &VerificationMethod)> {
        let inline = [&self.authentication, &self.assertion_method, &self.capability_invocation]
            .into_iter()
            .flatten()
            .filter_map(|relation| match relation {
                Relation::Method(method) => Some(method),
                Relation::Id(_) => None,
            });
        self.verification_method.iter().chain(inline).map(|method| (self.absolute(&method.id), method))
    }

    /// The method of that identifier, absolute or relative.
    pub fn method(&self, kid: &str) -> Option<&VerificationMethod> {
        let wanted = self.absolute(kid);
        self.methods().find(|(id, _)| *id == wanted).map(|(_, method)| method)
    }

    /// Whether the document shows the method for that use.
    pub fn allows(&self, kid: &str, relationship: Relationship) -> bool {
        let list = match relationship {
            Relationship::Authentication => &self.authentication,
            Relationship::AssertionMethod => &self.assertion_method,
            Relationship::CapabilityInvocation => &self.capability_invocation,
        };
        let wanted = self.absolute(kid);
        list.iter().any(|relation| self.absolute(relation.id()) == wanted)
    }

    /// `#key` means `<did>#key`.
    pub fn absolute(&self, id: &str) -> String {
        if id.starts_with('#') { format!("{}{id}", self.id) } else { id.to_owned() }
    }

    /// The endpoint of the first service of that type.
    pub fn service(&self, kind: &str) -> Option<&str> {
        let of_kind = |service: &&Service| match &service.kind {
            Value::String(one) => one == kind,
            Value::Array(many) => many.iter().any(|k| k == kind),
            _ => false,
        };
        self.service.iter().find(of_kind).and_then(|service| service.service_endpoint.as_str())
    }
}

impl VerificationMethod {
    /// The key, when it is one we can read.
    pub fn jwk(&self) -> Option<Jwk> {
        Jwk::deserialize(self.public_key_jwk.as_ref()?).ok()
    }
}
