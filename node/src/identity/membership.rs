//! Words about memberships, and ballots: signed by who says them.

use contracts::ballot::{self, Ballot};
use contracts::membership::{self, Word};

use super::peer::PeerIdentity;
use super::proof::{ProofError, not_future, read_document, same, sign_document, verify_document};
use super::signer::Signer;
use crate::domain::time::Timestamp;

pub fn sign_word(word: &Word, signer: &Signer) -> Result<String, ProofError> {
    word.check()?;
    sign_document(word, membership::TYP, signer)
}

/// Verifies a word, which must be this identity's own.
pub fn verify_word(jws: &str, identity: &PeerIdentity, now: Timestamp) -> Result<Word, ProofError> {
    let (word, kid, parts) = read_document::<Word>(jws, membership::TYP)?;
    word.check()?;
    same(identity.did(), &word.by)?;
    verify_document(&parts, &kid, identity, word.at.seconds())?;
    not_future(word.at.seconds(), Some(now))?;
    Ok(word)
}

pub fn sign_ballot(ballot: &Ballot, signer: &Signer) -> Result<String, ProofError> {
    ballot.check()?;
    sign_document(ballot, ballot::TYP, signer)
}

/// Verifies a ballot, which must be this identity's own. `now` refuses ballots of the future; who counts again later passes
/// `None`.
pub fn verify_ballot(
    jws: &str,
    identity: &PeerIdentity,
    now: Option<Timestamp>,
) -> Result<Ballot, ProofError> {
    let (ballot, kid, parts) = read_document::<Ballot>(jws, ballot::TYP)?;
    ballot.check()?;
    same(identity.did(), &ballot.by)?;
    verify_document(&parts, &kid, identity, ballot.at.seconds())?;
    not_future(ballot.at.seconds(), now)?;
    Ok(ballot)
}

/// The words of a ballot that was counted.
pub fn ballot_words(jws: &str) -> Option<String> {
    read_document::<Ballot>(jws, ballot::TYP).ok()?.0.words
}
