//! JSON Web Signatures (RFC 7515), compact and detached. Two algorithms, and our key says which: a header can only
//! agree with it. Nothing a header points to is ever fetched.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::public::{Alg, PublicKey};
use super::signer::{Signer, SignerError};

/// Longest protected header accepted, in characters.
const MAX_HEADER: usize = 4096;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    #[error("not a JWS: {0}")]
    Malformed(&'static str),
    #[error("protected header refused: {0}")]
    Header(String),
    #[error("`typ` is {found}, expected {expected}")]
    Type { found: String, expected: &'static str },
    #[error("the header's algorithm is not the key's")]
    Algorithm,
    #[error("the signature does not match")]
    Signature,
    #[error(transparent)]
    Signer(#[from] SignerError),
}

/// Header of the documents we define: these members and no other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentHeader {
    pub alg: Alg,
    pub kid: String,
    pub typ: String,
}

/// Header of a token. Foreign issuers add members; those that would change the meaning are refused.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TokenHeader {
    pub alg: Option<Alg>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typ: Option<String>,
    /// DPoP only: the proof's key (RFC 9449, section 4.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwk: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    crit: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    zip: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    b64: Option<Value>,
}

impl TokenHeader {
    pub fn new(alg: Alg, typ: &str) -> Self {
        Self { alg: Some(alg), typ: Some(typ.to_owned()), ..Self::default() }
    }
    /// Refuses extensions that change how a token is read (RFC 7515, 4.1.11; RFC 7797).
    pub fn check(&self) -> Result<Alg, JwsError> {
        for (name, member) in [("crit", &self.crit), ("zip", &self.zip), ("b64", &self.b64)] {
            if member.is_some() {
                return Err(JwsError::Header(format!("`{name}` is not supported")));
            }
        }
        self.alg.ok_or_else(|| JwsError::Header("`alg` is missing".into()))
    }
}

/// A JWS taken apart; nothing is verified yet.
#[derive(Debug)]
pub struct Parts<'a, H> {
    pub header: H,
    protected: &'a str,
    payload: &'a str,
    signing_input: &'a str,
    signature: Vec<u8>,
}

/// Takes apart `header.payload.signature`; with `max` the greatest length in characters.
pub fn parse<H: DeserializeOwned>(jws: &str, max: usize) -> Result<Parts<'_, H>, JwsError> {
    if jws.len() > max {
        return Err(JwsError::Malformed("too long"));
    }
    let (signing_input, signature) = jws.rsplit_once('.').ok_or(JwsError::Malformed("no dots"))?;
    let (protected, payload) = signing_input.split_once('.').ok_or(JwsError::Malformed("one dot only"))?;
    if payload.contains('.') {
        return Err(JwsError::Malformed("more than three parts"));
    }
    if protected.len() > MAX_HEADER {
        return Err(JwsError::Malformed("header too long"));
    }
    let header =
        URL_SAFE_NO_PAD.decode(protected).map_err(|_| JwsError::Malformed("header not base64url"))?;
    let header = serde_json::from_slice(&header).map_err(|e| JwsError::Header(e.to_string()))?;
    let signature =
        URL_SAFE_NO_PAD.decode(signature).map_err(|_| JwsError::Malformed("signature not base64url"))?;
    Ok(Parts { header, protected, payload, signing_input, signature })
}

impl<H> Parts<'_, H> {
    /// Verifies a compact JWS with our key for it.
    pub fn verify(&self, alg: Alg, key: &PublicKey) -> Result<(), JwsError> {
        self.check(alg, key, self.signing_input.as_bytes())
    }

    /// Verifies a detached JWS (RFC 7515, appendix F) over `content`.
    pub fn verify_detached(&self, alg: Alg, key: &PublicKey, content: &[u8]) -> Result<(), JwsError> {
        if !self.payload.is_empty() {
            return Err(JwsError::Malformed("a detached signature carries no payload"));
        }
        self.check(alg, key, &detached_input(self.protected, content))
    }

    fn check(&self, alg: Alg, key: &PublicKey, input: &[u8]) -> Result<(), JwsError> {
        if alg != key.alg() {
            return Err(JwsError::Algorithm);
        }
        if key.verify(input, &self.signature) { Ok(()) } else { Err(JwsError::Signature) }
    }

    pub fn payload(&self) -> Result<Vec<u8>, JwsError> {
        URL_SAFE_NO_PAD.decode(self.payload).map_err(|_| JwsError::Malformed("payload not base64url"))
    }
}

