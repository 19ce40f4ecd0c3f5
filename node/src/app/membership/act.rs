//! What the operator of a framework does to a membership.

use contracts::ballot::Subject;
use contracts::id::{FrameworkId, ParticipantId, QuestionId};

use super::receive::{kept, step};
use super::say::Voice;
use super::{App, Error, Hosted, own};
use crate::app::question::open;
use crate::domain::membership::{Deed, Membership, Side, State};
use crate::text::say;

/// Acts that need no vote: both can be contested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Suspend,
    Resume,
}

/// The operator acts, and the member is told.
///
/// # Errors
/// [`Error::NotNow`] when the membership does not stand where this can happen.
pub async fn act(
    app: &App,
    hosted: &Hosted,
    framework: &FrameworkId,
    applicant: &ParticipantId,
    what: Act,
    reason: Option<String>,
) -> Result<Membership, Error> {
    let voice = Voice::of(app, hosted)?;
    let (framework, applicant) = (framework.clone(), applicant.clone());
    let reasons: Vec<String> = reason.into_iter().filter(|reason| !reason.trim().is_empty()).collect();
    if what == Act::Suspend && reasons.is_empty() {
        return Err(Error::malformed(say("trust.member-words"), "/reason"));
    }
    let saved = app
        .store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                let found = kept(tx, &framework, &applicant).await?;
                let deed = match what {
                    Act::Suspend => Deed::Suspend,
                    Act::Resume => Deed::Resume,
                };
                step(tx, &voice, found, deed, reasons).await?;
                kept(tx, &framework, &applicant).await
            })
        })
        .await?;
    Ok(saved.value)
}

/// Asks the body that admits whether a member is to be excluded; nothing changes before it says so.
///
/// # Errors
/// [`Error::NotNow`] for who is no member.
pub async fn exclude(
    app: &App,
    hosted: &Hosted,
    framework: &FrameworkId,
    member: &ParticipantId,
    reason: String,
) -> Result<QuestionId, Error> {
    if reason.trim().is_empty() {
        return Err(Error::malformed(say("trust.member-words"), "/reason"));
    }
    let now = app.now();
    let (framework, member) = (framework.clone(), member.clone());
    let asked = app
        .store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                let found = tx.membership(&framework, Side::Operator, &member).await?;
                let found = found.ok_or(Error::NotFound("membership"))?;
                if !matches!(found.state, State::Member | State::Suspended) {
                    let state = found.state.as_str().to_owned();
                    return Err(Error::NotNow { state, expected: "member, suspended".into() });
                }
                let file = own(tx, &framework, now).await?;
                let subject = Subject::Exclusion { member, reason };
                open(tx, now, &file, &file.framework.parts.rules.admission.vote, subject).await
            })
        })
        .await?;
    Ok(asked.value)
}
