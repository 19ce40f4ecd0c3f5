//! Public keys as JSON Web Keys (RFC 7517, 7518 section 6.2, 8037), the two kinds we use and no other.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::jcs;

/// A public key. Members we do not know are ignored: foreign documents carry `use`, `x5c` and more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    pub kty: String,
    pub crv: String,
    pub x: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// Private part: only read to be refused.
    #[serde(default, skip_serializing)]
    d: Option<Ignored>,
}

/// Anything at all, not kept: a private part must not stay in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Ignored;

impl<'de> Deserialize<'de> for Ignored {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(d).map(|_| Self)
    }
}

/// A public key's bytes, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// ECDSA on P-256: `alg` ES256.
    P256 { x: [u8; 32], y: [u8; 32] },
    /// `alg` EdDSA (or its newer name Ed25519).
    Ed25519([u8; 32]),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwkError {
    #[error("keys of kind {0}/{1} are not supported, only EC/P-256 and OKP/Ed25519")]
    Unsupported(String, String),
    #[error("coordinate {0} is missing or is not 32 bytes in base64url")]
    Coordinate(&'static str),
    #[error("algorithm {0} does not go with this key")]
    Algorithm(String),
    #[error("a private key where a public one is expected: treat it as disclosed and replace it")]
    Private,
}

impl Jwk {
    pub fn p256(x: &[u8; 32], y: &[u8; 32]) -> Self {
        let y = Some(URL_SAFE_NO_PAD.encode(y));
        Self::new("EC", "P-256", URL_SAFE_NO_PAD.encode(x), y, "ES256")
    }
    pub fn ed25519(x: &[u8; 32]) -> Self {
        Self::new("OKP", "Ed25519", URL_SAFE_NO_PAD.encode(x), None, "EdDSA")
    }
    fn new(kty: &str, crv: &str, x: String, y: Option<String>, alg: &str) -> Self {
        Self { kty: kty.into(), crv: crv.into(), x, y, kid: None, alg: Some(alg.into()), d: None }
    }

    /// The key's bytes. Whether the point is on its curve is for the cryptographic library to say.
    pub fn point(&self) -> Result<Point, JwkError> {
        if self.d.is_some() {
            return Err(JwkError::Private);
        }
        let (point, algs) = match (self.kty.as_str(), self.crv.as_str()) {
            ("EC", "P-256") => {
                let y = self.y.as_deref().ok_or(JwkError::Coordinate("y"))?;
                (Point::P256 { x: coordinate("x", &self.x)?, y: coordinate("y", y)? }, ["ES256", "ES256"])
            }
            ("OKP", "Ed25519") => (Point::Ed25519(coordinate("x", &self.x)?), ["EdDSA", "Ed25519"]),
            (kty, crv) => return Err(JwkError::Unsupported(kty.into(), crv.into())),
        };
        match &self.alg {
            Some(alg) if !algs.contains(&alg.as_str()) => Err(JwkError::Algorithm(alg.clone())),
            _ => Ok(point),
        }
    }

    /// RFC 7638 thumbprint (SHA-256, base64url), over the required members only.
    pub fn thumbprint(&self) -> Result<String, JwkError> {
        Ok(self.point()?.thumbprint())
    }
}

impl Point {
    /// RFC 7638 thumbprint: members in lexicographic order, no spaces.
    pub fn thumbprint(&self) -> String {
        let text = match self {
            Self::P256 { x, y } => format!(
                r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#,
                URL_SAFE_NO_PAD.encode(x),
                URL_SAFE_NO_PAD.encode(y)
            ),
            Self::Ed25519(x) => {
                format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, URL_SAFE_NO_PAD.encode(x))
            }
        };
        jcs::sha256_b64url(text.as_bytes())
    }
}

fn coordinate(name: &'static str, text: &str) -> Result<[u8; 32], JwkError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| JwkError::Coordinate(name))?;
    bytes.try_into().map_err(|_| JwkError::Coordinate(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thumbprint_of_rfc8037() {
        let jwk: Jwk = serde_json::from_str(
            r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
        )
        .unwrap();
        assert_eq!(jwk.thumbprint().unwrap(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn private_and_odd_keys_are_refused() {
        let with_d =
            r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"AA"}"#;
        assert_eq!(serde_json::from_str::<Jwk>(with_d).unwrap().point(), Err(JwkError::Private));
        let mut jwk = Jwk::ed25519(&[1; 32]);
        jwk.alg = Some("ES256".into());
        assert!(matches!(jwk.point(), Err(JwkError::Algorithm(_))));
        jwk.kty = "RSA".into();
        assert!(matches!(jwk.point(), Err(JwkError::Unsupported(..))));
    }
}
