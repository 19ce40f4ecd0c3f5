//! Proof that the caller holds the key a data token is bound to (DPoP, RFC 9449).

use std::sync::Arc;

use contracts::jcs::sha256_b64url;
use contracts::jwk::Jwk;
use serde::{Deserialize, Serialize};
use url::Url;

use super::cache::Cache;
use super::jws::{self, Parts, TokenHeader};
use super::keys::{Keyring, Purpose};
use super::public::PublicKey;
use super::token::{MAX_TOKEN, TokenError, check_jti, check_times, claims};
use super::{SKEW, random};
use crate::domain::time::Timestamp;

const TYP: &str = "dpop+jwt";

#[derive(Serialize, Deserialize)]
struct Claims {
    jti: String,
    htm: String,
    htu: String,
    iat: i64,
    /// Digest of the access token (RFC 9449, section 4.2).
    ath: String,
}

/// A verified proof. `jti` must still be recorded as used by this key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    pub jti: String,
    pub jkt: String,
    pub replay_until: Timestamp,
}

/// The request a proof is for.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub method: &'a str,
    /// Address as the client sees it; query and fragment do not count.
    pub url: &'a str,
    pub token: &'a str,
}

/// Makes the proof of one request with the member's signing key of that thumbprint (the one the token is bound to).
pub fn make(
    keyring: &Keyring,
    jkt: &str,
    request: &Request<'_>,
    now: Timestamp,
) -> Result<String, TokenError> {
    let key = keyring
        .keys()
        .iter()
        .find(|key| key.purpose == Purpose::Sign && key.public.thumbprint() == jkt)
        .ok_or_else(|| TokenError::Own(format!("no signing key with thumbprint {jkt}")))?;
    let mut header = TokenHeader::new(key.signer.alg(), TYP);
    header.jwk = serde_json::to_value(key.public.jwk()).ok();
    let claims = Claims {
        jti: random::nonce(),
        htm: request.method.to_owned(),
        htu: target(request.url)?,
        iat: now.seconds(),
        ath: sha256_b64url(request.token.as_bytes()),
    };
    let payload = serde_json::to_vec(&claims).map_err(|e| TokenError::Own(e.to_string()))?;
    Ok(jws::sign(&header, &payload, &key.signer)?)
}

/// Verifies proofs, keeping keys already built. Only keys named by a verified token enter, so strangers fill nothing.
#[derive(Debug)]
pub struct Proofs {
    keys: Cache<String, PublicKey>,
}

impl Default for Proofs {
    fn default() -> Self {
        Self { keys: Cache::new(4096) }
    }
}

impl Proofs {
    /// `jkt` is the thumbprint in the verified data token.
    pub fn verify(
        &self,
        proof: &str,
        jkt: &str,
        request: &Request<'_>,
        now: Timestamp,
    ) -> Result<Proof, TokenError> {
        let parts: Parts<'_, TokenHeader> = jws::parse(proof, MAX_TOKEN)?;
        let alg = parts.header.check()?;
        jws::check_type(parts.header.typ.as_deref().unwrap_or_default(), TYP)?;
        let key = self.key(&parts.header, jkt)?;
        let claims: Claims = claims(&parts)?;
        if claims.htm != request.method {
            return Err(TokenError::ProofMismatch("htm"));
        }
        if target(&claims.htu)? != target(request.url)? {
            return Err(TokenError::ProofMismatch("htu"));
        }
        if claims.ath != sha256_b64url(request.token.as_bytes()) {
            return Err(TokenError::ProofMismatch("ath"));
        }
        check_jti(&claims.jti)?;
        check_times(claims.iat, None, claims.iat, now)?;
        parts.verify(alg, &key)?;
        let replay_until = Timestamp::from_seconds(claims.iat.saturating_add(SKEW + 1));
        Ok(Proof { jti: claims.jti, jkt: jkt.to_owned(), replay_until })
    }

    fn key(&self, header: &TokenHeader, jkt: &str) -> Result<Arc<PublicKey>, TokenError> {
        let malformed = |e: String| TokenError::Malformed(format!("`jwk`: {e}"));
        let jwk = header.jwk.as_ref().ok_or_else(|| malformed("missing".into()))?;
        let jwk = Jwk::deserialize(jwk).map_err(|e| malformed(e.to_string()))?;
        if jwk.thumbprint().map_err(|e| malformed(e.to_string()))? != jkt {
            return Err(TokenError::ProofMismatch("jwk"));
        }
        let known = jkt.to_owned();
        if let Some(key) = self.keys.get(&known) {
            return Ok(key);
        }
        let key = Arc::new(PublicKey::from_jwk(jkt, &jwk).map_err(|e| malformed(e.to_string()))?);
        self.keys.put(known, key.clone());
        Ok(key)
    }
}

// RFC 9449, section 4.3: compared after normalisation, without query and fragment.
fn target(url: &str) -> Result<String, TokenError> {
    let mut url = Url::parse(url).map_err(|_| TokenError::ProofMismatch("htu"))?;
    url.set_query(None);
    url.set_fragment(None);
    Ok(url.into())
}
