//! The credential service: an issuer delivers what was asked for (DCP 1.0, 6.5).

use contracts::dcp::Profile;
use contracts::dcp::credential::{self, MAX_CREDENTIAL};
use contracts::dcp::issuance::{CredentialContainer, CredentialMessage, Outcome};
use contracts::dcp::rules::valid;
use serde_json::Value;

use super::{App, Error, Hosted, malformed, message};
use crate::app::peer::{Answer, Caller, MessageKey, once};
use crate::domain::credential::{Held, Request, RequestState, Side, about};
use crate::domain::event::{CredentialEvent, Event, OfCredential};
use crate::domain::time::Timestamp;
use crate::identity::credential::{Claims, Use};
use crate::identity::token::LEEWAY;

/// Keeps the credentials of a message: each verified, of the issuer that sent it, for this member, and asked for.
///
/// # Errors
/// [`Error::NotFound`] when nothing is open under this `holderPid` with this issuer; [`Error::Malformed`] with what is
/// wrong of a credential.
pub async fn receive(
    app: &App,
    hosted: &Hosted,
    caller: &Caller,
    value: Value,
    body: &[u8],
) -> Result<Answer, Error> {
    let delivered: CredentialMessage = message(value)?;
    delivered.check().map_err(|e| malformed(e, "body"))?;
    let key = MessageKey::new(&delivered.holder_pid, None, body);
    let mut held = Vec::new();
    if delivered.status == Outcome::Issued {
        for (n, container) in delivered.credentials.iter().flatten().enumerate() {
            held.push(verified(app, hosted, caller, container, &format!("/credentials/{n}"))?);
        }
    }
    let (issuer, again) = (caller.did.clone(), app.leniency.repeated_requests);
    once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            let found = tx.credential_request(Side::Holder, &delivered.holder_pid).await?;
            let open = |request: &Request| {
                request.peer == issuer
                    && match request.state {
                        RequestState::Received => true,
                        RequestState::Issued => again,
                        RequestState::Offered | RequestState::Rejected => false,
                    }
            };
            let request = found.filter(open).ok_or(Error::NotFound("credential request"))?;
            let state = match delivered.status {
                Outcome::Issued => RequestState::Issued,
                Outcome::Rejected => RequestState::Rejected,
            };
            let asked: Vec<&str> = request.kinds.split(' ').collect();
            if let Some(other) = held.iter().find(|held| !asked.contains(&held.kind.as_str())) {
                let what = format!("{} was not asked for", other.kind.chars().take(100).collect::<String>());
                return Err(malformed(what, "/credentials"));
            }
            for held in &held {
                tx.put_held(held).await?;
                tx.record(Event::Credential(OfCredential {
                    what: CredentialEvent::Received,
                    credential: held.id.clone(),
                    peer: held.issuer.clone(),
                    kind: held.kind.clone(),
                }));
            }
            if state == RequestState::Rejected {
                tx.record(Event::Credential(not_issued(&request)));
            }
            let next = Request { state, theirs: delivered.issuer_pid, ..request };
            tx.put_credential_request(Side::Holder, &next).await?;
            Ok(Answer { status: 200, body: "{}".into() })
        })
    })
    .await
}

pub(super) fn not_issued(request: &Request) -> OfCredential {
    OfCredential {
        what: CredentialEvent::NotIssued,
        credential: request.id.clone(),
        peer: request.peer.clone(),
        kind: request.kinds.clone(),
    }
}

fn verified(
    app: &App,
    hosted: &Hosted,
    issuer: &Caller,
    container: &CredentialContainer,
    at: &str,
) -> Result<Held, Error> {
    let wrong = |what: String| malformed(what, at);
    let now = app.now();
    let profile = Profile::parse(&container.format);
    let profile =
        profile.ok_or_else(|| wrong(format!("`{}` is no profile we know", clipped(&container.format))))?;
    let claims = Claims::parse(&container.payload, MAX_CREDENTIAL).map_err(|e| wrong(e.to_string()))?;
    claims.verify(&issuer.identity, Use::Assert, now.seconds()).map_err(|e| wrong(e.to_string()))?;
    let form = app.leniency.form();
    let (found, credential) = credential::read(&claims.value, form).map_err(|e| wrong(e.to_string()))?;
    if found != profile {
        return Err(wrong("the credential is of another profile".into()));
    }
    if credential.issuer != issuer.did || credential.holder() != Some(hosted.did().as_str()) {
        return Err(wrong("the credential is not of its sender for this member".into()));
    }
    if !credential.types.contains(&container.credential_type) {
        return Err(wrong("the credential is of another type".into()));
    }
    valid(credential.from, credential.until, now.seconds(), LEEWAY).map_err(|e| wrong(e.to_string()))?;
    Ok(Held {
        id: credential.id.unwrap_or_default(),
        about: about(&credential.subject).to_owned(),
        issuer: credential.issuer,
        kind: container.credential_type.clone(),
        profile,
        until: credential.until.map(Timestamp::from_seconds),
        created: now,
        jwt: container.payload.clone(),
    })
}

fn clipped(text: &str) -> String {
    text.chars().take(80).collect()
}
