//! Asking a peer what it offers us.

use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;
use contracts::dsp::catalog::{Catalog, CatalogError, CatalogRequestMessage, Dataset};
use contracts::dsp::version::{VERSION, VersionResponse};
use contracts::dsp::{self, Message};
use contracts::id::{DatasetId, OfferId, ParticipantId};
use contracts::{did, jcs};
use serde_json::Value;
use url::Url;

use super::link;
use crate::app::credential::sts;
use crate::app::{App, Error, Hosted};
use crate::domain::negotiation::Shown;
use crate::peer::client::Answer;
use crate::text::say;

/// Most pages of a catalogue followed, and datasets kept. A peer decides both otherwise.
const MAX_PAGES: usize = 200;
const MAX_DATASETS: usize = 50_000;
/// Largest answer with one dataset or the list of versions, in bytes.
const MAX_DATASET: usize = 1 << 20;
const WELL_KNOWN: &str = "/.well-known/dspace-version";

/// A peer and the base address of its protocol endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub peer: ParticipantId,
    pub base: String,
}

/// A peer's catalogue, its pages put together.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    pub endpoint: Endpoint,
    pub catalog: Catalog,
    /// More was there than we keep.
    pub cut: bool,
}

/// A peer's dataset as it was shown to us.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownDataset {
    /// Where to negotiate.
    pub endpoint: String,
    /// Absent from peers that show no description to compute a digest of.
    pub shown: Option<Shown>,
    pub dataset: Dataset,
}

impl ShownDataset {
    /// The dataset's identifier as its provider writes it.
    pub fn id(&self) -> Result<DatasetId, Error> {
        DatasetId::parse(self.dataset.id.as_str())
            .map_err(|e| Error::Peer { peer: self.endpoint.clone(), what: format!("a dataset's `@id`: {e}") })
    }

    /// The offer of that identifier, or the only one, verbatim.
    ///
    /// # Errors
    /// [`Error::NotFound`], or which ones there are to choose from.
    pub fn offer(&self, wanted: Option<&OfferId>) -> Result<(OfferId, Value), Error> {
        let id = |offer: &Value| offer.get("@id").and_then(Value::as_str).map(ToOwned::to_owned);
        let found = match (wanted, self.dataset.has_policy.as_slice()) {
            (Some(wanted), _) => {
                let meant = OfferId::meant(wanted.as_str()).unwrap_or_default();
                meant.iter().find_map(|id| self.dataset.offer(id.as_str()))
            }
            (None, [only]) => Some(only),
            (None, []) => None,
            (None, several) => {
                let ids: Vec<String> = several.iter().filter_map(id).collect();
                let several = say("malformed.several-offers").with("offers", ids.join(", "));
                return Err(Error::malformed(several, "offer"));
            }
        };
        let offer = found.ok_or(Error::NotFound("offer"))?;
        match id(offer).and_then(|id| OfferId::parse(id).ok()) {
            Some(id) => Ok((id, offer.clone())),
            None => Err(Error::NotFound("offer")),
        }
    }
}

/// Asks a peer for its whole catalogue. `peer` is its DID, or its public address.
///
/// # Errors
/// [`Error::Peer`] when it cannot be found, does not answer, or answers something else.
pub async fn ask(app: &Arc<App>, hosted: &Arc<Hosted>, peer: &str) -> Result<Answered, Error> {
    let endpoint = find(app, peer).await?;
    let start = address(&endpoint, "/catalog/request")?;
    let (mut next, mut seen) = (Some(start.clone()), HashSet::new());
    let mut whole: Option<Catalog> = None;
    while let Some(url) = next.take() {
        if seen.len() == MAX_PAGES || !seen.insert(url.clone()) {
            return finish(endpoint, whole, true);
        }
        let body =
            serde_json::to_vec(&CatalogRequestMessage::new()).map_err(|e| Error::Internal(e.to_string()))?;
        let token = sts::peer_token(app, hosted, &endpoint.peer, &body)?;
        let sent = app.client.send(url.as_str(), Bytes::from(body), Some(&token)).await;
        let answer = sent.map_err(|e| failed(&endpoint, e.to_string()))?;
        next = answer.link.as_deref().and_then(|header| link::next(header, &url));
        // Our token goes with each page: never to another host than the one asked.
        if next.as_ref().is_some_and(|next| next.origin() != start.origin()) {
            return Err(failed(&endpoint, "its next page is at another host".into()));
        }
        let mut page: Catalog = read(&endpoint, &answer)?;
        match &mut whole {
            None => whole = Some(page),
            Some(whole) => {
                whole.dataset.append(&mut page.dataset);
                whole.catalog.append(&mut page.catalog);
            }
        }
        if whole.as_ref().is_some_and(|whole| whole.dataset.len() > MAX_DATASETS) {
            return finish(endpoint, whole, true);
        }
    }
    finish(endpoint, whole, false)
}

