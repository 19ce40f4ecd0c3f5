//! The verifier: a peer that calls is asked for its credentials, each time (DCP 1.0, 5). What counts is kept as attested
//! of it, with where its status is found.

mod list;
mod schema;
mod verify;
pub mod watch;

use std::time::Duration;

use contracts::dcp::query::{PresentationQueryMessage, PresentationResponseMessage};
use contracts::dcp::rules::Refusal;
use contracts::dcp::{CREDENTIAL_SERVICE, read};
use contracts::id::ParticipantId;
use contracts::jcs::sha256_b64url;

pub(crate) use self::list::counts;
pub use self::schema::Schemas;
use super::credential::{Authenticated, authenticate, rules};
use super::peer::Caller;
use super::{App, Error, Hosted};
use crate::config::{Proof, Rules};
use crate::domain::credential::Attested;
use crate::domain::event::{CredentialEvent, Event, OfCredential};
use crate::identity::token::{SelfIssued, TokenError, issue_self};

/// What a token is to be judged by, as the member accepts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// The caller's DID alone.
    Identity,
    Presentation,
}

/// How a caller of the Dataspace Protocol is judged: by what its token offers, and what the member accepts.
///
/// # Errors
/// [`Error::Unauthenticated`]: presentations are not accepted, or one is asked for.
pub fn judged(app: &App, hosted: &Hosted, token: &str) -> Result<Judged, Error> {
    let rules = rules(app, hosted);
    let (did, dcp) = (rules.accepts(Proof::Did), rules.accepts(Proof::Dcp));
    let Ok(found) = SelfIssued::parse(token) else { return Ok(Judged::Identity) };
    match (found.access().is_some(), dcp) {
        (true, true) => Ok(Judged::Presentation),
        (false, _) if did => Ok(Judged::Identity),
        (false, _) => Err(TokenError::NoPresentation.into()),
        // Ours say both: who they are, bound to the body, and where their credentials are.
        (true, false) if did && found.body().is_some() => Ok(Judged::Identity),
        (true, false) => Err(TokenError::PresentationsClosed.into()),
    }
}

/// The caller, with what it presents verified.
///
/// # Errors
/// [`Error::Unauthenticated`] with what does not count; [`Error::Unresolved`] when its credential service or a status list
/// cannot be reached.
pub async fn caller(app: &App, hosted: &Hosted, token: &str, body: &[u8]) -> Result<Caller, Error> {
    let bound = SelfIssued::parse(token)?.body().map(ToOwned::to_owned);
    if bound.is_some_and(|digest| digest != sha256_b64url(body)) {
        return Err(TokenError::BodyMismatch.into());
    }
    let Authenticated { caller, access } = authenticate(app, hosted, token).await?;
    let access = access.ok_or(Error::Unauthenticated(TokenError::NoPresentation))?;
    let rules = rules(app, hosted);
    let judged = present(app, hosted, &caller, &access, &rules).await;
    match judged {
        Ok(attested) => {
            keep(app, hosted, &caller.did, attested).await?;
            Ok(caller)
        }
        Err(refusal) => {
            if let Error::Unauthenticated(TokenError::Presentation(_)) = refusal {
                keep(app, hosted, &caller.did, Vec::new()).await?;
            }
            Err(refusal)
        }
    }
}

async fn present(
    app: &App,
    hosted: &Hosted,
    caller: &Caller,
    access: &str,
    rules: &Rules,
) -> Result<Vec<Attested>, Error> {
    let presentations = ask(app, hosted, caller, access, rules).await?;
    let found = verify::all(app, hosted, &caller.did, &caller.identity, &presentations, rules).await?;
    let lacking = rules.ask.iter().find(|kind| !found.iter().any(|one| one.types.contains(kind)));
    match lacking {
        Some(kind) => Err(refused(&Refusal::Missing(kind.clone()))),
        None => Ok(found.into_iter().map(|one| one.attested).collect()),
    }
}

/// Asks the caller's credential service.
async fn ask(
    app: &App,
    hosted: &Hosted,
    caller: &Caller,
    access: &str,
    rules: &Rules,
) -> Result<Vec<String>, Error> {
    let service = caller.identity.document().service(CREDENTIAL_SERVICE);
    let service = service.ok_or_else(|| refused(&"its DID document names no CredentialService"))?;
    let mut query = PresentationQueryMessage::new();
    query.scope = Some(Rules::scopes(&[rules.ask.as_slice(), &rules.hear].concat()));
    let body = serde_json::to_vec(&query).map_err(|e| Error::Internal(e.to_string()))?;
    let token = issue_self(&hosted.keys(), caller.did.as_str(), Some(access), app.now())?;
    let settings = &app.config.credentials;
    let url = format!("{}/presentations/query", service.trim_end_matches('/'));
    let time = Duration::from_secs(settings.answer_s);
    let sent = app.client.ask(&url, body.into(), &token, settings.answer_bytes, time).await;
    let answer = sent.map_err(|e| match e.is_transient() {
        true => Error::Unresolved(format!("the caller's credential service: {e}")),
        false => refused(&e),
    })?;
    if answer.is_transient() {
        return Err(Error::Unresolved(format!("the caller's credential service answered {}", answer.status)));
    }
    if !answer.is_success() {
        return Err(refused(&format!("its credential service answered {}", answer.status)));
    }
    let value = serde_json::from_slice(&answer.body).map_err(|e| refused(&e))?;
    let response: PresentationResponseMessage = read(value).map_err(|e| refused(&e))?;
    let presentations = response.presentation.into_iter().map(|one| match one {
        serde_json::Value::String(jwt) => Ok(jwt),
        _ => Err(refused(&"a presentation is no JWT")),
    });
    presentations.collect()
}

/// Keeps what is attested of a peer now, and nothing of what was before.
async fn keep(
    app: &App,
    hosted: &Hosted,
    peer: &ParticipantId,
    attested: Vec<Attested>,
) -> Result<(), Error> {
    let known = app.store.read(hosted.id()).await?.attested(peer).await?;
    if attested.is_empty() && known.is_empty() {
        return Ok(());
    }
    let peer = peer.clone();
    app.store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                let known = tx.attested(&peer).await?;
                tx.forget_attested(&peer).await?;
                for one in &attested {
                    tx.put_attested(one).await?;
                    if !known
                        .iter()
                        .any(|before| before.credential == one.credential && before.issuer == one.issuer)
                    {
                        tx.record(Event::Credential(OfCredential {
                            what: CredentialEvent::Verified,
                            credential: one.credential.clone(),
                            peer: peer.clone(),
                            kind: one.kind.clone(),
                        }));
                    }
                }
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok(())
}

fn refused(what: &dyn std::fmt::Display) -> Error {
    let what: String = what.to_string().chars().take(300).collect();
    Error::Unauthenticated(TokenError::Presentation(what))
}

/// What is attested of a peer, as it was last verified. Its status is looked at again by [`watch`].
pub async fn of_peer(app: &App, hosted: &Hosted, peer: &ParticipantId) -> Result<Vec<Attested>, Error> {
    Ok(app.store.read(hosted.id()).await?.attested(peer).await?)
}