/// `typ` compared as media types are: case does not count, and `application/` may be left out (RFC 7515, 4.1.9).
pub fn check_type(found: &str, expected: &'static str) -> Result<(), JwsError> {
    let short =
        found.get(..12).filter(|p| p.eq_ignore_ascii_case("application/")).map_or(found, |_| &found[12..]);
    if short.eq_ignore_ascii_case(expected) {
        Ok(())
    } else {
        Err(JwsError::Type { found: found.chars().take(80).collect(), expected })
    }
}

fn detached_input(protected: &str, content: &[u8]) -> Vec<u8> {
    let mut input = String::with_capacity(protected.len() + 1 + content.len().div_ceil(3) * 4);
    input.push_str(protected);
    input.push('.');
    URL_SAFE_NO_PAD.encode_string(content, &mut input);
    input.into_bytes()
}

fn protect<H: Serialize>(header: &H) -> Result<String, JwsError> {
    let bytes = serde_json::to_vec(header).map_err(|e| JwsError::Header(e.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Signs `payload` as compact JWS. The header's `alg` must be the signer's.
pub fn sign<H: Serialize>(header: &H, payload: &[u8], signer: &Signer) -> Result<String, JwsError> {
    let mut jws = protect(header)?;
    jws.push('.');
    URL_SAFE_NO_PAD.encode_string(payload, &mut jws);
    let signature = signer.sign(jws.as_bytes())?;
    jws.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut jws);
    Ok(jws)
}

/// Signs `content` as detached JWS: `header..signature`.
pub fn sign_detached<H: Serialize>(header: &H, content: &[u8], signer: &Signer) -> Result<String, JwsError> {
    let mut jws = protect(header)?;
    let signature = signer.sign(&detached_input(&jws, content))?;
    jws.push_str("..");
    URL_SAFE_NO_PAD.encode_string(signature, &mut jws);
    Ok(jws)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> (Signer, PublicKey) {
        let made = Signer::generate(Alg::Es256).unwrap();
        (
            Signer::from_pkcs8(Alg::Es256, "d#k", &made.pkcs8).unwrap(),
            PublicKey::from_jwk("d#k", &made.jwk).unwrap(),
        )
    }

    #[test]
    fn every_altered_character_is_refused() {
        let (signer, public) = key();
        let header = DocumentHeader { alg: Alg::Es256, kid: "d#k".into(), typ: "t+jws".into() };
        let jws = sign(&header, b"{\"a\":1}", &signer).unwrap();
        let verify = |text: &str| {
            let parts = parse::<DocumentHeader>(text, 4096)?;
            parts.payload()?;
            parts.verify(parts.header.alg, &public)
        };
        assert_eq!(verify(&jws), Ok(()));
        for i in 0..jws.len() {
            let mut altered = jws.clone().into_bytes();
            altered[i] = if altered[i] == b'A' { b'B' } else { b'A' };
            assert!(verify(&String::from_utf8(altered).unwrap()).is_err(), "character {i}");
        }
    }

    #[test]
    fn headers_that_change_the_meaning_are_refused() {
        let (signer, public) = key();
        for header in [
            r#"{"alg":"none"}"#,
            r#"{"alg":"HS256"}"#,
            r#"{"alg":"ES256","alg":"ES256"}"#,
            r#"{}"#,
            r#"{"alg":"ES256","crit":["x"]}"#,
            r#"{"alg":"ES256","zip":"DEF"}"#,
            r#"{"alg":"ES256","b64":false}"#,
        ] {
            let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode("{}"));
            let jws = format!("{input}.{}", URL_SAFE_NO_PAD.encode(signer.sign(input.as_bytes()).unwrap()));
            let refused = parse::<TokenHeader>(&jws, 4096).and_then(|p| p.header.check().map(|_| ()));
            assert!(refused.is_err(), "{header}");
        }
        let jws = sign(&TokenHeader::new(Alg::EdDsa, "JWT"), b"{}", &signer).unwrap();
        assert_eq!(
            parse::<TokenHeader>(&jws, 4096).unwrap().verify(Alg::EdDsa, &public),
            Err(JwsError::Algorithm)
        );
    }
}
