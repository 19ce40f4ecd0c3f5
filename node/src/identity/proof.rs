//! What members sign to be kept: contracts, statements, revocations.

use contracts::contract::{self, Capacity};
use contracts::duty::{self, Notice};
use contracts::format::FormatError;
use contracts::id::ParticipantId;
use contracts::jcs::{self, JcsError};
use contracts::revocation::{self, Revocation};
use contracts::statement::{self, Statement};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::SKEW;
use super::jws::{self, DocumentHeader, JwsError, Parts};
use super::peer::{KeyRefusal, PeerIdentity};
use super::public::Alg;
use super::signer::Signer;
use crate::domain::time::Timestamp;

/// Longest signed document accepted, in characters.
pub(super) const MAX_DOCUMENT: usize = 64 * 1024;

#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    #[error(transparent)]
    Jws(#[from] JwsError),
    #[error("the signed document is not canonical: {0}")]
    Canonical(#[from] JcsError),
    #[error("the signed document is not as expected: {0}")]
    Shape(String),
    #[error("the signed document is inconsistent: {0}")]
    Format(#[from] FormatError),
    #[error("key refused: {0}")]
    Key(#[from] KeyRefusal),
    #[error("signed by {found}, expected {expected}")]
    OtherSigner { expected: String, found: String },
    #[error("dated in the future")]
    Future,
    #[error("expired")]
    Expired,
}

/// Header of a signature over a contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignatureHeader {
    alg: Alg,
    kid: String,
    typ: String,
    cap: Capacity,
    iat: i64,
    /// Digest of the signer's DID document, when the signer is no party (a party's is in the contract).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    identity: Option<String>,
}

/// Who signed a contract, in what capacity, with which key and when, as the signature itself says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureInfo {
    pub did: ParticipantId,
    pub kid: String,
    pub alg: Alg,
    pub capacity: Capacity,
    pub at: Timestamp,
    pub identity: Option<String>,
}

/// Signs the canonical bytes of a contract. `identity`: see [`SignatureInfo::identity`]; `None` for a party.
pub fn sign_contract(
    document: &[u8],
    signer: &Signer,
    capacity: Capacity,
    identity: Option<String>,
    at: Timestamp,
) -> Result<String, ProofError> {
    let header = SignatureHeader {
        alg: signer.alg(),
        kid: signer.kid().to_owned(),
        typ: contract::TYP.to_owned(),
        cap: capacity,
        iat: at.seconds(),
        identity,
    };
    Ok(jws::sign_detached(&header, document, signer)?)
}

/// What a contract signature says of itself, before anything is verified: whom to resolve.
pub fn read_contract_signature(jws: &str) -> Result<SignatureInfo, ProofError> {
    let parts = signature_parts(jws)?;
    info(&parts.header)
}

/// Verifies a signature over a contract with the signer's identity. `now` refuses signatures of the future; a file
/// verified without a clock passes `None`.
pub fn verify_contract_signature(
    jws: &str,
    document: &[u8],
    identity: &PeerIdentity,
    now: Option<Timestamp>,
) -> Result<SignatureInfo, ProofError> {
    let parts = signature_parts(jws)?;
    let info = info(&parts.header)?;
    same(identity.did(), &info.did)?;
    if info.identity.as_deref().is_some_and(|digest| digest != identity.digest()) {
        return Err(ProofError::Shape("signed under another DID document".into()));
    }
    not_future(parts.header.iat, now)?;
    let key = identity.assertion_key(&info.kid, parts.header.iat)?;
    parts.verify_detached(info.alg, &key, document)?;
    Ok(info)
}

fn signature_parts(jws: &str) -> Result<Parts<'_, SignatureHeader>, ProofError> {
    let parts: Parts<'_, SignatureHeader> = jws::parse(jws, MAX_DOCUMENT)?;
    jws::check_type(&parts.header.typ, contract::TYP)?;
    Ok(parts)
}

fn info(header: &SignatureHeader) -> Result<SignatureInfo, ProofError> {
    Ok(SignatureInfo {
        did: did_of(&header.kid)?,
        kid: header.kid.clone(),
        alg: header.alg,
        capacity: header.cap,
        at: Timestamp::from_seconds(header.iat),
        identity: header.identity.clone(),
    })
}

/// The DID in the header of a signed document, before anything is verified: whom to resolve.
pub fn signer_of(jws: &str) -> Result<(ParticipantId, String), ProofError> {
    let parts: Parts<'_, DocumentHeader> = jws::parse(jws, MAX_DOCUMENT)?;
    Ok((did_of(&parts.header.kid)?, parts.header.kid))
}

