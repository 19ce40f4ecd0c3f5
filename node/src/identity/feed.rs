//! The seal of a page of a member's feed.

use contracts::feed::{PageSeal, TYP};

use super::peer::PeerIdentity;
use super::proof::{ProofError, not_future, read_document, same, sign_document, verify_document};
use super::signer::Signer;
use crate::domain::time::Timestamp;

pub fn sign_page(seal: &PageSeal, signer: &Signer) -> Result<String, ProofError> {
    sign_document(seal, TYP, signer)
}

/// Verifies a seal, which must be this identity's own.
pub fn verify_page(jws: &str, identity: &PeerIdentity, now: Timestamp) -> Result<PageSeal, ProofError> {
    let (seal, kid, parts) = read_document::<PageSeal>(jws, TYP)?;
    same(identity.did(), &seal.by)?;
    verify_document(&parts, &kid, identity, seal.at.seconds())?;
    not_future(seal.at.seconds(), Some(now))?;
    Ok(seal)
}
