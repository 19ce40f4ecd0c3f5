//! What members say of a use case, and what its operator does.

use contracts::framework::Phase;
use contracts::id::{FrameworkId, ParticipantId, UseCaseId};
use contracts::use_case::{Asked, Audit, Reason, Said, check_words};

use super::say::{About, WORD, send, word};
use super::step::put;
use super::{App, Error, Hosted, Voice};
use crate::app::membership::{current, own};
use crate::domain::use_case::{Side, UseCase};
use crate::text::say;

/// What who proposed it wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// The next phase: bodies are asked.
    Step(Phase),
    /// Its end.
    Abandon,
}

/// Asks the operator, which is who answers.
///
/// # Errors
/// [`Error::NotFound`] for a use case that this member did not propose.
pub async fn act(
    app: &App,
    hosted: &Hosted,
    id: &UseCaseId,
    act: Act,
    words: String,
) -> Result<UseCase, Error> {
    readable("reason", &words)?;
    let found = app.store.read(hosted.id()).await?.use_case(Side::Party, id).await?;
    let found = found.filter(|found| found.proposer == *hosted.did()).ok_or(Error::NotFound("use case"))?;
    let said = match act {
        Act::Step(to) => Said::Step(Asked { to, words }),
        Act::Abandon => Said::Abandon(Reason { words }),
    };
    let signed = word(&Voice::of(app, hosted)?, &About::of(&found), said)?;
    say_to(app, hosted, found.operator.clone(), id.clone(), signed).await?;
    Ok(found)
}

/// Attests that a use case passed an ethical audit, as who holds a seat of a body that decides on it.
///
/// # Errors
/// [`Error::NotFound`] for a framework that is not here.
pub async fn audit(
    app: &App,
    hosted: &Hosted,
    framework: &FrameworkId,
    case: &UseCaseId,
    audit: Audit,
) -> Result<String, Error> {
    audit.check().map_err(|e| {
        Error::malformed(say("trust.member-malformed").with("what", e.what), format!("/{}", e.at))
    })?;
    let voice = Voice::of(app, hosted)?;
    let file = current(app.store.read(hosted.id()).await?.framework(framework).await?, voice.now)?;
    let about = About { framework, version: file.framework.version, case };
    let signed = word(&voice, &about, Said::Audit(audit))?;
    say_to(app, hosted, file.framework.publisher.did, case.clone(), signed.clone()).await?;
    Ok(signed)
}

/// The operator asks the bodies that let a use case where it is whether it is to end; nothing changes before they say so.
///
/// # Errors
/// [`Error::NotNow`] for one that is over, or about which bodies are asked already.
pub async fn withdraw(app: &App, hosted: &Hosted, id: &UseCaseId, reason: String) -> Result<UseCase, Error> {
    readable("reason", &reason)?;
    let voice = Voice::of(app, hosted)?;
    let case = id.clone();
    let saved = app
        .store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                let found = tx.use_case(Side::Operator, &case).await?.ok_or(Error::NotFound("use case"))?;
                let file = own(tx, &found.framework, voice.now).await?;
                let from = found.state.phase().unwrap_or(Phase::Abandonne);
                let steps = &file.framework.parts.use_cases.steps;
                let led = steps.iter().find(|step| step.to == from);
                let step = led.or_else(|| steps.iter().find(|step| step.from == from));
                let bodies = step.map(|step| step.bodies.clone()).unwrap_or_default();
                put(tx, &voice, &file, found, (from, Phase::Abandonne), &bodies).await?;
                tx.use_case(Side::Operator, &case).await?.ok_or(Error::NotFound("use case"))
            })
        })
        .await?;
    Ok(saved.value)
}

async fn say_to(
    app: &App,
    hosted: &Hosted,
    to: ParticipantId,
    case: UseCaseId,
    signed: String,
) -> Result<(), Error> {
    app.store
        .write(hosted.id(), move |tx| Box::pin(async move { send(tx, &to, &case, WORD, signed).await }))
        .await?;
    Ok(())
}

fn readable(at: &str, words: &str) -> Result<(), Error> {
    check_words(at, words)
        .map_err(|e| Error::malformed(say("trust.member-malformed").with("what", e.what), format!("/{at}")))
}
