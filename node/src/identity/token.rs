//! Tokens. Between members: self-issued, good for one message, bound to its body. For data: issued by the provider,
//! good for one transfer, bound to the consumer's key (RFC 7519, RFC 7800, RFC 9449).

use contracts::id::{AgreementId, ParticipantId, Pid};
use contracts::jcs::sha256_b64url;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::SKEW;
use super::jws::{self, JwsError, Parts, TokenHeader};
use super::keys::{KeyError, Keyring, Purpose};
use super::peer::{KeyRefusal, PeerIdentity};
use super::public::PublicKey;
use super::{cache::Cache, random};
use crate::domain::time::Timestamp;

/// Longest token accepted, in characters.
pub const MAX_TOKEN: usize = 8192;
/// Longest life of a peer token accepted, in seconds.
pub const MAX_LIFE: i64 = 300;
/// `typ` of data tokens (RFC 9068, section 2.1), so that neither kind passes for the other.
const DATA_TYP: &str = "at+jwt";
const MAX_JTI: usize = 256;

/// Why a token is refused. Every reason is an authentication failure but [`TokenError::Own`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("no token was sent")]
    Missing,
    #[error("the token is malformed: {0}")]
    Malformed(String),
    #[error("the token has expired")]
    Expired,
    #[error("the token is dated in the future")]
    NotYet,
    #[error("the token lives longer than {MAX_LIFE} s")]
    TooLong,
    #[error("the token is meant for another audience")]
    WrongAudience,
    #[error("the token or proof was already used")]
    Replayed,
    #[error("the token's issuer and its key are not the same participant")]
    IssuerMismatch,
    #[error("the token's key is unknown: {0}")]
    UnknownKey(String),
    #[error("the signature does not match")]
    BadSignature,
    #[error("the token is not for this message: the body's digest is missing or differs")]
    BodyMismatch,
    #[error("the proof does not go with the token or the request: {0}")]
    ProofMismatch(&'static str),
    #[error("the issuer's identity cannot be resolved: {0}")]
    Unresolvable(String),
    /// Our own keys failed us: not the caller's fault.
    #[error("own keys: {0}")]
    Own(String),
}

impl From<JwsError> for TokenError {
    fn from(error: JwsError) -> Self {
        match error {
            JwsError::Signature => Self::BadSignature,
            JwsError::Signer(e) => Self::Own(e.to_string()),
            other => Self::Malformed(other.to_string()),
        }
    }
}

impl From<KeyError> for TokenError {
    fn from(error: KeyError) -> Self {
        Self::Own(error.to_string())
    }
}

impl From<KeyRefusal> for TokenError {
    fn from(refusal: KeyRefusal) -> Self {
        Self::UnknownKey(refusal.to_string())
    }
}

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

/// The token from an `Authorization` header of the scheme (`Bearer` or `DPoP`; case does not count, RFC 9110, 11.1).
pub fn from_header<'a>(scheme: &str, value: Option<&'a str>) -> Result<&'a str, TokenError> {
    let value = value.ok_or(TokenError::Missing)?;
    match value.trim().split_once(' ') {
        Some((found, token)) if found.eq_ignore_ascii_case(scheme) => Ok(token.trim()),
        _ => Err(TokenError::Missing),
    }
}

pub(super) fn claims<H, C: DeserializeOwned>(parts: &Parts<'_, H>) -> Result<C, TokenError> {
    serde_json::from_slice(&parts.payload()?).map_err(|e| TokenError::Malformed(e.to_string()))
}

pub(super) fn check_times(iat: i64, nbf: Option<i64>, exp: i64, now: Timestamp) -> Result<(), TokenError> {
    let now = now.seconds();
    if exp.saturating_add(SKEW) <= now {
        return Err(TokenError::Expired);
    }
    if iat > now + SKEW || nbf.is_some_and(|nbf| nbf > now + SKEW) {
        return Err(TokenError::NotYet);
    }
    Ok(())
}

pub(super) fn check_jti(jti: &str) -> Result<(), TokenError> {
    if jti.is_empty() || jti.len() > MAX_JTI {
        return Err(TokenError::Malformed(format!("`jti` must have 1 to {MAX_JTI} bytes")));
    }
    Ok(())
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
}

