//! Words about requests for access: signed by who says them.

use contracts::access_request::{self, Word};

use super::peer::PeerIdentity;
use super::proof::{ProofError, not_future, read_document, same, sign_document, verify_document};
use super::signer::Signer;
use crate::domain::time::Timestamp;

pub fn sign_word(word: &Word, signer: &Signer) -> Result<String, ProofError> {
    word.check()?;
    sign_document(word, access_request::TYP, signer)
}

/// Verifies a word, which must be this identity's own.
pub fn verify_word(jws: &str, identity: &PeerIdentity, now: Timestamp) -> Result<Word, ProofError> {
    let (word, kid, parts) = read_document::<Word>(jws, access_request::TYP)?;
    word.check()?;
    same(identity.did(), &word.by)?;
    verify_document(&parts, &kid, identity, word.at.seconds())?;
    not_future(word.at.seconds(), Some(now))?;
    Ok(word)
}

/// What a word says that somebody else passed on; who passes it on answers for it.
pub fn read_word(jws: &str) -> Result<Word, ProofError> {
    let (word, _, _) = read_document::<Word>(jws, access_request::TYP)?;
    word.check()?;
    Ok(word)
}
