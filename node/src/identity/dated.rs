//! Detached signatures over documents of ours that say when they were made.

use serde::{Deserialize, Serialize};

use super::jws::{self, Parts};
use super::peer::PeerIdentity;
use super::proof::{MAX_DOCUMENT, ProofError, did_of, not_future, same};
use super::public::Alg;
use super::signer::Signer;
use crate::domain::time::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: Alg,
    kid: String,
    typ: String,
    iat: i64,
}

/// Which key signed, and when by its own date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    pub kid: String,
    pub at: Timestamp,
}

/// Signs the canonical bytes of a document of this type.
pub fn sign(
    typ: &'static str,
    document: &[u8],
    signer: &Signer,
    at: Timestamp,
) -> Result<String, ProofError> {
    let (alg, kid) = (signer.alg(), signer.kid().to_owned());
    let header = Header { alg, kid, typ: typ.to_owned(), iat: at.seconds() };
    Ok(jws::sign_detached(&header, document, signer)?)
}

/// Verifies a signature, which must be this identity's own. `now` refuses signatures of the future; a file verified
/// without a clock passes `None`.
pub fn verify(
    typ: &'static str,
    jws: &str,
    document: &[u8],
    identity: &PeerIdentity,
    now: Option<Timestamp>,
) -> Result<Signed, ProofError> {
    let parts: Parts<'_, Header> = jws::parse(jws, MAX_DOCUMENT)?;
    jws::check_type(&parts.header.typ, typ)?;
    same(identity.did(), &did_of(&parts.header.kid)?)?;
    not_future(parts.header.iat, now)?;
    let key = identity.assertion_key(&parts.header.kid, parts.header.iat)?;
    parts.verify_detached(parts.header.alg, &key, document)?;
    Ok(Signed { kid: parts.header.kid.clone(), at: Timestamp::from_seconds(parts.header.iat) })
}