/// Issues the token of one message to a peer. `body` is empty for a message without body.
pub fn issue_peer(
    keyring: &Keyring,
    audience: &str,
    body: &[u8],
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

/// What a data token gives access to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataClaims {
    pub iss: ParticipantId,
    /// The provider's `<base>/data`.
    pub aud: String,
    /// The consumer.
    pub sub: ParticipantId,
    pub jti: String,
    pub iat: i64,
    pub exp: i64,
    pub agr: AgreementId,
    /// The provider's name of the transfer.
    pub tp: Pid,
    /// Absent: a bearer token, whose use configuration must allow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
}

/// The consumer's key (RFC 9449, section 6.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    pub jkt: String,
}

/// What to put in a data token.
#[derive(Debug, Clone)]
pub struct Grant<'a> {
    /// The provider's `<base>/data`.
    pub audience: &'a str,
    pub consumer: &'a ParticipantId,
    pub agreement: &'a AgreementId,
    pub transfer: &'a Pid,
    /// Thumbprint of the consumer's key; `None` makes a bearer token.
    pub jkt: Option<&'a str>,
    pub expires: Timestamp,
}

/// Issues a data token with the provider's data key. Returns it with its `jti`.
pub fn issue_data(
    keyring: &Keyring,
    grant: &Grant<'_>,
    now: Timestamp,
) -> Result<(String, String), TokenError> {
    let key = keyring.current(Purpose::Data, now)?;
    let mut header = TokenHeader::new(key.signer.alg(), DATA_TYP);
    header.kid = Some(key.kid().to_owned());
    let claims = DataClaims {
        iss: keyring.did().clone(),
        aud: grant.audience.to_owned(),
        sub: grant.consumer.clone(),
        jti: random::nonce(),
        iat: now.seconds(),
        exp: grant.expires.seconds(),
        agr: grant.agreement.clone(),
        tp: grant.transfer.clone(),
        cnf: grant.jkt.map(|jkt| Confirmation { jkt: jkt.to_owned() }),
    };
    let payload = serde_json::to_vec(&claims).map_err(|e| TokenError::Own(e.to_string()))?;
    Ok((jws::sign(&header, &payload, &key.signer)?, claims.jti))
}

/// Verifies data tokens, remembering those already verified: a token comes with every request of a transfer.
#[derive(Debug)]
pub struct DataTokens {
    seen: Cache<String, DataClaims>,
}

impl Default for DataTokens {
    fn default() -> Self {
        Self { seen: Cache::new(4096) }
    }
}

impl DataTokens {
    /// Verifies a token of this member. Revocation is not known here: it is checked at use, in the store.
    pub fn verify(
        &self,
        token: &str,
        keyring: &Keyring,
        audience: &str,
        now: Timestamp,
    ) -> Result<std::sync::Arc<DataClaims>, TokenError> {
        // The memory is shared by members: what one accepted says nothing for another.
        let seen = format!("{} {}", keyring.did(), sha256_b64url(token.as_bytes()));
        let claims = match self.seen.get(&seen) {
            Some(claims) => claims,
            None => {
                let claims = std::sync::Arc::new(verified(token, keyring)?);
                self.seen.put(seen, claims.clone());
                claims
            }
        };
        if claims.iss != *keyring.did() || claims.aud != audience {
            return Err(TokenError::WrongAudience);
        }
        check_times(claims.iat, None, claims.exp, now)?;
        Ok(claims)
    }
}

fn verified(token: &str, keyring: &Keyring) -> Result<DataClaims, TokenError> {
    let parts: Parts<'_, TokenHeader> = jws::parse(token, MAX_TOKEN)?;
    let alg = parts.header.check()?;
    jws::check_type(parts.header.typ.as_deref().unwrap_or_default(), DATA_TYP)?;
    let kid = parts.header.kid.as_deref().unwrap_or_default();
    let unknown = || TokenError::UnknownKey(kid.chars().take(200).collect());
    let key = keyring.by_kid(kid).filter(|key| key.purpose == Purpose::Data).ok_or_else(unknown)?;
    let public: &PublicKey = &key.public;
    parts.verify(alg, public)?;
    let claims: DataClaims = claims(&parts)?;
    if !key.valid_at(Timestamp::from_seconds(claims.iat)) {
        return Err(unknown());
    }
    check_jti(&claims.jti)?;
    Ok(claims)
}
