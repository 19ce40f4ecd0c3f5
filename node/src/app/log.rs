//! Taking entries out of a member's log, with the proof that they are in it.

mod believe;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contracts::api::log::{ConsistencyView, InclusionView};
use contracts::api::scope::Scope;
use contracts::extract::LogExtract;
use contracts::id::AgreementId;
use contracts::jcs;
use contracts::tlog::Hash;
use contracts::tlog::note::Note;
use contracts::tlog::proof::LogProof;
use contracts::tlog::tile::{Holds, Tile, bundle};
use tokio::time::Instant;

use super::cosigning::kept;
use super::reading::KIND;
use super::{App, Error, Hosted, epoch, retention};
use crate::domain::event::Reference;
use crate::identity::keys::Purpose;
use crate::log::tree::TILE;
use crate::log::{proof, verify};
use crate::store::{Entry, Reader};
use crate::text::say;

pub use believe::believe;

/// Most entries of one extract: a file of a few megabytes.
const MOST: usize = 5000;

/// What an extract is about.
#[derive(Debug, Clone)]
pub enum About {
    Exchange(Reference),
    Contract(AgreementId),
}

/// Entries from an index on, at most so many.
pub async fn entries(app: &App, hosted: &Hosted, from: u64, most: usize) -> Result<Vec<Arc<Entry>>, Error> {
    Ok(app.store.entries(hosted.id(), from, most).await?)
}

/// As [`entries`], waiting for the first one until `end`. Entries that tell of readings are left out: whoever follows what
/// happens would be woken by its own reading.
pub async fn awaited(
    app: &App,
    hosted: &Hosted,
    mut from: u64,
    most: usize,
    end: Instant,
) -> Result<Vec<Arc<Entry>>, Error> {
    // Subscribed before the look, so that nothing falls between the two.
    let mut sizes = app.store.events(hosted.id());
    loop {
        sizes.borrow_and_update();
        let mut found = entries(app, hosted, from, most).await?;
        let last = found.last().map(|entry| entry.index);
        found.retain(|entry| entry.kind != KIND);
        match last {
            Some(last) if found.is_empty() => from = last + 1,
            None if tokio::time::timeout_at(end, sizes.changed()).await.is_ok_and(|c| c.is_ok()) => {}
            _ => return Ok(found),
        }
    }
}

/// The newest signed state of an epoch of the log (C2SP signed note).
pub async fn checkpoint(app: &App, hosted: &Hosted, epoch: u64) -> Result<String, Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    Ok(epoch::head(&mut reader, epoch).await?.1)
}

/// The bytes of a tile or entry bundle of an epoch (C2SP tlog-tiles): an epoch begins with the entries of the one before.
///
/// # Errors
/// [`Error::NotFound`] when the log is too short for it, [`Error::Gone`] when it does not show it any more.
pub async fn tile(app: &App, hosted: &Hosted, epoch: u64, tile: &Tile) -> Result<Vec<u8>, Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    let (size, _) = epoch::head(&mut reader, epoch).await?;
    if !tile.is_of(size) {
        return Err(Error::NotFound("tile"));
    }
    let shown = retention::retention(app, hosted).await?;
    if shown.has_pruned(tile) {
        return Err(Error::Gone(say("gone.tile").with("minimum", shown.minimum_index)));
    }
    let range = tile.range();
    match tile.holds {
        Holds::Hashes(level) => Ok(reader.tile_hashes(level, range).await?.concat()),
        Holds::Entries => {
            let leaves = reader.leaves(range.start, TILE).await?;
            let leaves = leaves.iter().take(tile.width as usize).map(|(leaf, _)| leaf.as_slice());
            bundle(leaves).map_err(|e| Error::Internal(format!("entry bundle: {e}")))
        }
    }
}

/// An entry with its proof under the newest checkpoint, or the newest cosigned one if the entry is in it.
///
/// # Errors
/// [`Error::NotFound`] when there is no such entry.
pub async fn prove(app: &App, hosted: &Hosted, index: u64) -> Result<LogProof, Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    let head = reader.log_head().await?.ok_or(Error::NotFound("log entry"))?;
    let entry = reader.entry(index).await?.ok_or(Error::NotFound("log entry"))?;
    let cosigned = kept(&mut reader).await?.filter(|kept| kept.size > index);
    let (size, checkpoint) = cosigned.map_or((head.size, head.checkpoint), |kept| (kept.size, kept.note));
    let proof = proof::inclusion(&mut reader, index, size).await?;
    Ok(LogProof { extra: Some(entry.leaf), index, proof, checkpoint })
}

/// Refuses an entry beyond the scope of who asks, as if it were not there.
pub async fn within(app: &App, hosted: &Hosted, index: u64, scope: Option<&Scope>) -> Result<(), Error> {
    let Some(scope) = scope else { return Ok(()) };
    let entry = app.store.read(hosted.id()).await?.entry(index).await?;
    match entry.is_some_and(|entry| entry.is_in(scope)) {
        true => Ok(()),
        false => Err(Error::NotFound("log entry")),
    }
}

