//! Conventions of hosting: the host draws one up and signs, the member reads, checks and signs, the host keeps its
//! signature. The file goes from one to the other by hand or by command: neither side acts for the other.

mod draw;
mod required;
mod sign;

use contracts::convention::{ConventionFile, Readable};
use contracts::id::ConventionId;

use super::{App, Error, Hosted};
use crate::domain::convention::Convention;
use crate::domain::event::{ConventionEvent, Event};
use crate::domain::time::Timestamp;
use crate::store::Page;
use crate::text::say;

pub use draw::draw_up;
pub use required::must_have_one;
pub use sign::sign;

/// A convention as its people see it.
pub struct Shown {
    pub convention: Convention,
    pub until: Option<Timestamp>,
    pub texts: Readable,
}

/// One convention of the member; a bare UUID means the one of ours with it.
pub async fn get(app: &App, hosted: &Hosted, id: &str) -> Result<Shown, Error> {
    let id = ConventionId::from_segment(id)
        .map_err(|e| Error::malformed(say("malformed.identifier").with("what", e), "path"))?;
    let found = app.store.read(hosted.id()).await?.convention(&id).await?;
    shown(found.ok_or(Error::NotFound("convention"))?)
}

/// Conventions of the member, oldest first, after a cursor.
pub async fn list(app: &App, hosted: &Hosted, page: &Page) -> Result<Vec<Shown>, Error> {
    let found = app.store.read(hosted.id()).await?.conventions(page).await?;
    found.into_iter().map(shown).collect()
}

fn shown(convention: Convention) -> Result<Shown, Error> {
    let file = ConventionFile::parse(convention.file.as_bytes()).map_err(internal)?;
    let until = file.convention.term.until.map(|until| Timestamp::from_seconds(until.seconds()));
    Ok(Shown { convention, until, texts: file.texts })
}

/// Keeps a convention with its new signatures, and says so in the log.
async fn keep(
    app: &App,
    hosted: &Hosted,
    kept: Convention,
    digest: String,
    what: &'static [ConventionEvent],
) -> Result<Shown, Error> {
    let saved = app
        .store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                tx.put_convention(&kept).await?;
                for what in what.iter().copied() {
                    let (convention, peer, digest) = (kept.id.clone(), kept.peer.clone(), digest.clone());
                    tx.record(Event::Convention { what, convention, peer, digest });
                }
                Ok::<_, Error>(kept)
            })
        })
        .await?;
    shown(saved.value)
}

fn internal(error: impl std::fmt::Display) -> Error {
    Error::Internal(error.to_string())
}
