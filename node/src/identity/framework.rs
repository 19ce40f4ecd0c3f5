//! Signatures over trust frameworks.

use contracts::framework::{FrameworkFile, TYP};

use super::dated;
pub use super::dated::Signed;
use super::peer::PeerIdentity;
use super::proof::ProofError;
use super::signer::Signer;
use crate::domain::time::Timestamp;

/// Signs the canonical bytes of a framework (detached).
pub fn sign_framework(document: &[u8], signer: &Signer, at: Timestamp) -> Result<String, ProofError> {
    dated::sign(TYP, document, signer, at)
}

/// Verifies that the publisher whom the framework names signed it, with this identity, which is the publisher's.
pub fn verify_framework(
    file: &FrameworkFile,
    publisher: &PeerIdentity,
    now: Option<Timestamp>,
) -> Result<Signed, ProofError> {
    super::proof::same(publisher.did(), &file.framework.publisher.did)?;
    dated::verify(TYP, &file.signature, &file.framework.canonical()?, publisher, now)
}
