//! What the verifier already trusts: DID documents, or keys by DID, obtained by another way than the file.

use std::collections::HashMap;

use contracts::id::ParticipantId;
use contracts::jwk::Jwk;
use contracts::tlog::note::VerifierKey;
use contracts::tlog::policy::Policy;
use serde::Deserialize;
use serde_json::Value;

use super::finding::Finding;
use super::report::{Anchored, KeyShown, Report};
use crate::identity::peer::{IdentityError, PeerIdentity};
use crate::identity::public::PublicKey;
use crate::identity::stamp::Authorities;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnchorError {
    #[error("not an anchor: expected a DID document, or an object of JWK sets by DID ({0})")]
    Shape(String),
    #[error("{0}")]
    Policy(String),
    #[error("certificates: {0}")]
    Authority(String),
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct JwkSet {
    keys: Vec<Value>,
}

#[derive(Debug)]
enum Anchor {
    Document(Box<PeerIdentity>),
    Keys(Vec<Jwk>),
}

/// All anchors given, by DID.
#[derive(Debug, Default)]
pub struct Anchors {
    by_did: HashMap<String, Vec<Anchor>>,
    /// Keys of logs given as text.
    texts: Vec<VerifierKey>,
    /// Logs and witnesses that count, and how many.
    policy: Option<Policy>,
    /// Who may stamp.
    authorities: Authorities,
}

impl Anchors {
    pub fn is_empty(&self) -> bool {
        self.by_did.is_empty() && self.texts.is_empty()
    }

    /// Adds a log's key as other programs give it (C2SP signed-note, verifier key).
    pub fn add_verifier_key(&mut self, text: &str) -> Result<(), AnchorError> {
        let key = VerifierKey::parse(text).map_err(|e| AnchorError::Shape(e.to_string()))?;
        self.texts.push(key);
        Ok(())
    }
    /// Takes a policy (C2SP tlog-policy); the keys of its logs are anchors.
    pub fn set_policy(&mut self, bytes: &[u8]) -> Result<(), AnchorError> {
        let policy = Policy::parse(bytes).map_err(|e| AnchorError::Policy(e.to_string()))?;
        self.texts.extend(policy.logs.iter().map(|log| log.key.clone()));
        self.policy = Some(policy);
        Ok(())
    }
    /// Adds authorities of time stamps (certificates in PEM).
    pub fn add_authority(&mut self, pem: &[u8]) -> Result<usize, AnchorError> {
        self.authorities.add(pem).map_err(AnchorError::Authority)
    }
    pub fn authorities(&self) -> &Authorities {
        &self.authorities
    }
    pub fn policy(&self) -> Option<&Policy> {
        self.policy.as_ref()
    }
    pub fn verifier_keys(&self) -> &[VerifierKey] {
        &self.texts
    }

    /// Adds an anchor file; gives the DIDs it anchors.
    pub fn add(&mut self, bytes: &[u8]) -> Result<Vec<ParticipantId>, AnchorError> {
        let shape = |e: String| AnchorError::Shape(e);
        let value: Value = serde_json::from_slice(bytes).map_err(|e| shape(e.to_string()))?;
        if let Some(id) = value.get("id").and_then(Value::as_str) {
            let did = ParticipantId::did(id).map_err(|e| shape(e.to_string()))?;
            let identity = PeerIdentity::parse(&did, bytes)?;
            self.put(&did, Anchor::Document(Box::new(identity)));
            return Ok(vec![did]);
        }
        let sets: HashMap<String, JwkSet> =
            serde_json::from_value(value).map_err(|e| shape(e.to_string()))?;
        if sets.is_empty() {
            return Err(shape("empty".into()));
        }
        let mut read = Vec::new();
        for (did, set) in sets {
            let did = ParticipantId::did(did).map_err(|e| shape(e.to_string()))?;
            let keys: Vec<Jwk> = set
                .keys
                .iter()
                .map(|key| {
                    let jwk = Jwk::deserialize(key).map_err(|e| shape(e.to_string()))?;
                    PublicKey::from_jwk("", &jwk).map_err(|e| shape(format!("{did}: {e}")))?;
                    Ok(jwk)
                })
                .collect::<Result<_, AnchorError>>()?;
            read.push((did, Anchor::Keys(keys)));
        }
        Ok(read
            .into_iter()
            .map(|(did, anchor)| {
                self.put(&did, anchor);
                did
            })
            .collect())
    }

    fn put(&mut self, did: &ParticipantId, anchor: Anchor) {
        self.by_did.entry(did.to_string()).or_default().push(anchor);
    }

    /// Whose this key is. `at`: seconds, when it signed.
    pub fn judge(&self, did: &str, key: &PublicKey, at: i64) -> Anchored {
        let Some(anchors) = self.by_did.get(did) else { return Anchored::NotGiven };
        let known = anchors.iter().any(|anchor| match anchor {
            Anchor::Document(identity) => identity
                .assertion_key(key.kid(), at)
                .is_ok_and(|anchored| anchored.thumbprint() == key.thumbprint()),
            Anchor::Keys(keys) => {
                keys.iter().any(|jwk| jwk.thumbprint().is_ok_and(|t| t == key.thumbprint()))
            }
        });
        if known { Anchored::Yes } else { Anchored::Stranger }
    }

    /// The anchored identity to verify with when a file carries no key of its own.
    pub fn identity(&self, did: &str, kid: &str) -> Option<PeerIdentity> {
        self.by_did.get(did)?.iter().find_map(|anchor| match anchor {
            Anchor::Document(identity) if identity.has_key(kid) => {
                PeerIdentity::from_value(identity.did(), identity.shown().clone()).ok()
            }
            Anchor::Document(_) => None,
            Anchor::Keys(keys) => keys
                .iter()
                .find(|jwk| jwk.kid.as_deref().is_some_and(|k| k == kid || kid.ends_with(&format!("#{k}"))))
                .and_then(|jwk| PeerIdentity::of_key(kid, jwk).ok()),
        })
    }

    /// Public keys of a DID for other uses than signing documents (checkpoints), with whether documents of the DID
    /// were given at all.
    pub fn keys(&self, did: &str) -> Option<Vec<Jwk>> {
        let anchors = self.by_did.get(did)?;
        Some(
            anchors
                .iter()
                .flat_map(|anchor| match anchor {
                    Anchor::Document(identity) => identity.keys().map(|key| key.jwk().clone()).collect(),
                    Anchor::Keys(keys) => keys.clone(),
                })
                .collect(),
        )
    }

    /// Notes a verified signature in the report, with what the anchors say of its key.
    pub fn note(&self, report: &mut Report, key: &PublicKey, capacity: &str, at: i64) {
        let did = key.kid().split_once('#').map(|(did, _)| did).unwrap_or_default().to_owned();
        let anchored = self.judge(&did, key, at);
        let date = contracts::format::Instant::from_seconds(at).to_string();
        report.findings.push(Finding::SignedBy {
            did: did.clone(),
            capacity: capacity.to_owned(),
            at: date.clone(),
        });
        match anchored {
            Anchored::Yes => report.findings.push(Finding::Anchored { did: did.clone() }),
            Anchored::Stranger => report.findings.push(Finding::Stranger { did: did.clone() }),
            Anchored::NotGiven if !self.is_empty() => {
                report.findings.push(Finding::NoAnchorFor { did: did.clone() });
            }
            Anchored::NotGiven => {
                if !report.findings.contains(&Finding::NotAnchored) {
                    report.findings.push(Finding::NotAnchored);
                }
            }
        }
        report.keys.push(KeyShown {
            did,
            kid: key.kid().to_owned(),
            thumbprint: key.thumbprint().to_owned(),
            capacity: capacity.to_owned(),
            at: date,
            anchored,
        });
    }
}