fn finish(endpoint: Endpoint, catalog: Option<Catalog>, cut: bool) -> Result<Answered, Error> {
    match catalog {
        Some(mut catalog) => {
            catalog.dataset.truncate(MAX_DATASETS);
            Ok(Answered { endpoint, catalog, cut })
        }
        None => Err(failed(&endpoint, "it gave no catalogue".into())),
    }
}

/// Asks a peer for one dataset, so that what is shown is what will be signed. A bare UUID may be its name as it
/// stands, or stand for the identifier a node like ours gave.
///
/// # Errors
/// [`Error::NotFound`] when it does not show it to us; [`Error::Peer`] as for [`ask`].
pub async fn ask_dataset(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    provider: &ParticipantId,
    dataset: &DatasetId,
) -> Result<ShownDataset, Error> {
    let endpoint = find(app, provider.as_str()).await?;
    let mut found = Err(Error::NotFound("dataset"));
    for id in DatasetId::meant(dataset.as_str()).unwrap_or_default() {
        found = ask_one(app, hosted, endpoint.clone(), &id).await;
        if !matches!(found, Err(Error::NotFound(_))) {
            break;
        }
    }
    found
}

async fn ask_one(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    endpoint: Endpoint,
    dataset: &DatasetId,
) -> Result<ShownDataset, Error> {
    let mut url = address(&endpoint, "/catalog/datasets")?;
    if let Ok(mut path) = url.path_segments_mut() {
        path.push(dataset.as_str());
    }
    let token = sts::peer_token(app, hosted, &endpoint.peer, b"")?;
    let got = app.client.get(url.as_str(), Some(&token), MAX_DATASET).await;
    let answer = got.map_err(|e| failed(&endpoint, e.to_string()))?;
    if answer.status == 404 {
        return Err(Error::NotFound("dataset"));
    }
    let dataset_shown: Dataset = read(&endpoint, &answer)?;
    if dataset_shown.id != dataset.as_str() {
        return Err(failed(&endpoint, format!("it answered with another dataset, {}", dataset_shown.id)));
    }
    let shown = shown(&endpoint, &dataset_shown)?;
    Ok(ShownDataset { endpoint: endpoint.base, shown, dataset: dataset_shown })
}

/// Revision and digest, computed from the description itself: a digest that is only said proves nothing.
fn shown(endpoint: &Endpoint, dataset: &Dataset) -> Result<Option<Shown>, Error> {
    let Some(described) = dataset.other.get("described") else { return Ok(None) };
    let wrong = |what: &str| failed(endpoint, format!("its description of {}: {what}", dataset.id));
    let text = |name: &str| described.get(name).and_then(Value::as_str);
    if text("type") != Some("fiducie-dataset") {
        return Ok(None);
    }
    if text("id") != Some(dataset.id.as_str()) {
        return Err(wrong("it is another dataset's"));
    }
    let revision = described.get("revision").and_then(Value::as_i64).filter(|number| *number > 0);
    let revision = revision.ok_or_else(|| wrong("no revision"))?;
    let bytes = jcs::canonical_value(described).map_err(|e| wrong(&e.to_string()))?;
    Ok(Some(Shown { revision, digest: jcs::sha256_b64url(&bytes) }))
}

