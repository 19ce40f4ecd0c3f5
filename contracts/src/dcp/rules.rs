//! When a credential counts. Signatures, and where lists come from, are the caller's; all else is decided here.

#[cfg(test)]
mod tests;

use super::credential::Credential;
use super::status::{Bits, MIN_BITS, Purpose, StatusEntry, StatusList};
use crate::id::ParticipantId;

/// Why a credential does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{0} is not trusted to issue {1}")]
    Untrusted(ParticipantId, String),
    #[error("the credential is about another participant")]
    OtherHolder,
    #[error("the credential is not valid yet")]
    NotYet,
    #[error("the credential has expired")]
    Expired,
    #[error("the credential is revoked")]
    Revoked,
    #[error("the credential is suspended")]
    Suspended,
    #[error("the status list is not the issuer's")]
    OtherList,
    #[error("the status list has {0} bits, {MIN_BITS} is the least")]
    ShortList(usize),
    #[error("the status list does not reach to {0}")]
    BeyondList(u64),
    #[error("the status list is not valid now")]
    StaleList,
    #[error("the status list is older than one that was seen, or takes a revocation back")]
    RolledBack,
    #[error("no {0} was presented")]
    Missing(String),
}

/// What a verifier expects.
pub struct Expected<'a> {
    pub holder: &'a ParticipantId,
    /// Seconds since the epoch.
    pub now: i64,
    /// Clock difference tolerated, in seconds.
    pub leeway: i64,
    /// Whether this issuer is trusted for a credential of these types.
    pub trusted: &'a dyn Fn(&ParticipantId, &Credential) -> bool,
}

/// Issuer, holder and validity (DCP 1.0, 5.4.3).
///
/// # Errors
/// The first rule that is broken.
pub fn check(credential: &Credential, expected: &Expected<'_>) -> Result<(), Refusal> {
    if !(expected.trusted)(&credential.issuer, credential) {
        return Err(Refusal::Untrusted(
            credential.issuer.clone(),
            credential.kind().chars().take(100).collect(),
        ));
    }
    if credential.holder() != Some(expected.holder.as_str()) {
        return Err(Refusal::OtherHolder);
    }
    valid(credential.from, credential.until, expected.now, expected.leeway)
}

/// Whether an interval holds now.
///
/// # Errors
/// [`Refusal::NotYet`], [`Refusal::Expired`].
pub fn valid(from: i64, until: Option<i64>, now: i64, leeway: i64) -> Result<(), Refusal> {
    if from > now.saturating_add(leeway) {
        return Err(Refusal::NotYet);
    }
    match until.is_some_and(|until| until.saturating_add(leeway) <= now) {
        true => Err(Refusal::Expired),
        false => Ok(()),
    }
}

/// The newest state of a list that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub stated: Option<i64>,
    pub bits: Bits,
}

/// Whether a list may be believed: whose, how long, from when, and whether it continues what was seen of it.
///
/// # Errors
/// The first rule that is broken.
pub fn check_list(
    list: &StatusList,
    issuer: &ParticipantId,
    least: usize,
    seen: Option<&Seen>,
    now: i64,
    leeway: i64,
) -> Result<(), Refusal> {
    if list.issuer != *issuer {
        return Err(Refusal::OtherList);
    }
    if list.bits.count() < least {
        return Err(Refusal::ShortList(list.bits.count()));
    }
    valid(list.from, list.until, now, leeway).map_err(|_| Refusal::StaleList)?;
    let Some(seen) = seen else { return Ok(()) };
    let older = matches!((list.stated, seen.stated), (Some(now), Some(before)) if now < before)
        || (list.stated.is_none() && seen.stated.is_some());
    let taken_back = list.purpose == Purpose::Revocation && !list.bits.keeps(&seen.bits);
    match older || taken_back {
        true => Err(Refusal::RolledBack),
        false => Ok(()),
    }
}

/// What the bit of a credential says.
///
/// # Errors
/// [`Refusal::Revoked`], [`Refusal::Suspended`], or the list is about something else or too short.
pub fn check_status(entry: &StatusEntry, list: &StatusList) -> Result<(), Refusal> {
    if entry.purpose != list.purpose {
        return Err(Refusal::OtherList);
    }
    match (list.bits.get(entry.index), entry.purpose) {
        (None, _) => Err(Refusal::BeyondList(entry.index)),
        (Some(false), _) => Ok(()),
        (Some(true), Purpose::Revocation) => Err(Refusal::Revoked),
        (Some(true), Purpose::Suspension) => Err(Refusal::Suspended),
    }
}
