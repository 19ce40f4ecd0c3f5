//! From one phase to the next, at the operator: bodies are asked, and what they answer is done.

use contracts::ballot::Subject;
use contracts::framework::{FrameworkFile, Phase};
use contracts::id::{ParticipantId, QuestionId, UseCaseId};
use contracts::use_case::Audit;

use super::say::tell;
use super::{Error, Voice, credential, not_now};
use crate::app::membership::own;
use crate::app::question::open;
use crate::domain::time::Timestamp;
use crate::domain::use_case::{Audited, Deed, Pending, Put, Side, UseCase};
use crate::store::Tx;
use crate::text::say;

/// Longest time for which an audit counts, in seconds: three years.
const LONGEST: i64 = 3 * 366 * 86_400;

/// Asks the bodies that the framework names for a step.
///
/// # Errors
/// [`Error::Conflict`] for a step that the framework does not have, or without the audit that it asks.
pub(super) async fn ask(tx: &mut Tx<'_>, voice: &Voice, found: UseCase, to: Phase) -> Result<(), Error> {
    let file = own(tx, &found.framework, voice.now).await?;
    let from = found.state.phase().unwrap_or(Phase::Abandonne);
    let steps = &file.framework.parts.use_cases.steps;
    let step = steps.iter().find(|step| (step.from, step.to) == (from, to));
    let Some(step) = step else {
        let said = say("trust.case-no-step").with("from", from.as_str()).with("to", to.as_str());
        return Err(Error::Conflict(said));
    };
    if step.audit && !found.is_audited(voice.now) {
        return Err(Error::Conflict(say("trust.case-no-audit")));
    }
    put(tx, voice, &file, found, (from, to), &step.bodies).await
}

/// Puts a step to bodies.
pub(super) async fn put(
    tx: &mut Tx<'_>,
    voice: &Voice,
    file: &FrameworkFile,
    found: UseCase,
    (from, to): (Phase, Phase),
    bodies: &[String],
) -> Result<(), Error> {
    // Refused before anything is asked of a body.
    let nothing = Deed::Ask(Pending { to, put: Vec::new() });
    found.clone().after(nothing, voice.now).map_err(not_now)?;
    let (parties, seats) = (found.parties(), tx.seats(&found.framework).await?);
    let mut put = Vec::new();
    for body in bodies {
        let held = seats.iter().filter(|seat| seat.body == *body && parties.contains(&seat.holder));
        let conflicts = held.map(|seat| seat.seat.clone()).collect();
        let (case, parties) = (found.id.clone(), parties.clone());
        let subject = Subject::UseCase { case, from, to, parties, conflicts };
        let question = open(tx, voice.now, file, body, subject).await?;
        put.push(Put { question, yes: false });
    }
    settle(tx, voice, found, Some(Deed::Ask(Pending { to, put })), Vec::new()).await
}

/// A body answered.
pub(crate) async fn answered(
    tx: &mut Tx<'_>,
    voice: &Voice,
    case: &UseCaseId,
    question: &QuestionId,
    yes: bool,
    reasons: Vec<String>,
) -> Result<(), Error> {
    let found = tx.use_case(Side::Operator, case).await?.ok_or(Error::NotFound("use case"))?;
    let waits = found.state.pending().is_some_and(|p| p.put.iter().any(|put| put.question == *question));
    // It may be over meanwhile: then the answer stands, and nothing follows.
    match waits {
        true => {
            settle(tx, voice, found, Some(Deed::Answered { question: question.clone(), yes }), reasons).await
        }
        false => Ok(()),
    }
}

/// Who audits sits in a body that decides on a step where an audit is asked, and is no party.
pub(super) async fn audited(
    tx: &mut Tx<'_>,
    voice: &Voice,
    found: UseCase,
    by: &ParticipantId,
    audit: &Audit,
    signed: String,
) -> Result<(), Error> {
    let file = own(tx, &found.framework, voice.now).await?;
    let until = Timestamp::from_seconds(audit.until.seconds());
    if until <= voice.now || until > voice.now.plus_seconds(LONGEST) {
        return Err(Error::malformed(say("trust.case-audit-until"), "/word"));
    }
    let steps = file.framework.parts.use_cases.steps.iter().filter(|step| step.audit);
    let bodies: Vec<&String> = steps.flat_map(|step| &step.bodies).collect();
    let seats = tx.seats(&found.framework).await?;
    let sits = seats.iter().any(|seat| seat.holder == *by && bodies.contains(&&seat.body));
    if !sits || found.parties().contains(by) {
        return Err(Error::Conflict(say("trust.case-no-auditor")));
    }
    let audited = Audited { by: by.clone(), until, word: signed };
    settle(tx, voice, found, Some(Deed::Audited(audited)), Vec::new()).await
}

/// Something happens to a use case, or time does: kept, recorded, told; and what was approved follows it.
pub(super) async fn settle(
    tx: &mut Tx<'_>,
    voice: &Voice,
    found: UseCase,
    deed: Option<Deed>,
    reasons: Vec<String>,
) -> Result<(), Error> {
    let file = own(tx, &found.framework, voice.now).await?;
    let mut events = Vec::new();
    let mut next = found;
    if let Some(deed) = deed {
        let (moved, event) = next.after(deed, voice.now).map_err(not_now)?;
        next = moved;
        events.push(event);
    }
    let (mut next, more) = next.at(&file.framework.parts.use_cases, voice.now);
    events.extend(more);
    next.updated = voice.now;
    next.reasons = reasons;
    tx.save_use_case(&next).await?;
    events.into_iter().for_each(|event| tx.record(event));
    credential::follow(tx, &next, &file.framework.parts.use_cases, voice.now).await?;
    tell(tx, voice, &next).await
}
