//! A peer's identity: its DID document as it was shown, and the keys of it we can use, built once.

use std::collections::HashMap;
use std::sync::Arc;

use contracts::did::{DidDocument, MAX_DOCUMENT, Relationship, Validity};
use contracts::id::ParticipantId;
use contracts::jwk::Jwk;
use contracts::{contract::identity_digest, did::DidError};
use serde::Deserialize;
use serde_json::{Value, json};

use super::public::PublicKey;

/// Most verification methods read from one document.
const MAX_METHODS: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    #[error("the DID document is larger than {MAX_DOCUMENT} bytes")]
    TooLarge,
    #[error("not a DID document: {0}")]
    Malformed(String),
    #[error("the document found is that of {found}, not of {expected}")]
    OtherDid { expected: String, found: String },
    #[error("the document shows more than {MAX_METHODS} verification methods")]
    TooManyKeys,
    #[error(transparent)]
    Did(#[from] DidError),
}

/// Why a key may not be used for what it was presented for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefusal {
    #[error("{0} is not in the DID document, or is of a kind we cannot read")]
    Unknown(String),
    #[error("{0} is not shown for this use")]
    NotForUse(String),
    #[error("{0} was not valid at that time")]
    NotValidThen(String),
}

/// An identity as shown at some moment.
#[derive(Debug)]
pub struct PeerIdentity {
    document: DidDocument,
    shown: Value,
    digest: String,
    keys: HashMap<String, (Arc<PublicKey>, Option<Validity>)>,
}

impl PeerIdentity {
    /// Reads a document that must be this DID's.
    pub fn parse(did: &ParticipantId, bytes: &[u8]) -> Result<Self, IdentityError> {
        if bytes.len() > MAX_DOCUMENT {
            return Err(IdentityError::TooLarge);
        }
        let shown = serde_json::from_slice(bytes).map_err(|e| IdentityError::Malformed(e.to_string()))?;
        Self::from_value(did, shown)
    }

    pub fn from_value(did: &ParticipantId, shown: Value) -> Result<Self, IdentityError> {
        let malformed = |e: String| IdentityError::Malformed(e);
        let document = DidDocument::deserialize(&shown).map_err(|e| malformed(e.to_string()))?;
        if document.id != *did {
            return Err(IdentityError::OtherDid {
                expected: did.to_string(),
                found: document.id.to_string(),
            });
        }
        let digest = identity_digest(&shown).map_err(|e| malformed(e.to_string()))?;
        if document.methods().count() > MAX_METHODS {
            return Err(IdentityError::TooManyKeys);
        }
        let mut keys = HashMap::new();
        for (kid, method) in document.methods() {
            // Keys of other kinds, and other controllers' keys, are no use to us; they do not spoil the rest.
            let Some(jwk) = method.jwk().filter(|_| method.controller == did.as_str()) else { continue };
            let Ok(key) = PublicKey::from_jwk(&kid, &jwk) else { continue };
            if keys.insert(kid.clone(), (Arc::new(key), method.validity)).is_some() {
                return Err(malformed(format!("{kid} is given twice")));
            }
        }
        Ok(Self { document, shown, digest, keys })
    }

    /// An identity that is one key and nothing more, for files that carry only that.
    pub fn of_key(kid: &str, jwk: &Jwk) -> Result<Self, IdentityError> {
        let malformed = |e: String| IdentityError::Malformed(e);
        let did = kid.split_once('#').map(|(did, _)| did).unwrap_or_default();
        let did = ParticipantId::did(did).map_err(|e| malformed(e.to_string()))?;
        jwk.point().map_err(|e| malformed(e.to_string()))?;
        let method = json!({"id": kid, "type": "JsonWebKey2020", "controller": did, "publicKeyJwk": jwk});
        Self::from_value(&did, json!({"id": did, "verificationMethod": [method], "assertionMethod": [kid]}))
    }

    pub fn did(&self) -> &ParticipantId {
        &self.document.id
    }
    pub fn document(&self) -> &DidDocument {
        &self.document
    }
    /// The document as it came, for contract files.
    pub fn shown(&self) -> &Value {
        &self.shown
    }
    /// Digest of the document, as contracts carry it.
    pub fn digest(&self) -> &str {
        &self.digest
    }
    pub fn has_key(&self, kid: &str) -> bool {
        self.keys.contains_key(kid)
    }
    /// The key, whatever its use and validity.
    pub fn any_key(&self, kid: &str) -> Option<&Arc<PublicKey>> {
        self.keys.get(kid).map(|(key, _)| key)
    }

    /// All its keys, whatever their use and validity.
    pub fn keys(&self) -> impl Iterator<Item = &PublicKey> {
        self.keys.values().map(|(key, _)| key.as_ref())
    }

    /// The key to verify messages of the peer itself, at that instant (seconds).
    pub fn authentication_key(&self, kid: &str, at: i64) -> Result<Arc<PublicKey>, KeyRefusal> {
        self.key(kid, Relationship::Authentication, at)
    }
    /// The key to verify what the peer asserted at that instant (seconds).
    pub fn assertion_key(&self, kid: &str, at: i64) -> Result<Arc<PublicKey>, KeyRefusal> {
        self.key(kid, Relationship::AssertionMethod, at)
    }

    /// The key to verify what the peer acts by at that instant (seconds): DCP 1.0, 4.3.3.
    pub fn invocation_key(&self, kid: &str, at: i64) -> Result<Arc<PublicKey>, KeyRefusal> {
        self.key(kid, Relationship::CapabilityInvocation, at)
    }

    fn key(&self, kid: &str, relationship: Relationship, at: i64) -> Result<Arc<PublicKey>, KeyRefusal> {
        let name = || kid.chars().take(200).collect();
        let (key, validity) = self.keys.get(kid).ok_or_else(|| KeyRefusal::Unknown(name()))?;
        if !self.document.allows(kid, relationship) {
            return Err(KeyRefusal::NotForUse(name()));
        }
        match validity {
            Some(validity) if !validity.covers(at) => Err(KeyRefusal::NotValidThen(name())),
            _ => Ok(key.clone()),
        }
    }
}
