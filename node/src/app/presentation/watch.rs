//! Whether what is attested of peers still counts: looked at from time to time, and when an issuer says that something
//! changed. What is lost ends what is under way; the next decision finds it.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use contracts::id::ParticipantId;

use super::list::{Age, check, still};
use super::{App, Error, Hosted};
use crate::app::credential::query::opened;
use crate::app::plane;
use crate::domain::credential::Attested;
use crate::domain::event::{CredentialEvent, Ending, Event, OfCredential};
use crate::domain::time::Timestamp;
use crate::identity::token::TokenError;
use crate::workers::{Stop, stopped};

/// Runs until the node stops.
pub async fn run(app: Arc<App>, mut stop: Stop) {
    let every = Duration::from_secs(app.config.credentials.status_s);
    loop {
        for hosted in app.members.all().into_iter().filter(|h| !h.has_left()) {
            if let Err(error) = round(&app, &hosted, None).await {
                tracing::warn!(%error, member = %hosted.id(), "the status of credentials is not looked at; tried again later");
            }
        }
        tokio::select! {
            () = stopped(&mut stop) => return,
            () = tokio::time::sleep(every) => {}
        }
    }
}

/// Looks at the status of all that is attested of the member's peers, or of what one issuer attests.
///
/// # Errors
/// [`Error::Unresolved`] when a list could not be had: what is in it stands as it did, and counts only as long as the member
/// is patient (`credentials.patience_s`).
pub async fn round(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    issuer: Option<&ParticipantId>,
) -> Result<(), Error> {
    let all = app.store.read(hosted.id()).await?.all_attested().await?;
    let began = app.now();
    let (mut looked, mut missed) = (Vec::new(), None);
    let mut fetched = HashSet::new();
    for one in all.into_iter().filter(|one| issuer.is_none_or(|issuer| one.issuer == *issuer)) {
        // Each list is fetched once in a round, whenever it was fetched before.
        let fresh = one.status.iter().filter(|entry| fetched.insert(entry.list.clone())).count() > 0;
        let since = if fresh { app.now() } else { began.plus_millis(-1) };
        let lost = match still(app, hosted, &one, Age::since(since)).await {
            Ok(()) => None,
            Err(Error::Unauthenticated(TokenError::Presentation(why))) => Some(why),
            Err(error) => {
                missed = Some(error);
                continue;
            }
        };
        looked.push((one, lost));
    }
    let lost = keep(app, hosted, looked, began).await?;
    for peer in &lost {
        app.flights.stop_peer(hosted.id(), peer, Ending::Revoked);
    }
    if !lost.is_empty() {
        plane::watch::round(app, hosted).await?;
    }
    if let Some(issuer) = issuer {
        own(app, hosted, issuer, began).await?;
    }
    missed.map_or(Ok(()), Err)
}

/// Has the lists of the member's own credentials of an issuer at hand, as they are since.
async fn own(app: &App, hosted: &Hosted, issuer: &ParticipantId, since: Timestamp) -> Result<(), Error> {
    let held = app.store.read(hosted.id()).await?.held_credentials().await?;
    for credential in held.iter().filter(|held| held.issuer == *issuer).filter_map(opened) {
        for entry in &credential.status {
            match check(app, hosted, entry, issuer, Age::since(since.plus_millis(-1))).await {
                Ok(_) | Err(Error::Unauthenticated(_)) => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

/// Keeps what was found; says of which peers something is lost that was not before.
async fn keep(
    app: &App,
    hosted: &Hosted,
    looked: Vec<(Attested, Option<String>)>,
    at: Timestamp,
) -> Result<Vec<ParticipantId>, Error> {
    if looked.is_empty() {
        return Ok(Vec::new());
    }
    let written = app
        .store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                let mut newly = Vec::new();
                for (before, lost) in looked {
                    let what = match (&before.lost, &lost) {
                        (None, Some(_)) => Some(CredentialEvent::Lost),
                        (Some(_), None) => Some(CredentialEvent::Regained),
                        _ => None,
                    };
                    if let Some(what) = what {
                        tx.record(Event::Credential(OfCredential {
                            what,
                            credential: before.credential.clone(),
                            peer: before.peer.clone(),
                            kind: before.kind.clone(),
                        }));
                    }
                    if what == Some(CredentialEvent::Lost) {
                        newly.push(before.peer.clone());
                    }
                    let confirmed = if lost.is_none() { at } else { before.confirmed };
                    tx.save_standing(&Attested { confirmed, lost, ..before }).await?;
                }
                Ok::<_, Error>(newly)
            })
        })
        .await?;
    Ok(written.value)
}
