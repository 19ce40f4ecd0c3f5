//! Self-issued ID tokens (DCP 1.0, 4.3): who calls, and the right to ask the caller's credential service.

use contracts::id::ParticipantId;
use serde::{Deserialize, Serialize};

use super::{MAX_TOKEN, TokenError, check_jti, claims};
use crate::domain::time::Timestamp;
use crate::identity::jws::{self, Parts, TokenHeader};
use crate::identity::keys::{Keyring, Purpose};
use crate::identity::peer::PeerIdentity;
use crate::identity::random;

/// Clock difference tolerated, in seconds: less than for our own tokens, as everybody's of this protocol.
pub const LEEWAY: i64 = 5;
/// Longest life accepted, in seconds.
const MAX_LIFE: i64 = 900;
/// Life of those we issue, in seconds.
pub const LIFE: i64 = 300;

#[derive(Serialize)]
struct Out<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'a str>,
}

/// Issues a token to an audience. `access`: what lets the audience ask our credential service, or what it gave us.
///
/// # Errors
/// [`TokenError::Own`]: no key of ours signs now.
pub fn issue_self(
    keyring: &Keyring,
    audience: &str,
    access: Option<&str>,
    now: Timestamp,
) -> Result<String, TokenError> {
    let did = keyring.did().as_str();
    sign(keyring, now, |at| Out { iss: did, sub: did, aud: audience, token: access, ..Out::at(at) })
}

/// Issues what lets a verifier ask our credential service for what the scopes name: only we read it.
///
/// # Errors
/// As [`issue_self`].
pub fn issue_access(
    keyring: &Keyring,
    verifier: &str,
    scope: &str,
    now: Timestamp,
) -> Result<String, TokenError> {
    let did = keyring.did().as_str();
    sign(keyring, now, |at| Out { iss: did, sub: verifier, aud: did, scope: Some(scope), ..Out::at(at) })
}

impl Out<'_> {
    fn at(at: i64) -> Self {
        Self {
            iss: "",
            sub: "",
            aud: "",
            iat: at,
            nbf: at,
            exp: at + LIFE,
            jti: random::nonce(),
            token: None,
            scope: None,
        }
    }
}

fn sign<'a>(
    keyring: &Keyring,
    now: Timestamp,
    make: impl FnOnce(i64) -> Out<'a>,
) -> Result<String, TokenError> {
    let key = keyring.current(Purpose::Sign, now)?;
    let mut header = TokenHeader::new(key.signer.alg(), "JWT");
    header.kid = Some(key.kid().to_owned());
    let payload = serde_json::to_vec(&make(now.seconds())).map_err(|e| TokenError::Own(e.to_string()))?;
    Ok(jws::sign(&header, &payload, &key.signer)?)
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

#[derive(Debug, Deserialize)]
struct In {
    iss: ParticipantId,
    sub: String,
    aud: Audience,
    iat: i64,
    nbf: Option<i64>,
    exp: i64,
    jti: String,
    token: Option<String>,
    scope: Option<String>,
    bh: Option<String>,
}

/// A token, taken apart and not verified: says whom to resolve.
#[derive(Debug)]
pub struct SelfIssued<'a> {
    parts: Parts<'a, TokenHeader>,
    claims: In,
    kid: Option<String>,
}

impl<'a> SelfIssued<'a> {
    /// # Errors
    /// It is no such token, or its issuer is not its subject.
    pub fn parse(token: &'a str) -> Result<Self, TokenError> {
        let found = Self::read(token)?;
        match found.claims.sub == found.claims.iss.as_str() {
            true => Ok(found),
            false => Err(TokenError::IssuerMismatch),
        }
    }

    fn read(token: &'a str) -> Result<Self, TokenError> {
        let parts: Parts<'_, TokenHeader> = jws::parse(token, MAX_TOKEN)?;
        parts.header.check()?;
        let claims: In = claims(&parts)?;
        ParticipantId::did(claims.iss.as_str()).map_err(|e| TokenError::Malformed(e.to_string()))?;
        let kid = match parts.header.kid.as_deref().map(|kid| (kid, kid.split_once('#'))) {
            None => None,
            Some((kid, Some((did, _)))) if did == claims.iss.as_str() => Some(kid.to_owned()),
            Some((kid, Some(("", _)))) => Some(format!("{}{kid}", claims.iss)),
            Some(_) => return Err(TokenError::IssuerMismatch),
        };
        check_jti(&claims.jti)?;
        Ok(Self { parts, claims, kid })
    }

