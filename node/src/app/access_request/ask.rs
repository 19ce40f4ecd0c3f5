//! Asking the owner of a dataset for access to it.

use contracts::access_request::{Said, Wanted};
use contracts::framework::Silence;
use contracts::id::{ParticipantId, RequestId};

use super::say::{ASKED, send, word};
use super::{App, Error, Hosted, Voice};
use crate::domain::access_request::{AccessRequest, Side, State};
use crate::domain::event::RequestEvent;
use crate::domain::time::Timestamp;
use crate::identity::random;
use crate::store::Tx;
use crate::text::say;

/// Signs a request and puts it on its way to the owner.
///
/// # Errors
/// [`Error::Malformed`] for one that cannot be read, or for a dataset of one's own.
pub async fn ask(
    app: &App,
    hosted: &Hosted,
    owner: ParticipantId,
    wanted: Wanted,
) -> Result<AccessRequest, Error> {
    wanted.check().map_err(|e| {
        Error::malformed(say("trust.member-malformed").with("what", e.what), format!("/wanted/{}", e.at))
    })?;
    if owner == *hosted.did() {
        return Err(Error::malformed(say("trust.request-own"), "/peer"));
    }
    let voice = Voice::of(app, hosted)?;
    let now = voice.now;
    let id = RequestId::from_uuid(random::uuid_v7(now));
    let signed = word(&voice, &id, Said::Request(wanted.clone()))?;
    let new = AccessRequest {
        id,
        side: Side::Asker,
        peer: owner,
        wanted,
        signed: signed.clone(),
        state: State::Sent,
        reviews: Vec::new(),
        due: None,
        silence: Silence::Refuses,
        offer: None,
        negotiation: None,
        reasons: Vec::new(),
        appeal: None,
        created: now,
        updated: now,
        row: 1,
    };
    let saved = app
        .store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                tx.insert_access_request(&new).await?;
                tx.record(new.event(RequestEvent::Sent));
                send(tx, &new.peer, &new.id, ASKED, signed).await?;
                Ok::<_, Error>(new)
            })
        })
        .await?;
    Ok(saved.value)
}

/// The owner did not take a request.
pub(crate) async fn not_taken(
    tx: &mut Tx<'_>,
    id: &RequestId,
    reason: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let found = tx.access_request(Side::Asker, id).await?.filter(|found| found.state == State::Sent);
    if let Some(mut found) = found {
        found.reasons = vec![reason.to_owned()];
        found.updated = now;
        let (next, event) = found.stands(State::Refused, RequestEvent::Heard);
        tx.save_access_request(&next).await?;
        tx.record(event);
    }
    Ok(())
}
