//! Who asks for bytes: a token of ours and, when it is bound to a key, the proof that the caller has it (RFC 9449,
//! section 7). Pure cryptography, no database.

use std::sync::Arc;

use contracts::id::Pid;

use crate::app::{App, Error, Hosted};
use crate::domain::event::Cause;
use crate::domain::time::Timestamp;
use crate::identity::dpop::Request;
use crate::identity::token::{DataClaims, TokenError, from_header};

/// What a request brings.
pub(super) struct Shown<'a> {
    pub method: &'a str,
    /// Below the member's address.
    pub path: &'a str,
    pub authorization: Option<&'a str>,
    /// Its proof of possession.
    pub dpop: Option<&'a str>,
    /// The transfer that its path names.
    pub transfer: &'a str,
}

/// What a request has shown.
pub(super) struct Proven {
    pub claims: Arc<DataClaims>,
    /// The proof's identifier and the end of its validity: used once. `None` for a bearer.
    pub proof: Option<(String, Timestamp)>,
}

/// Why a request has shown nothing; with the token's claims, if we did sign it.
pub(super) struct Unproven {
    pub error: Error,
    pub cause: Cause,
    pub claims: Option<Arc<DataClaims>>,
}

/// Verifies token and proof.
pub(super) fn authenticate(app: &App, hosted: &Hosted, shown: &Shown<'_>) -> Result<Proven, Unproven> {
    let authorization = shown.authorization;
    let bound = from_header("DPoP", authorization);
    let token = bound.clone().or_else(|_| from_header("Bearer", authorization));
    let signed = token.as_ref().ok().and_then(|token| app.tokens.signed(token, &hosted.keys()).ok());
    let wrong = |cause: Cause, error: Error| Unproven { error, cause, claims: signed.clone() };
    let token = token.map_err(|e| wrong(Cause::Token, e.into()))?;
    let now = app.now();
    let claims = app
        .tokens
        .verify(token, &hosted.keys(), &hosted.member.data_base(), now)
        .map_err(|e| wrong(if e == TokenError::Expired { Cause::Expired } else { Cause::Token }, e.into()))?;
    if Pid::from_segment(shown.transfer).ok().as_ref() != Some(&claims.tp) {
        let error = Error::Unauthenticated(TokenError::OtherTransfer);
        return Err(wrong(Cause::OtherTransfer, error));
    }
    let proof = match (&claims.cnf, bound) {
        (Some(cnf), Ok(token)) => {
            let url = hosted.member.at(shown.path);
            let request = Request { method: shown.method, url: &url, token };
            let proof = shown.dpop.ok_or(TokenError::Missing);
            let proof = proof.and_then(|proof| app.plane.proofs.verify(proof, &cnf.jkt, &request, now));
            let proof = proof.map_err(|e| wrong(Cause::Proof, e.into()))?;
            Some((proof.jti, proof.replay_until))
        }
        // A token bound to a key is no bearer token, and a bearer token proves nothing.
        (Some(_), Err(_)) => {
            return Err(wrong(Cause::Proof, TokenError::ProofMismatch("scheme: use DPoP").into()));
        }
        (None, Ok(_)) => {
            return Err(wrong(Cause::Proof, TokenError::ProofMismatch("scheme: use Bearer").into()));
        }
        (None, Err(_)) if !app.config.contracts.foreign_bearer => {
            let error = Error::Unauthenticated(TokenError::Bearer);
            return Err(wrong(Cause::Proof, error));
        }
        (None, Err(_)) => None,
    };
    Ok(Proven { claims, proof })
}
