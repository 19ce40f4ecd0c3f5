//! Taking entries out of a member's log, with the proof that they are in it.

use contracts::id::AgreementId;
use contracts::jcs;
use contracts::tlog::note::Note;
use tokio::time::Instant;

use super::{App, Error, Hosted};
use crate::domain::event::Reference;
use crate::identity::keys::Purpose;
use crate::log::{proof, verify};
use crate::store::Entry;

/// Most entries of one extract: a file of a few megabytes.
const MOST: usize = 5000;

/// What an extract is about.
#[derive(Debug, Clone)]
pub enum About {
    Exchange(Reference),
    Contract(AgreementId),
}

/// Entries from an index on, at most so many.
pub async fn entries(app: &App, hosted: &Hosted, from: u64, most: usize) -> Result<Vec<Entry>, Error> {
    Ok(app.store.read(hosted.id()).await?.entries(from, most).await?)
}

/// As [`entries`], waiting for the first one until `end`.
pub async fn awaited(
    app: &App,
    hosted: &Hosted,
    from: u64,
    most: usize,
    end: Instant,
) -> Result<Vec<Entry>, Error> {
    // Subscribed before the look, so that nothing falls between the two.
    let mut sizes = app.store.events(hosted.id());
    loop {
        sizes.borrow_and_update();
        let found = entries(app, hosted, from, most).await?;
        if found.is_empty() && tokio::time::timeout_at(end, sizes.changed()).await.is_ok_and(|c| c.is_ok()) {
            continue;
        }
        return Ok(found);
    }
}

/// The newest signed state of the log (C2SP signed note).
pub async fn checkpoint(app: &App, hosted: &Hosted) -> Result<String, Error> {
    let head = app.store.read(hosted.id()).await?.log_head().await?;
    head.map(|head| head.checkpoint).ok_or(Error::NotFound("checkpoint"))
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
            let what = format!("more than {MOST} entries; take an extract of each exchange by its reference");
            return Err(Error::Conflict(what));
        }
        _ => {}
    }
    let keys = hosted.keys();
    let current = keys.current(Purpose::Log, app.now())?.public.jwk().clone();
    let mut extract = proof::extract(&mut reader, hosted.did().clone(), current, entries, true).await?;
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
    jcs::canonical(&extract).map_err(|e| Error::Internal(format!("log extract: {e}")))
}
