//! One small type that signs. A hardware module would be one more variant here, and nothing else would change.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use contracts::jwk::Jwk;
use josekit::jwk::KeyPair as _;
use josekit::jws::JwsSigner;
use josekit::jws::alg::ecdsa::{EcdsaJwsAlgorithm, EcdsaJwsSigner};
use zeroize::Zeroizing;

use super::public::Alg;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignerError {
    #[error("the private key cannot be read: {0}")]
    Key(String),
    #[error("signing failed: {0}")]
    Sign(String),
}

/// Signatures made by this process.
static MADE: AtomicU64 = AtomicU64::new(0);

/// How many signatures this process has made, with all keys of all members.
pub fn signatures() -> u64 {
    MADE.load(Ordering::Relaxed)
}

/// A private key in use. Nothing gives it out again.
pub struct Signer {
    kid: String,
    inner: Inner,
}

enum Inner {
    Es256(Box<EcdsaJwsSigner>),
    Ed25519(Box<Ed25519KeyPair>),
}

/// A key just made: its public part, and its private part in PKCS#8, to be sealed.
pub struct Generated {
    pub jwk: Jwk,
    pub pkcs8: Zeroizing<Vec<u8>>,
}

impl Signer {
    pub fn generate(alg: Alg) -> Result<Generated, SignerError> {
        let pkcs8 = Zeroizing::new(match alg {
            Alg::Es256 => EcdsaJwsAlgorithm::Es256
                .generate_key_pair()
                .map_err(|e| SignerError::Key(e.to_string()))?
                .to_der_private_key(),
            Alg::EdDsa => {
                let pair = Ed25519KeyPair::generate().map_err(|e| SignerError::Key(e.to_string()))?;
                pair.to_pkcs8().map_err(|e| SignerError::Key(e.to_string()))?.as_ref().to_vec()
            }
        });
        Ok(Generated { jwk: Self::public(alg, &pkcs8)?, pkcs8 })
    }

    /// From a private key in PKCS#8 (for ES256, also SEC 1).
    pub fn from_pkcs8(alg: Alg, kid: impl Into<String>, pkcs8: &[u8]) -> Result<Self, SignerError> {
        let inner = match alg {
            Alg::Es256 => Inner::Es256(Box::new(
                EcdsaJwsAlgorithm::Es256
                    .signer_from_der(pkcs8)
                    .map_err(|e| SignerError::Key(e.to_string()))?,
            )),
            Alg::EdDsa => Inner::Ed25519(Box::new(ed25519(pkcs8)?)),
        };
        Ok(Self { kid: kid.into(), inner })
    }

    /// The public part of a private key in PKCS#8.
    pub fn public(alg: Alg, pkcs8: &[u8]) -> Result<Jwk, SignerError> {
        match alg {
            Alg::Es256 => {
                let pair = EcdsaJwsAlgorithm::Es256
                    .key_pair_from_der(pkcs8)
                    .map_err(|e| SignerError::Key(e.to_string()))?;
                let text = pair.to_jwk_public_key().to_string();
                serde_json::from_str(&text).map_err(|e| SignerError::Key(e.to_string()))
            }
            Alg::EdDsa => {
                let x: [u8; 32] = ed25519(pkcs8)?
                    .public_key()
                    .as_ref()
                    .try_into()
                    .map_err(|_| SignerError::Key("public key of odd length".into()))?;
                Ok(Jwk::ed25519(&x))
            }
        }
    }

    pub fn alg(&self) -> Alg {
        match self.inner {
            Inner::Es256(_) => Alg::Es256,
            Inner::Ed25519(_) => Alg::EdDsa,
        }
    }
    /// `<did>#<fragment>`.
    pub fn kid(&self) -> &str {
        &self.kid
    }
    /// The DID part of the identifier.
    pub fn did(&self) -> &str {
        self.kid.split_once('#').map_or(self.kid.as_str(), |(did, _)| did)
    }
    /// Signature in JOSE form: 64 bytes for both algorithms.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        MADE.fetch_add(1, Ordering::Relaxed);
        match &self.inner {
            Inner::Es256(key) => key.sign(message).map_err(|e| SignerError::Sign(e.to_string())),
            Inner::Ed25519(key) => {
                let signature = key.try_sign(message).map_err(|e| SignerError::Sign(e.to_string()))?;
                Ok(signature.as_ref().to_vec())
            }
        }
    }
}

fn ed25519(pkcs8: &[u8]) -> Result<Ed25519KeyPair, SignerError> {
    Ed25519KeyPair::from_pkcs8(pkcs8).map_err(|e| SignerError::Key(e.to_string()))
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.kid)
    }
}

#[cfg(test)]
mod tests {
    use super::super::public::PublicKey;
    use super::*;

    #[test]
    fn signs_and_verifies_with_both_algorithms_only_what_was_signed() {
        for alg in [Alg::Es256, Alg::EdDsa] {
            let made = Signer::generate(alg).unwrap();
            let signer = Signer::from_pkcs8(alg, "did:web:a#k", &made.pkcs8).unwrap();
            let key = PublicKey::from_jwk("did:web:a#k", &made.jwk).unwrap();
            let signature = signer.sign(b"message").unwrap();
            assert_eq!(signature.len(), 64);
            assert!(key.verify(b"message", &signature));
            assert!(!key.verify(b"messagf", &signature));
            for wrong in [&[0u8; 64][..], &[255; 64], &[], &signature[..63]] {
                assert!(!key.verify(b"message", wrong));
            }
        }
    }
}
