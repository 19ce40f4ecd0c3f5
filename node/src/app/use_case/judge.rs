//! What the rules of a framework say of a proposal, before any body is asked.

use contracts::framework::FrameworkFile;
use contracts::id::ParticipantId;
use contracts::use_case::Proposal;
use policies::framework::{Listed, listed};

use super::{Error, Voice, both};
use crate::app::membership::is_member;
use crate::store::Tx;

/// Every reason why the rules do not allow it; none: it is an idea of the framework.
pub(super) async fn reasons(
    tx: &mut Tx<'_>,
    voice: &Voice,
    file: &FrameworkFile,
    proposal: &Proposal,
) -> Result<Vec<String>, Error> {
    let framework = &file.framework;
    let mut reasons = Vec::new();
    for purpose in &proposal.purposes {
        let key = match listed(&framework.parts.rules.purposes, purpose) {
            Listed::Allowed => continue,
            Listed::Prohibited => "trust.case-prohibited",
            Listed::Unlisted => "trust.case-unlisted",
            Listed::Unknown => "trust.case-unknown",
        };
        reasons.push(both(key, &[("purpose", &clipped(purpose))]));
    }
    for recipient in &proposal.recipients {
        if !is_member(tx, &voice.did, &framework.id, recipient).await? {
            reasons.push(both("trust.case-no-member", &[("who", &clipped(recipient.as_str()))]));
        }
    }
    let ends = proposal.ends;
    if ends.seconds() <= voice.now.seconds() {
        reasons.push(both("trust.case-ended", &[("ends", &ends.to_string())]));
    }
    if let Some(sunset) = framework.sunset.filter(|sunset| *sunset < ends) {
        reasons.push(both("trust.case-sunset", &[("sunset", &sunset.to_string())]));
    }
    reasons.truncate(contracts::use_case::MAX_ITEMS);
    Ok(reasons)
}

/// Who may speak for a use case: a member.
///
/// # Errors
/// [`Error::NotAllowed`] for who is none.
pub(super) async fn must_be_member(
    tx: &mut Tx<'_>,
    voice: &Voice,
    framework: &contracts::id::FrameworkId,
    who: &ParticipantId,
) -> Result<(), Error> {
    match is_member(tx, &voice.did, framework, who).await? {
        true => Ok(()),
        false => {
            Err(Error::NotAllowed { reasons: vec![both("trust.case-no-member", &[("who", who.as_str())])] })
        }
    }
}

fn clipped(text: &str) -> String {
    text.chars().take(200).collect()
}
