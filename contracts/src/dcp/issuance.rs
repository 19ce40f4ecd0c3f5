//! Credentials asked for, delivered and offered (DCP 1.0, 6).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{MessageError, message};

/// Most credentials of one message.
pub const MAX_CREDENTIALS: usize = 32;

/// Whether credentials come or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Outcome {
    Issued,
    Rejected,
}

/// How far a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Progress {
    Received,
    Rejected,
    Issued,
}

/// A credential on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CredentialContainer {
    pub credential_type: String,
    /// The signed credential.
    pub payload: String,
    /// Alias of its profile.
    pub format: String,
}

message! {
    /// An issuer delivers, or says that it will not.
    CredentialMessage as "CredentialMessage" {
        required {
            issuer_pid: String,
            /// Optional in the schema; without it nobody knows what is answered.
            holder_pid: String,
            status: Outcome,
        }
        optional {
            credentials: Vec<CredentialContainer>,
            rejection_reason: String,
        }
    }
}

/// What is asked for, by the identifier that the issuer gave it in its metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    pub id: String,
}

message! {
    /// A holder asks.
    CredentialRequestMessage as "CredentialRequestMessage" {
        required {
            holder_pid: String,
            credentials: Vec<Wanted>,
        }
    }
}

message! {
    /// An issuer offers.
    CredentialOfferMessage as "CredentialOfferMessage" {
        required {
            issuer: String,
            credentials: Vec<CredentialObject>,
        }
    }
}

message! {
    /// How far a request is, as its issuer says.
    CredentialStatus as "CredentialStatus" {
        required {
            issuer_pid: String,
            holder_pid: String,
            status: Progress,
        }
    }
}

message! {
    /// What an issuer issues.
    IssuerMetadata as "IssuerMetadata" {
        required {
            issuer: String,
            credentials_supported: Vec<CredentialObject>,
        }
    }
}

/// A credential that can be asked for. In offers `type` may be missing: then only the identifier is given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CredentialObject {
    pub id: String,
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_schema: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer_reason: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub binding_methods: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuance_policy: Option<Value>,
}

fn bounded(what: &str, number: usize) -> Result<(), MessageError> {
    match number {
        0 => Err(MessageError { what: format!("{what}: credentials is empty") }),
        n if n > MAX_CREDENTIALS => {
            Err(MessageError { what: format!("{what}: more than {MAX_CREDENTIALS} credentials") })
        }
        _ => Ok(()),
    }
}

fn named(what: &str, pid: &str) -> Result<(), MessageError> {
    match crate::id::Pid::parse(pid) {
        Ok(_) => Ok(()),
        Err(e) => Err(MessageError { what: format!("{what}: {e}") }),
    }
}

impl CredentialMessage {
    /// What the schema does not say.
    ///
    /// # Errors
    /// Nothing is delivered by a message that says something is, or the names are none.
    pub fn check(&self) -> Result<(), MessageError> {
        named("CredentialMessage", &self.issuer_pid)?;
        named("CredentialMessage", &self.holder_pid)?;
        match self.status {
            Outcome::Issued => bounded("CredentialMessage", self.credentials.as_ref().map_or(0, Vec::len)),
            Outcome::Rejected => Ok(()),
        }
    }
}

impl CredentialRequestMessage {
    /// # Errors
    /// Nothing is asked for, or too much, or the name is none.
    pub fn check(&self) -> Result<(), MessageError> {
        named("CredentialRequestMessage", &self.holder_pid)?;
        bounded("CredentialRequestMessage", self.credentials.len())
    }
}

impl CredentialOfferMessage {
    /// # Errors
    /// Nothing is offered, or too much, or an object that is more than an identifier is not whole.
    pub fn check(&self) -> Result<(), MessageError> {
        bounded("CredentialOfferMessage", self.credentials.len())?;
        for object in &self.credentials {
            named("CredentialOfferMessage", &object.id)?;
            let whole =
                object.kind.as_deref() == Some("CredentialObject") && object.credential_type.is_some();
            if !(whole || object.kind.is_none() && object.credential_type.is_none()) {
                let what = "a credential is neither a CredentialObject with credentialType nor only an id";
                return Err(MessageError { what: format!("CredentialOfferMessage: {what}") });
            }
        }
        Ok(())
    }
}
