//! Proposing a use case under a framework that this member has read.

use contracts::id::{FrameworkId, UseCaseId};
use contracts::use_case::{Proposal, Said};

use super::say::{About, PROPOSAL, send, word};
use super::{App, Error, Hosted, Voice};
use crate::app::membership::{current, has_ended};
use crate::domain::event::UseCaseEvent;
use crate::domain::time::Timestamp;
use crate::domain::use_case::{Ending, Side, State, UseCase};
use crate::identity::random;
use crate::store::Tx;
use crate::text::say;

/// Signs a proposal and puts it on its way to who runs the framework.
///
/// # Errors
/// [`Error::Malformed`] for a proposal that cannot be read; [`Error::NotFound`] for a framework that is not here;
/// [`Error::Conflict`] for one that has ended.
pub async fn propose(
    app: &App,
    hosted: &Hosted,
    framework: &FrameworkId,
    proposal: Proposal,
) -> Result<UseCase, Error> {
    proposal.check().map_err(|e| {
        Error::malformed(say("trust.member-malformed").with("what", e.what), format!("/{}", e.at))
    })?;
    let voice = Voice::of(app, hosted)?;
    let now = voice.now;
    let file = current(app.store.read(hosted.id()).await?.framework(framework).await?, now)?;
    if has_ended(&file, now) {
        return Err(Error::Conflict(say("trust.ended")));
    }
    let id = UseCaseId::from_uuid(random::uuid_v7(now));
    let version = file.framework.version;
    let about = About { framework, version, case: &id };
    let signed = word(&voice, &about, Said::Proposal(proposal.clone()))?;
    let new = UseCase {
        id,
        framework: framework.clone(),
        version,
        side: Side::Party,
        operator: file.framework.publisher.did.clone(),
        proposer: hosted.did().clone(),
        state: State::Sent,
        since: now,
        approved: false,
        audit: None,
        proposal,
        signed: signed.clone(),
        reasons: Vec::new(),
        created: now,
        updated: now,
        row: 1,
    };
    let saved = app
        .store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                tx.insert_use_case(&new).await?;
                tx.record(new.event(UseCaseEvent::Proposed));
                send(tx, &new.operator, &new.id, PROPOSAL, signed).await?;
                Ok::<_, Error>(new)
            })
        })
        .await?;
    Ok(saved.value)
}

/// The operator did not take a proposal, whatever its rules say.
pub(crate) async fn not_taken(
    tx: &mut Tx<'_>,
    id: &UseCaseId,
    reason: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let found = tx.use_case(Side::Party, id).await?.filter(|found| found.state == State::Sent);
    if let Some(found) = found {
        let state = State::Over(Ending::Refused);
        let (mut next, event) = found.heard(state, false, vec![reason.to_owned()]);
        next.updated = now;
        tx.save_use_case(&next).await?;
        tx.record(event);
    }
    Ok(())
}
