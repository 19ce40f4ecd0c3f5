//! Giving an opinion on a request: as the owner's own people, or as who the owner asks.

use contracts::access_request::{Opinion, Said};
use contracts::id::RequestId;
use contracts::use_case::check_words;

use super::say::{WORD, send, word};
use super::settle::settle;
use super::{App, Error, Hosted, Voice, not_counted};
use crate::domain::access_request::{AccessRequest, Given, Side, State};
use crate::text::say;

/// Signs an opinion and keeps it; as the owner, what follows from it is done, else the owner is told.
///
/// # Errors
/// [`Error::Conflict`] for one that is not asked for, comes too late or twice; for a yes where who asks can meet no offer.
pub async fn opine(
    app: &App,
    hosted: &Hosted,
    id: &RequestId,
    opinion: Opinion,
) -> Result<AccessRequest, Error> {
    check_words("words", &opinion.words).map_err(|e| {
        Error::malformed(say("trust.member-malformed").with("what", e.what), format!("/{}", e.at))
    })?;
    let voice = Voice::of(app, hosted)?;
    let signed = word(&voice, id, Said::Opinion(opinion.clone()))?;
    let id = id.clone();
    let saved = app
        .store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                let given = Given { yes: opinion.yes, words: opinion.words, word: signed.clone() };
                if let Some(found) = tx.access_request(Side::Owner, &id).await? {
                    let (next, event) =
                        found.opine(opinion.role, None, given, voice.now).map_err(not_counted)?;
                    return settle(tx, &voice, next, Some(event)).await;
                }
                let found = tx.access_request(Side::Reviewer, &id).await?;
                let found = found.ok_or(Error::NotFound("access request"))?;
                let yes = given.yes;
                let (mut next, event) =
                    found.opine(opinion.role, None, given, voice.now).map_err(not_counted)?;
                next.updated = voice.now;
                // What the owner makes of it is not said here: this was the opinion.
                next.state = if yes { State::Granted } else { State::Refused };
                tx.save_access_request(&next).await?;
                tx.record(event);
                send(tx, &next.peer, &next.id, WORD, signed).await?;
                Ok::<_, Error>(next)
            })
        })
        .await?;
    Ok(saved.value)
}