pub fn sign_statement(statement: &Statement, signer: &Signer) -> Result<String, ProofError> {
    statement.check()?;
    sign_document(statement, statement::TYP, signer)
}

/// Verifies a statement, which must be the identity's own and in force.
pub fn verify_statement(jws: &str, identity: &PeerIdentity, now: Timestamp) -> Result<Statement, ProofError> {
    let (statement, kid, parts) = read_document::<Statement>(jws, statement::TYP)?;
    statement.check()?;
    same(identity.did(), &statement.iss)?;
    verify_document(&parts, &kid, identity, statement.iat)?;
    not_future(statement.iat, Some(now))?;
    if statement.exp.saturating_add(SKEW) <= now.seconds() {
        return Err(ProofError::Expired);
    }
    Ok(statement)
}

pub fn sign_notice(notice: &Notice, signer: &Signer) -> Result<String, ProofError> {
    notice.check()?;
    sign_document(notice, duty::TYP, signer)
}

/// Verifies a notice by this identity. Whether it is a party to the agreement is for the caller to check.
pub fn verify_notice(
    jws: &str,
    identity: &PeerIdentity,
    now: Option<Timestamp>,
) -> Result<Notice, ProofError> {
    let (notice, kid, parts) = read_document::<Notice>(jws, duty::TYP)?;
    notice.check()?;
    same(identity.did(), &notice.by)?;
    verify_document(&parts, &kid, identity, notice.at.seconds())?;
    not_future(notice.at.seconds(), now)?;
    Ok(notice)
}

pub fn sign_revocation(revocation: &Revocation, signer: &Signer) -> Result<String, ProofError> {
    revocation.check()?;
    sign_document(revocation, revocation::TYP, signer)
}

/// What a revocation says, before anything is verified.
pub fn revocation_of(jws: &str) -> Result<Revocation, ProofError> {
    Ok(read_document::<Revocation>(jws, revocation::TYP)?.0)
}

/// Verifies a revocation by this identity. Whether it is a party to the agreement is for the caller to check.
pub fn verify_revocation(
    jws: &str,
    identity: &PeerIdentity,
    now: Option<Timestamp>,
) -> Result<Revocation, ProofError> {
    let (revocation, kid, parts) = read_document::<Revocation>(jws, revocation::TYP)?;
    revocation.check()?;
    same(identity.did(), &revocation.by)?;
    verify_document(&parts, &kid, identity, revocation.at.seconds())?;
    not_future(revocation.at.seconds(), now)?;
    Ok(revocation)
}

pub(super) fn sign_document<T: Serialize>(
    document: &T,
    typ: &str,
    signer: &Signer,
) -> Result<String, ProofError> {
    let header = DocumentHeader { alg: signer.alg(), kid: signer.kid().to_owned(), typ: typ.to_owned() };
    Ok(jws::sign(&header, &jcs::canonical(document)?, signer)?)
}

pub(super) fn read_document<'a, T: DeserializeOwned + Serialize>(
    jws: &'a str,
    typ: &'static str,
) -> Result<(T, String, Parts<'a, DocumentHeader>), ProofError> {
    let parts: Parts<'_, DocumentHeader> = jws::parse(jws, MAX_DOCUMENT)?;
    jws::check_type(&parts.header.typ, typ)?;
    let payload = parts.payload()?;
    let document: T = serde_json::from_slice(&payload).map_err(|e| ProofError::Shape(e.to_string()))?;
    if jcs::canonical(&document)? != payload {
        return Err(JcsError::NotCanonical.into());
    }
    Ok((document, parts.header.kid.clone(), parts))
}

pub(super) fn verify_document(
    parts: &Parts<'_, DocumentHeader>,
    kid: &str,
    identity: &PeerIdentity,
    at: i64,
) -> Result<(), ProofError> {
    same(identity.did(), &did_of(kid)?)?;
    let key = identity.assertion_key(kid, at)?;
    Ok(parts.verify(parts.header.alg, &key)?)
}

pub(super) fn did_of(kid: &str) -> Result<ParticipantId, ProofError> {
    let did = kid.split_once('#').map(|(did, _)| did).unwrap_or_default();
    ParticipantId::did(did).map_err(|_| ProofError::Shape("`kid` is not <did>#<key>".into()))
}

pub(super) fn same(expected: &ParticipantId, found: &ParticipantId) -> Result<(), ProofError> {
    if expected == found {
        return Ok(());
    }
    Err(ProofError::OtherSigner { expected: expected.to_string(), found: found.to_string() })
}

pub(super) fn not_future(at: i64, now: Option<Timestamp>) -> Result<(), ProofError> {
    match now {
        Some(now) if at > now.seconds().saturating_add(SKEW) => Err(ProofError::Future),
        _ => Ok(()),
    }
}
