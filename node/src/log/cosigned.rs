//! Whether a checkpoint carries the cosignatures that a policy asks for.

use contracts::tlog::cosignature;
use contracts::tlog::note::{Note, VerifierKey};
use contracts::tlog::policy::Policy;

use super::verify::signed;
use crate::identity::public::PublicKey;

/// A line names a known key and does not verify: the note is malformed (C2SP signed-note).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the cosignature of {0} does not verify")]
pub struct FalseLine(pub String);

/// When the holder of a key cosigned a checkpoint (seconds); `None` if it did not. Only Ed25519 can be verified: lines of
/// other keys count as absent.
pub fn cosigned_at(note: &Note, key: &VerifierKey) -> Result<Option<u64>, FalseLine> {
    let Some(public) = key.jwk().and_then(|jwk| PublicKey::from_jwk("", &jwk).ok()) else {
        return Ok(None);
    };
    let mut newest = None;
    for line in note.signatures.iter().filter(|line| line.name == key.name && line.key_id == key.id()) {
        let read = cosignature::read_line(key, line).filter(|(seconds, signature)| {
            public.verify(cosignature::message(&note.text, *seconds).as_bytes(), signature)
        });
        let (seconds, _) = read.ok_or_else(|| FalseLine(key.name.clone()))?;
        newest = newest.max(Some(seconds));
    }
    Ok(newest)
}

/// What a policy says of a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// One of its logs signed it, or it names none.
    pub by_a_log: bool,
    /// Enough of its witnesses cosigned it.
    pub is_met: bool,
    /// Who did, by the places in the policy, and when.
    pub cosigners: Vec<(usize, u64)>,
}

/// Judges a checkpoint of a log by a policy.
pub fn judge(note: &Note, origin: &str, policy: &Policy) -> Result<Judged, FalseLine> {
    let mut cosigners = Vec::new();
    let own: Vec<_> = policy.logs.iter().map(|log| &log.key).filter(|key| key.name == origin).collect();
    for (place, witness) in policy.witnesses.iter().enumerate() {
        // A log does not vouch for itself.
        if own.iter().any(|key| key.public == witness.key.public) {
            continue;
        }
        if let Some(at) = cosigned_at(note, &witness.key)? {
            cosigners.push((place, at));
        }
    }
    let by_a_log = policy.logs.is_empty()
        || policy.logs.iter().filter(|log| log.key.name == origin).any(|log| {
            let public = log.key.jwk().and_then(|jwk| PublicKey::from_jwk("", &jwk).ok());
            public.is_some_and(|public| signed(note, origin, &public))
        });
    let places: Vec<usize> = cosigners.iter().map(|(place, _)| *place).collect();
    Ok(Judged { by_a_log, is_met: policy.is_met(&places), cosigners })
}
