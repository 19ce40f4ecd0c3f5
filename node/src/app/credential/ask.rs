//! The holder's part: asking an issuer, and what is held.

use std::sync::Arc;
use std::time::Duration;

use contracts::dcp::issuance::{CredentialRequestMessage, IssuerMetadata, Wanted};
use contracts::dcp::{ISSUER_SERVICE, Profile, read};
use contracts::id::{ParticipantId, Pid};

use super::receive::not_issued;
use super::{App, Error, Hosted, malformed};
use crate::app::peer::{check_address, outgoing_body};
use crate::domain::credential::{Held, Request, RequestState, Side};
use crate::domain::event::{CredentialEvent, Event, OfCredential};
use crate::domain::outgoing::{Outgoing, Process};
use crate::identity::random;
use crate::store::{Page, Tx};

/// Kind of the message, by which its answer is known.
const REQUEST: &str = "credential-request";
/// Largest metadata of an issuer read, in bytes.
const MAX_METADATA: usize = 256 * 1024;

/// Asks an issuer for credentials of types, of one profile. They come to the credential service.
///
/// # Errors
/// [`Error::Peer`] when the issuer cannot be asked what it issues, [`Error::Malformed`] for what it does not issue.
pub async fn ask(
    app: &Arc<App>,
    hosted: &Hosted,
    issuer: &ParticipantId,
    kinds: &[String],
    profile: Profile,
) -> Result<Request, Error> {
    let failed = |what: String| Error::Peer { peer: issuer.to_string(), what };
    if kinds.is_empty() || kinds.len() > 16 || kinds.iter().any(|kind| kind.contains(' ')) {
        return Err(malformed("name 1 to 16 types", "/types"));
    }
    let identity = app.resolver.resolve(issuer).await?;
    let service = identity.document().service(ISSUER_SERVICE);
    let service = service.ok_or_else(|| failed("its DID document names no IssuerService".into()))?;
    let service = service.trim_end_matches('/').to_owned();
    check_address(app, &service, "/issuer")?;
    let address = format!("{service}/metadata");
    let got = app.client.get(&address, None, MAX_METADATA);
    let got = tokio::time::timeout(Duration::from_secs(app.config.credentials.answer_s), got).await;
    let got =
        got.map_err(|_| failed("it did not answer in time".into()))?.map_err(|e| failed(e.to_string()))?;
    if !got.is_success() {
        return Err(failed(format!("it answered {} when asked what it issues", got.status)));
    }
    let value = serde_json::from_slice(&got.body).map_err(|e| failed(e.to_string()))?;
    let metadata: IssuerMetadata = read(value).map_err(|e| failed(e.to_string()))?;
    let mut credentials = Vec::new();
    for kind in kinds {
        let object = metadata.credentials_supported.iter().find(|object| {
            object.credential_type.as_ref() == Some(kind)
                && object.profile.as_deref().and_then(Profile::parse) == Some(profile)
        });
        let object =
            object.ok_or_else(|| malformed("the issuer does not issue this type and profile", "/types"))?;
        credentials.push(Wanted { id: object.id.clone() });
    }
    let pid = Pid::from_uuid(random::uuid_v7(app.now()));
    let message = CredentialRequestMessage::new(pid.segment().to_owned(), credentials);
    let request = Request {
        id: pid.segment().to_owned(),
        theirs: String::new(),
        peer: issuer.clone(),
        state: RequestState::Received,
        kinds: kinds.join(" "),
        created: app.now(),
    };
    let outgoing = Outgoing {
        process: Process::Credentials(pid),
        peer: issuer.clone(),
        kind: REQUEST,
        url: format!("{service}/credentials"),
        body: outgoing_body(&message)?,
    };
    open(app, hosted, request, Some(outgoing)).await
}

/// Opens a request, with the message that asks. Without one, the issuer was asked by other means.
///
/// # Errors
/// Those of the store.
pub async fn open(
    app: &App,
    hosted: &Hosted,
    request: Request,
    message: Option<Outgoing>,
) -> Result<Request, Error> {
    let written = app
        .store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                tx.put_credential_request(Side::Holder, &request).await?;
                tx.record(Event::Credential(OfCredential {
                    what: CredentialEvent::Requested,
                    credential: request.id.clone(),
                    peer: request.peer.clone(),
                    kind: request.kinds.clone(),
                }));
                if let Some(message) = message {
                    tx.enqueue(message).await?;
                }
                Ok::<_, Error>(request)
            })
        })
        .await?;
    Ok(written.value)
}

/// The other side refused a message for good. A request of ours has ended; a delivery stays known to its holder's asking.
pub(crate) async fn refused(tx: &mut Tx<'_>, pid: &Pid, kind: &str) -> Result<(), Error> {
    if kind != REQUEST {
        return Ok(());
    }
    let found = tx.credential_request(Side::Holder, pid.segment()).await?;
    if let Some(request) = found.filter(|request| request.state == RequestState::Received) {
        tx.record(Event::Credential(not_issued(&request)));
        let next = Request { state: RequestState::Rejected, ..request };
        tx.put_credential_request(Side::Holder, &next).await?;
    }
    Ok(())
}

/// The member's own requests and the offers made to it, after a cursor.
pub async fn requests(app: &App, hosted: &Hosted, page: &Page) -> Result<Vec<Request>, Error> {
    Ok(app.store.read(hosted.id()).await?.credential_requests(Side::Holder, page).await?)
}

/// The member's credentials.
pub async fn held(app: &App, hosted: &Hosted) -> Result<Vec<Held>, Error> {
    Ok(app.store.read(hosted.id()).await?.held_credentials().await?)
}
