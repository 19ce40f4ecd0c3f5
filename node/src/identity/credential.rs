//! Signatures of credentials, presentations and status lists: compact JWS by the keys of DID documents.

use contracts::id::ParticipantId;
use serde_json::Value;

use super::jws::{self, JwsError, Parts, TokenHeader};
use super::keys::Key;
use super::peer::{KeyRefusal, PeerIdentity};

/// Why a signed claim is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClaimError {
    #[error(transparent)]
    Jws(#[from] JwsError),
    #[error("not JSON: {0}")]
    Json(String),
    #[error("`kid` is missing or not a key of {0}")]
    OtherKey(String),
    #[error(transparent)]
    Key(#[from] KeyRefusal),
}

/// Signs claims.
///
/// # Errors
/// The key does not sign.
pub fn sign_claims(typ: &str, claims: &Value, key: &Key) -> Result<String, JwsError> {
    let mut header = TokenHeader::new(key.signer.alg(), typ);
    header.kid = Some(key.kid().to_owned());
    let payload = serde_json::to_vec(claims).map_err(|e| JwsError::Header(e.to_string()))?;
    jws::sign(&header, &payload, &key.signer)
}

/// Signed claims, taken apart and not verified: say who must be resolved.
pub struct Claims<'a> {
    parts: Parts<'a, TokenHeader>,
    pub value: Value,
}

/// What the signer shows its key for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Presentations: `authentication`.
    Present,
    /// Credentials and status lists: `assertionMethod`.
    Assert,
}

impl<'a> Claims<'a> {
    /// Takes a JWT of at most `max` characters apart.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(jwt: &'a str, max: usize) -> Result<Self, ClaimError> {
        let parts: Parts<'_, TokenHeader> = jws::parse(jwt, max)?;
        parts.header.check()?;
        let value = serde_json::from_slice(&parts.payload()?).map_err(|e| ClaimError::Json(e.to_string()))?;
        Ok(Self { parts, value })
    }

    /// The key it names, of that signer.
    ///
    /// # Errors
    /// It names none, or another's.
    pub fn kid(&self, signer: &ParticipantId) -> Result<String, ClaimError> {
        let other = || ClaimError::OtherKey(signer.to_string());
        let kid = self.parts.header.kid.as_deref().ok_or_else(other)?;
        match kid.split_once('#') {
            Some((did, _)) if did == signer.as_str() => Ok(kid.to_owned()),
            Some(("", _)) => Ok(format!("{signer}{kid}")),
            _ => Err(other()),
        }
    }

    /// Verifies the signature by a key that the signer shows for this use, and showed when it signed.
    ///
    /// # Errors
    /// There is no such key, or it did not sign.
    pub fn verify(&self, identity: &PeerIdentity, purpose: Use, now: i64) -> Result<(), ClaimError> {
        let kid = self.kid(identity.did())?;
        let at = ["iat", "nbf"].into_iter().find_map(|name| self.value.get(name)?.as_i64()).unwrap_or(now);
        let key = match purpose {
            Use::Present => identity.authentication_key(&kid, at)?,
            Use::Assert => identity.assertion_key(&kid, at)?,
        };
        Ok(self.parts.verify(self.parts.header.check()?, &key)?)
    }
}
