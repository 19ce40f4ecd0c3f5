//! The seal of an evidence pack.

use contracts::evidence::{Seal, TYP};

use super::peer::PeerIdentity;
use super::proof::{ProofError, read_document, same, sign_document, verify_document};
use super::signer::Signer;

pub fn sign_seal(seal: &Seal, signer: &Signer) -> Result<String, ProofError> {
    sign_document(seal, TYP, signer)
}

/// Verifies a seal, which must be this identity's own.
pub fn verify_seal(jws: &str, identity: &PeerIdentity) -> Result<Seal, ProofError> {
    let (seal, kid, parts) = read_document::<Seal>(jws, TYP)?;
    same(identity.did(), &seal.by)?;
    verify_document(&parts, &kid, identity, seal.at.seconds())?;
    Ok(seal)
}
