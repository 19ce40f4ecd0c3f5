//! Self-issued tokens between members: one message, one audience, one body.

use contracts::id::ParticipantId;
use contracts::jcs::sha256_b64url;
use serde::{Deserialize, Serialize};

use super::{MAX_LIFE, MAX_TOKEN, TokenError, check_jti, check_times, claims};
use crate::domain::time::Timestamp;
use crate::identity::jws::{self, Parts, TokenHeader};
use crate::identity::keys::{Keyring, Purpose};
use crate::identity::peer::PeerIdentity;
use crate::identity::{SKEW, random};

/// One audience (RFC 7519 allows a list; a token for several could be replayed among them).
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn is(&self, expected: &str) -> bool {
        match self {
            Self::One(one) => one == expected,
            Self::Many(many) => matches!(many.as_slice(), [one] if one == expected),
        }
    }
}

#[derive(Serialize)]
struct PeerOut<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: &'a str,
    bh: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
}

/// Issues the token of one message to a peer. `body` is empty for a message without body.
pub fn issue_peer(
    keyring: &Keyring,
    audience: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<String, TokenError> {
    issue_peer_with(keyring, audience, body, None, now)
}

/// As [`issue_peer`], with what lets the peer ask our credential service (DCP 1.0, 4.3.1).
pub fn issue_peer_with(
    keyring: &Keyring,
    audience: &str,
    body: &[u8],
    access: Option<&str>,
    now: Timestamp,
) -> Result<String, TokenError> {
    let key = keyring.current(Purpose::Sign, now)?;
    let mut header = TokenHeader::new(key.signer.alg(), "JWT");
    header.kid = Some(key.kid().to_owned());
    let (did, at) = (keyring.did().as_str(), now.seconds());
    let (jti, bh) = (random::nonce(), sha256_b64url(body));
    let out = PeerOut {
        iss: did,
        sub: did,
        aud: audience,
        iat: at,
        nbf: at,
        exp: at + MAX_LIFE,
        jti: &jti,
        bh: &bh,
        token: access,
    };
    let payload = serde_json::to_vec(&out).map_err(|e| TokenError::Own(e.to_string()))?;
    Ok(jws::sign(&header, &payload, &key.signer)?)
}

#[derive(Debug, Deserialize)]
struct PeerIn {
    iss: ParticipantId,
    sub: Option<String>,
    aud: Audience,
    iat: i64,
    nbf: Option<i64>,
    exp: i64,
    jti: String,
    bh: Option<String>,
}

/// A peer's token, taken apart and not verified: says whom to resolve.
#[derive(Debug)]
pub struct PeerToken<'a> {
    parts: Parts<'a, TokenHeader>,
    claims: PeerIn,
    kid: String,
}

/// What is expected of a peer's token.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Our member's DID.
    pub audience: &'a str,
    pub body: &'a [u8],
    /// Refuse a token that does not carry the body's digest (foreign peers do not send it).
    pub require_body: bool,
    pub now: Timestamp,
}

/// A verified caller. `jti` must still be recorded as used, in the transaction that acts on the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerClaims {
    pub issuer: ParticipantId,
    pub kid: String,
    /// Thumbprint of the key that signed: what data tokens are bound to.
    pub thumbprint: String,
    pub jti: String,
    /// Until when a replay would be accepted, so must be remembered.
    pub replay_until: Timestamp,
    /// Whether the token is bound to the body.
    pub body_bound: bool,
}

impl<'a> PeerToken<'a> {
    pub fn parse(token: &'a str) -> Result<Self, TokenError> {
        let parts: Parts<'_, TokenHeader> = jws::parse(token, MAX_TOKEN)?;
        parts.header.check()?;
        if let Some(typ) = &parts.header.typ {
            jws::check_type(typ, "JWT")?;
        }
        let claims: PeerIn = claims(&parts)?;
        ParticipantId::did(claims.iss.as_str()).map_err(|e| TokenError::Malformed(e.to_string()))?;
        if claims.sub.as_deref().is_some_and(|sub| sub != claims.iss.as_str()) {
            return Err(TokenError::IssuerMismatch);
        }
        let kid = parts.header.kid.clone().ok_or_else(|| TokenError::Malformed("`kid` is missing".into()))?;
        let kid = match kid.split_once('#') {
            Some((did, _)) if did == claims.iss.as_str() => kid,
            Some(("", _)) => format!("{}{kid}", claims.iss),
            _ => return Err(TokenError::IssuerMismatch),
        };
        check_jti(&claims.jti)?;
        Ok(Self { parts, claims, kid })
    }

    pub fn issuer(&self) -> &ParticipantId {
        &self.claims.iss
    }
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// What can be refused without the issuer's key: audience, times, body. Done before any resolution.
    pub fn check(&self, expected: &Expected<'_>) -> Result<(), TokenError> {
        let claims = &self.claims;
        if !claims.aud.is(expected.audience) {
            return Err(TokenError::WrongAudience);
        }
        check_times(claims.iat, claims.nbf, claims.exp, expected.now)?;
        if claims.exp.saturating_sub(claims.iat) > MAX_LIFE {
            return Err(TokenError::TooLong);
        }
        match &claims.bh {
            Some(bh) if *bh != sha256_b64url(expected.body) => Err(TokenError::BodyMismatch),
            None if expected.require_body => Err(TokenError::BodyMismatch),
            _ => Ok(()),
        }
    }

    /// Verifies the token with its issuer's identity.
    pub fn verify(&self, identity: &PeerIdentity, expected: &Expected<'_>) -> Result<PeerClaims, TokenError> {
        self.check(expected)?;
        if identity.did() != self.issuer() {
            return Err(TokenError::IssuerMismatch);
        }
        let key = identity.authentication_key(&self.kid, self.claims.iat)?;
        self.parts.verify(self.parts.header.check()?, &key)?;
        Ok(PeerClaims {
            issuer: self.claims.iss.clone(),
            kid: self.kid.clone(),
            thumbprint: key.thumbprint().to_owned(),
            jti: self.claims.jti.clone(),
            replay_until: Timestamp::from_seconds(self.claims.exp.saturating_add(SKEW + 1)),
            body_bound: self.claims.bh.is_some(),
        })
    }
}
