//! Words about use cases: signed by who says them.

use contracts::use_case::{self, Word};

use super::peer::PeerIdentity;
use super::proof::{ProofError, not_future, read_document, same, sign_document, verify_document};
use super::signer::Signer;
use crate::domain::time::Timestamp;

pub fn sign_word(word: &Word, signer: &Signer) -> Result<String, ProofError> {
    word.check()?;
    sign_document(word, use_case::TYP, signer)
}

/// Verifies a word, which must be this identity's own.
pub fn verify_word(jws: &str, identity: &PeerIdentity, now: Timestamp) -> Result<Word, ProofError> {
    let (word, kid, parts) = read_document::<Word>(jws, use_case::TYP)?;
    word.check()?;
    same(identity.did(), &word.by)?;
    verify_document(&parts, &kid, identity, word.at.seconds())?;
    not_future(word.at.seconds(), Some(now))?;
    Ok(word)
}

/// What a proposal says that its operator took: verified by that, not again.
pub fn proposal_of(jws: &str) -> Result<Word, ProofError> {
    let (word, _, _) = read_document::<Word>(jws, use_case::TYP)?;
    word.check()?;
    Ok(word)
}
