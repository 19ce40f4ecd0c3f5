//! How a data client proves who it is when it renews a token: a JWT it signed, with the access token in it
//! (Data Plane Signaling, token renewal; RFC 7523).

use contracts::id::ParticipantId;
use serde::Deserialize;

use super::{MAX_TOKEN, TokenError, check_jti, check_times, claims};
use crate::domain::time::Timestamp;
use crate::identity::SKEW;
use crate::identity::jws::{self, Parts, TokenHeader};
use crate::identity::peer::PeerIdentity;

/// Longest life accepted, in seconds.
const MAX_LIFE: i64 = 600;

#[derive(Debug, Deserialize)]
struct Claims {
    iss: ParticipantId,
    sub: ParticipantId,
    aud: String,
    token: String,
    jti: String,
    iat: i64,
    exp: i64,
}

/// Such a token, taken apart and not verified: says whom to resolve.
#[derive(Debug)]
pub struct ClientToken<'a> {
    parts: Parts<'a, TokenHeader>,
    claims: Claims,
    kid: String,
}

impl<'a> ClientToken<'a> {
    pub fn parse(token: &'a str) -> Result<Self, TokenError> {
        let parts: Parts<'_, TokenHeader> = jws::parse(token, MAX_TOKEN)?;
        parts.header.check()?;
        let claims: Claims = claims(&parts)?;
        ParticipantId::did(claims.iss.as_str()).map_err(|e| TokenError::Malformed(e.to_string()))?;
        let kid = parts.header.kid.clone().ok_or_else(|| TokenError::Malformed("`kid` is missing".into()))?;
        let own = kid.split_once('#').is_some_and(|(did, _)| did == claims.iss.as_str());
        if claims.sub != claims.iss || !own {
            return Err(TokenError::IssuerMismatch);
        }
        check_jti(&claims.jti)?;
        Ok(Self { parts, claims, kid })
    }

    pub fn issuer(&self) -> &ParticipantId {
        &self.claims.iss
    }
    pub fn kid(&self) -> &str {
        &self.kid
    }
    /// The access token that is to be renewed.
    pub fn access(&self) -> &str {
        &self.claims.token
    }
    /// What must be remembered as used, and until when.
    pub fn used(&self) -> (String, Timestamp) {
        (self.claims.jti.clone(), Timestamp::from_seconds(self.claims.exp.saturating_add(SKEW + 1)))
    }

    /// What can be refused without the issuer's key.
    pub fn check(&self, audience: &str, now: Timestamp) -> Result<(), TokenError> {
        if self.claims.aud != audience {
            return Err(TokenError::WrongAudience);
        }
        check_times(self.claims.iat, None, self.claims.exp, now)?;
        match self.claims.exp.saturating_sub(self.claims.iat) > MAX_LIFE {
            true => Err(TokenError::TooLong),
            false => Ok(()),
        }
    }

    /// Verifies the signature with its issuer's identity.
    pub fn verify(&self, identity: &PeerIdentity) -> Result<(), TokenError> {
        if identity.did() != self.issuer() {
            return Err(TokenError::IssuerMismatch);
        }
        let key = identity.authentication_key(&self.kid, self.claims.iat)?;
        Ok(self.parts.verify(self.parts.header.check()?, &key)?)
    }
}
