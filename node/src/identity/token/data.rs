//! Access tokens to the bytes of one transfer, issued by a member for itself: by the provider to read, bound to the
//! consumer's key; by the consumer to write into its sink.

use std::sync::Arc;

use contracts::id::{AgreementId, ParticipantId, Pid};
use contracts::jcs::sha256_b64url;
use serde::{Deserialize, Serialize};

use super::{MAX_TOKEN, TokenError, check_jti, check_times, claims};
use crate::domain::time::Timestamp;
use crate::identity::cache::Cache;
use crate::identity::jws::{self, Parts, TokenHeader};
use crate::identity::keys::{Keyring, Purpose};
use crate::identity::public::PublicKey;
use crate::identity::random;

/// `typ` of data tokens (RFC 9068, section 2.1), so that neither kind passes for the other.
const DATA_TYP: &str = "at+jwt";

/// What a data token gives access to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataClaims {
    pub iss: ParticipantId,
    /// The issuer's `<base>/data` or `<base>/sink`.
    pub aud: String,
    /// The other party.
    pub sub: ParticipantId,
    pub jti: String,
    pub iat: i64,
    pub exp: i64,
    pub agr: AgreementId,
    /// The issuer's name of the transfer.
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
    /// The issuer's `<base>/data` or `<base>/sink`.
    pub audience: &'a str,
    /// Who may use it.
    pub party: &'a ParticipantId,
    pub agreement: &'a AgreementId,
    pub transfer: &'a Pid,
    /// Thumbprint of the consumer's key; `None` makes a bearer token.
    pub jkt: Option<&'a str>,
    pub expires: Timestamp,
}

/// Issues a data token with the member's data key. Returns it with its `jti`.
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
        sub: grant.party.clone(),
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
    ) -> Result<Arc<DataClaims>, TokenError> {
        let claims = self.signed(token, keyring)?;
        if claims.iss != *keyring.did() || claims.aud != audience {
            return Err(TokenError::WrongAudience);
        }
        check_times(claims.iat, None, claims.exp, now)?;
        Ok(claims)
    }

    /// What a token says that this member signed, whether it still holds or not.
    pub fn signed(&self, token: &str, keyring: &Keyring) -> Result<Arc<DataClaims>, TokenError> {
        // The memory is shared by members: what one accepted says nothing for another.
        let seen = format!("{} {}", keyring.did(), sha256_b64url(token.as_bytes()));
        if let Some(claims) = self.seen.get(&seen) {
            return Ok(claims);
        }
        let claims = Arc::new(verified(token, keyring)?);
        self.seen.put(seen, claims.clone());
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