/// Finds a peer's protocol endpoint: in its DID document, or from its list of versions.
pub async fn find(app: &App, peer: &str) -> Result<Endpoint, Error> {
    if !peer.starts_with("did:") {
        return by_address(app, peer).await;
    }
    let did = ParticipantId::did(peer)
        .map_err(|e| Error::malformed(say("malformed.peer").with("what", e), "peer"))?;
    let identity = app.resolver.resolve(&did).await?;
    let none = || Error::Peer {
        peer: did.to_string(),
        what: "its DID document names no catalogue and no connector".into(),
    };
    let document = identity.document();
    if let Some(base) = document.service("CatalogService").and_then(|url| url.strip_suffix("/catalog")) {
        return Ok(Endpoint { peer: did, base: base.trim_end_matches('/').to_owned() });
    }
    let versions = document.service("DataService").ok_or_else(none)?;
    let root = versions.trim_end_matches('/').strip_suffix(WELL_KNOWN).ok_or_else(none)?;
    let (base, _) = versions_at(app, root).await?;
    Ok(Endpoint { peer: did, base })
}

async fn by_address(app: &App, address: &str) -> Result<Endpoint, Error> {
    let url =
        Url::parse(address).map_err(|e| Error::malformed(say("malformed.peer").with("what", e), "peer"))?;
    let root = url.as_str().trim_end_matches('/');
    let (base, named) = versions_at(app, root).await?;
    let peer = match named.and_then(|name| ParticipantId::did(name).ok()) {
        Some(peer) => peer,
        None => did::from_base_url(&url)
            .map_err(|e| Error::malformed(say("malformed.peer").with("what", e), "peer"))?,
    };
    Ok(Endpoint { peer, base })
}

/// The base address of our version of the protocol, and the participant named beside it.
async fn versions_at(app: &App, root: &str) -> Result<(String, Option<String>), Error> {
    let peer = |what: String| Error::Peer { peer: root.to_owned(), what };
    let answer = app.client.get(&format!("{root}{WELL_KNOWN}"), None, MAX_DATASET).await;
    let answer = answer.map_err(|e| peer(e.to_string()))?;
    if !answer.is_success() {
        return Err(peer(format!("it does not list its protocol versions (status {})", answer.status)));
    }
    let versions: VersionResponse = serde_json::from_slice(&answer.body)
        .map_err(|e| peer(format!("its list of protocol versions: {e}")))?;
    let ours = versions.protocol_versions.into_iter().find(|version| {
        version.version == VERSION && version.binding == "HTTPS" && version.path.starts_with('/')
    });
    let ours = ours.ok_or_else(|| peer(format!("it does not speak version {VERSION} over HTTPS")))?;
    Ok((format!("{root}{}", ours.path.trim_end_matches('/')), ours.service_id))
}

fn address(endpoint: &Endpoint, path: &str) -> Result<Url, Error> {
    Url::parse(&format!("{}{path}", endpoint.base))
        .map_err(|e| failed(endpoint, format!("its address {}: {e}", endpoint.base)))
}

fn read<M: Message>(endpoint: &Endpoint, answer: &Answer) -> Result<M, Error> {
    if !answer.is_success() {
        let said = dsp::read::<CatalogError>(&answer.body).ok();
        let reasons = said.map(|error| error.reason).unwrap_or_default();
        let texts: Vec<String> = reasons.iter().take(5).map(reason).collect();
        return Err(failed(endpoint, format!("status {}: {}", answer.status, texts.join("; "))));
    }
    dsp::read(&answer.body).map_err(|e| failed(endpoint, e.what))
}

/// A reason as text, however the peer writes it.
fn reason(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
    text.chars().take(300).collect()
}

fn failed(endpoint: &Endpoint, what: String) -> Error {
    Error::Peer { peer: endpoint.peer.to_string(), what }
}
