//! What the opinions on a request come to, at the owner.

use contracts::access_request::Role;
use contracts::id::OfferId;

use super::say::tell;
use super::{Error, Voice, both};
use crate::app::membership::current;
use crate::domain::access_request::{AccessRequest, Outcome, State};
use crate::domain::dataset::Asker;
use crate::domain::event::{Event, RequestEvent};
use crate::store::Tx;
use crate::text::say;

/// Keeps a request with what happened to it; decides it where nothing is left to wait for, and tells who asked.
///
/// # Errors
/// [`Error::Conflict`] for a yes where no offer of the dataset can be met by who asks.
pub(super) async fn settle(
    tx: &mut Tx<'_>,
    voice: &Voice,
    mut request: AccessRequest,
    event: Option<Event>,
) -> Result<AccessRequest, Error> {
    let by_clock = event.is_none();
    if let Some(event) = event {
        tx.record(event);
    }
    request.updated = voice.now;
    let decided = match request.outcome(voice.now) {
        None => {
            tx.save_access_request(&request).await?;
            return Ok(request);
        }
        Some(Outcome::Granted) => match offer(tx, voice, &request).await? {
            Some(offer) => {
                request.offer = Some(offer);
                request.stands(State::Granted, RequestEvent::Granted)
            }
            None if !by_clock => return Err(Error::Conflict(say("trust.request-no-offer"))),
            None => {
                request.reasons = vec![both("trust.request-no-offer", &[])];
                refuse(tx, voice, request).await?
            }
        },
        Some(Outcome::Refused(who)) => {
            request.reasons = who.into_iter().map(|(role, words)| reason(role, words)).collect();
            refuse(tx, voice, request).await?
        }
    };
    let (next, event) = decided;
    tx.save_access_request(&next).await?;
    tx.record(event);
    tell(tx, voice, &next).await?;
    Ok(next)
}

async fn refuse(
    tx: &mut Tx<'_>,
    voice: &Voice,
    mut request: AccessRequest,
) -> Result<(AccessRequest, Event), Error> {
    request.appeal = Some(appeal(tx, voice, &request).await?);
    Ok(request.stands(State::Refused, RequestEvent::Refused))
}

fn reason(role: Role, words: Option<String>) -> String {
    let role = match role {
        Role::Owner => both("trust.request-role-owner", &[]),
        Role::Dpo => both("trust.request-role-dpo", &[]),
        Role::Ethics => both("trust.request-role-ethics", &[]),
    };
    match words {
        Some(words) => format!("{role}: {words}"),
        None => both("trust.request-silent", &[("role", &role)]),
    }
}

/// Before whom a refusal can be contested: the body of appeals of the framework under which it was asked, or the authority
/// for access to administrative documents.
pub(super) async fn appeal(tx: &mut Tx<'_>, voice: &Voice, request: &AccessRequest) -> Result<String, Error> {
    if let Some(framework) = &request.wanted.framework {
        let versions = tx.framework(framework).await?;
        if let Ok(file) = current(versions, voice.now) {
            let id = &file.framework.parts.rules.admission.appeal;
            let name = file.framework.body(id).map_or(id.clone(), |body| body.name.fr.clone());
            return Ok(both("trust.request-appeal", &[("body", &name), ("framework", framework.as_str())]));
        }
    }
    Ok(both("trust.request-appeal-cada", &[]))
}

/// The offer on which a contract is concluded: the one that was asked for, or the only one that who asks can meet.
async fn offer(tx: &mut Tx<'_>, voice: &Voice, request: &AccessRequest) -> Result<Option<OfferId>, Error> {
    let Some(revision) = tx.dataset(&request.wanted.dataset).await? else { return Ok(None) };
    let (_, offers) = revision.seen(Asker::Participant(&request.peer), voice.now);
    let mut offers = offers.into_iter().map(|offer| offer.id.clone());
    Ok(match &request.wanted.offer {
        Some(wanted) => offers.find(|offer| offer == wanted),
        None => offers.next().filter(|_| offers.next().is_none()),
    })
}