    pub fn issuer(&self) -> &ParticipantId {
        &self.claims.iss
    }
    /// The key it names, if it names one.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }
    /// What lets its audience ask the issuer's credential service.
    pub fn access(&self) -> Option<&str> {
        self.claims.token.as_deref().filter(|token| !token.is_empty())
    }
    /// The digest of the body it is bound to, as between our own nodes.
    pub fn body(&self) -> Option<&str> {
        self.claims.bh.as_deref()
    }
    /// What must be remembered as used, and until when.
    pub fn used(&self) -> (String, Timestamp) {
        (self.claims.jti.clone(), Timestamp::from_seconds(self.claims.exp.saturating_add(LEEWAY + 1)))
    }

    /// What can be refused without the issuer's key: audience and times.
    ///
    /// # Errors
    /// The first that is wrong.
    pub fn check(&self, audience: &str, now: Timestamp) -> Result<(), TokenError> {
        let (claims, now) = (&self.claims, now.seconds());
        let ours = match &claims.aud {
            Audience::One(one) => one == audience,
            Audience::Many(many) => matches!(many.as_slice(), [one] if one == audience),
        };
        if !ours {
            return Err(TokenError::WrongAudience);
        }
        if claims.exp.saturating_add(LEEWAY) <= now {
            return Err(TokenError::Expired);
        }
        if claims.iat > now + LEEWAY || claims.nbf.is_some_and(|nbf| nbf > now + LEEWAY) {
            return Err(TokenError::NotYet);
        }
        match claims.exp.saturating_sub(claims.iat) > MAX_LIFE {
            true => Err(TokenError::TooLong),
            false => Ok(()),
        }
    }

    /// Verifies the signature by a key that the issuer shows for acting (`capabilityInvocation`); gives its thumbprint.
    ///
    /// # Errors
    /// There is no such key, or it did not sign.
    pub fn verify(&self, identity: &PeerIdentity) -> Result<String, TokenError> {
        if identity.did() != self.issuer() {
            return Err(TokenError::IssuerMismatch);
        }
        let key = match &self.kid {
            Some(kid) => identity.invocation_key(kid, self.claims.iat)?,
            // Without a name there must be no choice (DCP 1.0, 4.3.3).
            None => match identity.document().verification_method.as_slice() {
                [only] => {
                    identity.invocation_key(&identity.document().absolute(&only.id), self.claims.iat)?
                }
                _ => return Err(TokenError::Malformed("`kid` is missing".into())),
            },
        };
        self.parts.verify(self.parts.header.check()?, &key)?;
        Ok(key.thumbprint().to_owned())
    }
}

/// What a verifier may ask for: the scopes of an access token of ours that it was given.
///
/// # Errors
/// It is not ours, has ended, or was given to somebody else.
pub fn read_access(
    access: &str,
    keyring: &Keyring,
    verifier: &ParticipantId,
    now: Timestamp,
) -> Result<Vec<String>, TokenError> {
    let token = SelfIssued::read(access)?;
    if token.issuer() != keyring.did() || token.claims.sub != verifier.as_str() {
        return Err(TokenError::IssuerMismatch);
    }
    token.check(keyring.did().as_str(), now)?;
    let kid = token.kid().ok_or_else(|| TokenError::Malformed("`kid` is missing".into()))?;
    let key = keyring.by_kid(kid).filter(|key| key.purpose == Purpose::Sign);
    let key = key.ok_or_else(|| TokenError::UnknownKey(kid.chars().take(200).collect()))?;
    token.parts.verify(token.parts.header.check()?, &key.public)?;
    let scope = token.claims.scope.as_deref().unwrap_or_default();
    Ok(scope.split_whitespace().map(ToOwned::to_owned).collect())
}
