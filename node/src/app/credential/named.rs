//! Credentials in a member's name: their issuer gives it what its log tells of them, and the member finds any that it does
//! not know. An issuer that attests what nobody asked it for is found by whom it names.

use std::collections::BTreeMap;

use contracts::extract::LogExtract;
use contracts::format::Instant;
use contracts::id::ParticipantId;
use contracts::leaf::Leaf;
use serde::{Deserialize, Serialize};

use super::{App, Error, Hosted};
use crate::app::log;
use crate::app::peer::{Answer, Caller, outgoing_body, spend};
use crate::app::reading::{self, Who};
use crate::domain::event::{CredentialEvent, Event, OfCredential, Reference};
use crate::identity::token::issue_peer;
use crate::store::Page;

/// Credentials of one message, so that it stays below the limits of an answer.
const MOST: usize = 100;
/// Messages for one look.
const PAGES: usize = 100;

/// Body of `POST <base>/peer/v1/credential-extracts`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtractRequest {
    /// `next` of the answer before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// Its answer: what the issuer's log tells of credentials of the caller.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    pub extract: LogExtract,
    /// Ask again with it; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A credential in the member's name, as its issuer's log tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub id: String,
    pub kind: String,
    pub issued: Option<Instant>,
    /// `issued`, `suspended`, `resumed` or `revoked`: what became of it last.
    pub last: String,
    /// It came here when it was issued.
    pub known: bool,
}

/// Gives a holder what is recorded of its own credentials; there are none of others for it.
pub async fn give(
    app: &App,
    hosted: &Hosted,
    caller: &Caller,
    request: ExtractRequest,
) -> Result<Answer, Error> {
    spend(app, hosted, caller).await?;
    let page = Page { after: request.after, ..Page::first(MOST) };
    let issued = app.store.read(hosted.id()).await?.issued_in_name_of(&caller.did, &page).await?;
    let next = issued.last().filter(|_| issued.len() == MOST).map(|last| last.id.clone());
    let extract = log::of_credentials(app, hosted, issued.into_iter().map(|one| one.id).collect()).await?;
    if !extract.entries.is_empty() {
        let who = Who {
            id: caller.did.to_string(),
            role: "peer",
            scope: "credentials".into(),
            reason: "credentials in its name".into(),
        };
        reading::record(app, hosted, &who, format!("{} entries", extract.entries.len())).await?;
    }
    Ok(Answer { status: 200, body: outgoing_body(&Given { extract, next })? })
}

/// Asks an issuer what its log tells of credentials in the member's name. One that never came here is recorded.
///
/// # Errors
/// [`Error::Peer`] when the issuer does not answer, or what it answers does not hold.
pub async fn check(app: &App, hosted: &Hosted, issuer: &ParticipantId) -> Result<Vec<Named>, Error> {
    let failed = |what: String| Error::Peer { peer: issuer.to_string(), what };
    let base = contracts::did::base_url(issuer.as_str()).map_err(|e| failed(e.to_string()))?;
    let url = format!("{}/peer/v1/credential-extracts", base.as_str().trim_end_matches('/'));
    let (mut found, mut request) = (BTreeMap::new(), ExtractRequest::default());
    for _ in 0..PAGES {
        let body = outgoing_body(&request)?;
        let token = issue_peer(&hosted.keys(), issuer.as_str(), body.as_bytes(), app.now())?;
        let answer = app.client.send(&url, body.into(), Some(&token)).await;
        let answer = answer.map_err(|e| failed(e.to_string()))?;
        if !answer.is_success() {
            return Err(failed(format!("it gives none of its log: status {}", answer.status)));
        }
        let given: Given =
            serde_json::from_slice(&answer.body).map_err(|e| failed(format!("extract of its log: {e}")))?;
        log::believe(app, issuer, &given.extract).await?;
        gather(hosted, &given.extract, &mut found).map_err(failed)?;
        if given.next.is_none() || given.next <= request.after {
            return known(app, hosted, issuer, found.into_values().collect()).await;
        }
        request.after = given.next;
    }
    Err(failed("its extract does not end".into()))
}

/// Adds what entries tell of; `Err` with what is wrong of one that was proven.
fn gather(hosted: &Hosted, extract: &LogExtract, found: &mut BTreeMap<String, Named>) -> Result<(), String> {
    for entry in &extract.entries {
        let leaf: Leaf = entry.leaf().map_err(|e| e.to_string())?;
        let open = |field: &str| entry.openings.get(field).map(|opening| opening.value.as_str());
        let (Some(id), Some(peer), Some(kind)) = (open("credential"), open("peer"), open("type")) else {
            continue; // What opened it was erased.
        };
        let Some(last) = leaf.kind.strip_prefix("credential.") else { continue };
        if peer != hosted.did().as_str() {
            return Err(format!("entry {} is about a credential of another", entry.index));
        }
        let one = found.entry(id.to_owned()).or_insert_with(|| Named {
            id: id.to_owned(),
            kind: kind.to_owned(),
            issued: None,
            last: String::new(),
            known: false,
        });
        if last == "issued" {
            one.issued = Some(Instant::from_seconds(leaf.at));
        }
        last.clone_into(&mut one.last);
    }
    Ok(())
}

/// Which of them came here; the others are recorded, each once.
async fn known(
    app: &App,
    hosted: &Hosted,
    issuer: &ParticipantId,
    mut found: Vec<Named>,
) -> Result<Vec<Named>, Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    let mut unknown = Vec::new();
    for one in &mut found {
        let entries = reader.entries_of_reference(&Reference(one.id.clone())).await?;
        let has = |kind: &str| entries.iter().any(|entry| entry.kind == kind);
        one.known = has("credential.received");
        if !one.known && !has("credential.unknown") {
            unknown.push(OfCredential {
                what: CredentialEvent::Unknown,
                credential: one.id.clone(),
                peer: issuer.clone(),
                kind: one.kind.clone(),
            });
        }
    }
    drop(reader);
    if !unknown.is_empty() {
        tracing::warn!(%issuer, count = unknown.len(), "credentials were issued in the member's name that never came here");
        let write = app.store.write(hosted.id(), move |tx| {
            Box::pin(async move {
                unknown.into_iter().for_each(|event| tx.record(Event::Credential(event)));
                Ok::<_, Error>(())
            })
        });
        write.await?;
    }
    Ok(found)
}
