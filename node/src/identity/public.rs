//! Public keys ready to verify. Building one costs more than using it, so each is built once and kept.

use aws_lc_rs::signature::{ED25519, ParsedPublicKey};
use contracts::jwk::{Jwk, JwkError, Point};
use josekit::jws::JwsVerifier;
use josekit::jws::alg::ecdsa::{EcdsaJwsAlgorithm, EcdsaJwsVerifier};
use serde::{Deserialize, Serialize};

/// The signature algorithms we make and accept (RFC 7518, section 3.4; RFC 8037, section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Alg {
    #[serde(rename = "ES256")]
    Es256,
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl Alg {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Es256, Self::EdDsa].into_iter().find(|alg| alg.as_str() == text)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublicKeyError {
    #[error(transparent)]
    Jwk(#[from] JwkError),
    #[error("not a point of the key's curve")]
    NotOnCurve,
}

/// A public key with its identifier (`<did>#<fragment>`).
#[derive(Debug)]
pub struct PublicKey {
    kid: String,
    jwk: Jwk,
    thumbprint: String,
    verifier: Verifier,
}

#[derive(Debug)]
enum Verifier {
    Es256(Box<EcdsaJwsVerifier>),
    Ed25519(ParsedPublicKey),
}

impl PublicKey {
    pub fn from_jwk(kid: impl Into<String>, jwk: &Jwk) -> Result<Self, PublicKeyError> {
        let point = jwk.point()?;
        let (verifier, jwk) = match &point {
            Point::P256 { x, y } => {
                let jwk = Jwk::p256(x, y);
                (Verifier::Es256(Box::new(es256(&jwk)?)), jwk)
            }
            Point::Ed25519(x) => {
                let key = ParsedPublicKey::new(&ED25519, x).map_err(|_| PublicKeyError::NotOnCurve)?;
                (Verifier::Ed25519(key), Jwk::ed25519(x))
            }
        };
        Ok(Self { kid: kid.into(), jwk, thumbprint: point.thumbprint(), verifier })
    }

    pub fn kid(&self) -> &str {
        &self.kid
    }
    pub fn jwk(&self) -> &Jwk {
        &self.jwk
    }
    /// RFC 7638, SHA-256, base64url.
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }
    pub fn alg(&self) -> Alg {
        match self.verifier {
            Verifier::Es256(_) => Alg::Es256,
            Verifier::Ed25519(_) => Alg::EdDsa,
        }
    }
    /// Whether this key made that signature (JOSE form: 64 bytes for both algorithms).
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.verifier {
            Verifier::Es256(key) => key.verify(message, signature).is_ok(),
            Verifier::Ed25519(key) => key.verify_sig(message, signature).is_ok(),
        }
    }
}

fn es256(jwk: &Jwk) -> Result<EcdsaJwsVerifier, PublicKeyError> {
    let bytes = serde_json::to_vec(jwk).map_err(|_| PublicKeyError::NotOnCurve)?;
    let jwk = josekit::jwk::Jwk::from_bytes(bytes).map_err(|_| PublicKeyError::NotOnCurve)?;
    EcdsaJwsAlgorithm::Es256.verifier_from_jwk(&jwk).map_err(|_| PublicKeyError::NotOnCurve)
}
