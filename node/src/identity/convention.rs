//! Signatures over conventions of hosting.

use contracts::convention::TYP;

use super::dated;
pub use super::dated::Signed;
use super::peer::PeerIdentity;
use super::proof::ProofError;
use super::signer::Signer;
use crate::domain::time::Timestamp;

/// Signs the canonical bytes of a convention (detached).
pub fn sign_convention(document: &[u8], signer: &Signer, at: Timestamp) -> Result<String, ProofError> {
    dated::sign(TYP, document, signer, at)
}

/// Verifies a signature over a convention; see [`dated::verify`].
pub fn verify_convention(
    jws: &str,
    document: &[u8],
    identity: &PeerIdentity,
    now: Option<Timestamp>,
) -> Result<Signed, ProofError> {
    dated::verify(TYP, jws, document, identity, now)
}
