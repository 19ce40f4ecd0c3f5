//! Tokens. Between members: self-issued, good for one message, bound to its body. For data: issued by the provider,
//! good for one transfer, bound to the consumer's key (RFC 7519, RFC 7800, RFC 9449).

mod client;
mod data;
mod peer;
mod self_issued;

use serde::de::DeserializeOwned;

pub use self::client::ClientToken;
pub use self::data::{Confirmation, DataClaims, DataTokens, Grant, issue_data};
pub use self::peer::{Expected, PeerClaims, PeerToken, issue_peer, issue_peer_with};
pub use self::self_issued::{LEEWAY, LIFE, SelfIssued, issue_access, issue_self, read_access};
use super::SKEW;
use super::jws::{JwsError, Parts};
use super::keys::KeyError;
use super::peer::KeyRefusal;
use crate::domain::time::Timestamp;

/// Longest token accepted, in characters.
pub const MAX_TOKEN: usize = 8192;
/// Longest life of a peer token accepted, in seconds.
pub const MAX_LIFE: i64 = 300;
const MAX_JTI: usize = 256;

/// Why a token is refused. Every reason is an authentication failure but [`TokenError::Busy`]
/// and [`TokenError::Own`].
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
    #[error("the token is for another transfer")]
    OtherTransfer,
    #[error("bearer tokens are not accepted here")]
    Bearer,
    #[error("the proof was made with another key than the one that asked for this transfer")]
    OtherKey,
    #[error("this is not the token of the control plane")]
    ControlPlane,
    #[error("this is not the token of a data plane")]
    DataPlane,
    #[error("the presentation is refused: {0}")]
    Presentation(String),
    #[error("presentations of credentials are not accepted here")]
    PresentationsClosed,
    #[error("a presentation of credentials is asked for")]
    NoPresentation,
    #[error("the client is not known")]
    Client,
    /// Its document cannot be had at this moment: nothing is said about the token.
    #[error("the issuer's identity cannot be fetched now: {0}")]
    Unreachable(String),
    /// Too many identities are being resolved: try again. Nothing is said about the token.
    #[error("too many identities are being resolved; try again")]
    Busy,
    /// Our own keys failed us: not the caller's fault.
    #[error("own keys: {0}")]
    Own(String),
}

impl TokenError {
    /// Key of its sentence (`token.…`), and what the sentence fills in. Those that are no refusal of a token have none.
    pub fn sentence(&self) -> Option<(&'static str, String)> {
        let plain = |key| Some((key, String::new()));
        match self {
            Self::Missing => plain("token.missing"),
            Self::Malformed(what) => Some(("token.malformed", what.clone())),
            Self::Expired => plain("token.expired"),
            Self::NotYet => plain("token.not-yet"),
            Self::TooLong => Some(("token.too-long", MAX_LIFE.to_string())),
            Self::WrongAudience => plain("token.wrong-audience"),
            Self::Replayed => plain("token.replayed"),
            Self::IssuerMismatch => plain("token.issuer-mismatch"),
            Self::UnknownKey(kid) => Some(("token.unknown-key", kid.clone())),
            Self::BadSignature => plain("token.bad-signature"),
            Self::BodyMismatch => plain("token.body-mismatch"),
            Self::ProofMismatch(part) => Some(("token.proof-mismatch", (*part).to_owned())),
            Self::OtherTransfer => plain("token.other-transfer"),
            Self::Bearer => plain("token.bearer"),
            Self::OtherKey => plain("token.other-key"),
            Self::ControlPlane => plain("token.control-plane"),
            Self::DataPlane => plain("token.data-plane"),
            Self::Presentation(what) => Some(("token.presentation", what.clone())),
            Self::PresentationsClosed => plain("token.presentations-closed"),
            Self::NoPresentation => plain("token.no-presentation"),
            Self::Client => plain("token.client"),
            Self::Unresolvable(what) => Some(("token.unresolvable", what.clone())),
            Self::Unreachable(_) | Self::Busy | Self::Own(_) => None,
        }
    }
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