/// Proof that an entry is in the log of `size` entries, or of as many as there are.
///
/// # Errors
/// [`Error::NotFound`] when the log, or the size, is too small.
pub async fn inclusion(
    app: &App,
    hosted: &Hosted,
    index: u64,
    size: Option<u64>,
) -> Result<InclusionView, Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    let size = size_of(&mut reader, size).await?;
    let proof = proof::inclusion(&mut reader, index, size).await?;
    let entry = reader.entry(index).await?.ok_or(Error::NotFound("log entry"))?;
    let root = proof::root(&mut reader, size).await?;
    let leaf_hash = STANDARD.encode(entry.leaf_hash);
    Ok(InclusionView { index, size, leaf_hash, root: STANDARD.encode(root), proof: encoded(&proof) })
}

/// Proof that the log of `first` entries is the beginning of that of `second`, or of as many as there are.
///
/// # Errors
/// [`Error::NotFound`] when the log never had such sizes, in this order.
pub async fn consistency(
    app: &App,
    hosted: &Hosted,
    first: u64,
    second: Option<u64>,
) -> Result<ConsistencyView, Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    let second = size_of(&mut reader, second).await?;
    let proof = proof::consistency(&mut reader, first, second).await?;
    let first_root = STANDARD.encode(proof::root(&mut reader, first).await?);
    let second_root = STANDARD.encode(proof::root(&mut reader, second).await?);
    Ok(ConsistencyView { first, second, first_root, second_root, proof: encoded(&proof) })
}

async fn size_of(reader: &mut Reader, size: Option<u64>) -> Result<u64, Error> {
    let length = reader.log_head().await?.map_or(0, |head| head.size);
    size.map_or(Some(length), |size| (size <= length).then_some(size)).ok_or(Error::NotFound("log size"))
}

fn encoded(proof: &[Hash]) -> Vec<String> {
    proof.iter().map(|hash| STANDARD.encode(hash)).collect()
}

/// An extract as a file (`*.log.json`), with what opens its entries.
///
/// # Errors
/// [`Error::NotFound`] when nothing is recorded about it, [`Error::Conflict`] when there is more than one file holds.
pub async fn extract(app: &App, hosted: &Hosted, about: &About) -> Result<Vec<u8>, Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    let entries = match about {
        About::Exchange(reference) => reader.entries_of_reference(reference).await?,
        About::Contract(agreement) => reader.entries_of_agreement(agreement, 0, MOST + 1).await?,
    };
    match entries.len() {
        0 => return Err(Error::NotFound("log entry")),
        n if n > MOST => {
            return Err(Error::Conflict(say("conflict.extract").with("most", MOST)));
        }
        _ => {}
    }
    let extract = proven(app, hosted, &mut reader, entries, false).await?;
    jcs::canonical(&extract).map_err(|e| Error::Internal(format!("log extract: {e}")))
}

/// Entries about a contract from a place on, of the kinds that begin so, for the peer of that contract; and where to
/// read on. What a decision looked at stays here.
pub async fn twins_of(
    app: &App,
    hosted: &Hosted,
    agreement: &AgreementId,
    from: u64,
    most: usize,
    kinds: &str,
) -> Result<(LogExtract, Option<u64>), Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    let mut entries = reader.entries_of_agreement(agreement, from, most).await?;
    let next = entries.last().filter(|_| entries.len() == most).map(|entry| entry.index + 1);
    entries.retain(|entry| entry.kind.starts_with(kinds));
    entries.iter_mut().for_each(|entry| entry.facts = None);
    Ok((proven(app, hosted, &mut reader, entries, false).await?, next))
}

/// What was recorded of credentials, by their identifiers, for who holds them.
pub async fn of_credentials(app: &App, hosted: &Hosted, ids: Vec<String>) -> Result<LogExtract, Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    let mut entries = Vec::new();
    for id in ids {
        entries.extend(reader.entries_of_reference(&Reference(id)).await?);
    }
    proven(app, hosted, &mut reader, entries, false).await
}

/// Entries under the newest checkpoint, with the key that signed it; under the newest that was cosigned, if that is
/// wanted and they are all in it.
pub(super) async fn proven(
    app: &App,
    hosted: &Hosted,
    reader: &mut Reader,
    entries: Vec<Entry>,
    cosigned: bool,
) -> Result<LogExtract, Error> {
    let head = reader.log_head().await?.ok_or(Error::NotFound("log"))?;
    let last = entries.iter().map(|entry| entry.index).max();
    let cosigned = if cosigned { kept(reader).await? } else { None };
    let cosigned = cosigned.filter(|kept| last.is_some_and(|last| last < kept.size));
    let under = cosigned.map_or((head.size, head.checkpoint), |kept| (kept.size, kept.note));
    let keys = hosted.keys();
    let current = keys.current(Purpose::Log, app.now())?.public.jwk().clone();
    let mut extract = proof::extract(reader, under, hosted.did().clone(), current, entries, true).await?;
    // The newest checkpoint may be older than the newest key.
    let note = Note::parse(&extract.checkpoint).map_err(|e| Error::Internal(format!("checkpoint: {e}")))?;
    let signer = keys
        .keys()
        .iter()
        .find(|key| key.purpose == Purpose::Log && verify::signed(&note, &extract.origin, &key.public));
    match signer {
        Some(key) => extract.key = key.public.jwk().clone(),
        None => return Err(Error::Internal("no key of this member signed the newest checkpoint".into())),
    }
    Ok(extract)
}
