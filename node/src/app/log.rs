//! Taking entries out of a member's log, with the proof that they are in it.

use contracts::id::AgreementId;
use contracts::jcs;
use contracts::tlog::note::Note;

use super::{App, Error, Hosted};
use crate::domain::event::Reference;
use crate::identity::keys::Purpose;
use crate::log::{proof, verify};

/// Most entries of one extract: a file of a few megabytes.
const MOST: usize = 5000;

/// What an extract is about.
#[derive(Debug, Clone)]
pub enum About {
    Exchange(Reference),
    Contract(AgreementId),
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
