//! The operator opens a new epoch: the log goes on under another name, from what was restored.

use std::path::{Path, PathBuf};

use super::ask;
use crate::app::member::keys;
use crate::app::{Error, Hosted};
use crate::domain::event::Event;
use crate::domain::member::Member;
use crate::domain::time::Timestamp;
use crate::identity::seal::MasterSecret;
use crate::peer::Client;
use crate::store::{Epoch, LogKey, Store};
use crate::text::say;

/// What is known of what was lost.
pub struct Evidence<'e> {
    pub client: &'e Client,
    /// Folder of the node.
    pub dir: &'e Path,
    pub files: &'e [PathBuf],
    /// Open it though nobody holds a later checkpoint.
    pub blind: bool,
}

/// An epoch just opened.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Opened {
    pub epoch: u64,
    pub origin: String,
    /// Entries that the log had, and the one that opens the epoch is the next.
    pub size: u64,
    /// Size of the lost checkpoint, and who holds it.
    pub lost: Option<u64>,
    pub by: Option<String>,
    pub silent: Vec<String>,
}

/// Opens an epoch of a member's log, in a database that no node uses. It begins with an entry that admits what others
/// hold of the epoch before.
///
/// # Errors
/// [`Error::Conflict`] when nobody holds more than the log has; [`Error::Malformed`] for a file that is no checkpoint.
pub async fn open(
    store: &Store,
    member: Member,
    secret: &MasterSecret,
    evidence: &Evidence<'_>,
    now: Timestamp,
) -> Result<Opened, Error> {
    let hosted = keys::open(store, member, secret, now).await?;
    let mut asked = ask::partners(evidence.client, store, &hosted).await?;
    asked.folder(evidence.dir, &hosted);
    for file in evidence.files {
        let told = asked.known.len();
        let read = asked.file(file, &hosted);
        let wrong =
            |what: String| Error::malformed(say("malformed.checkpoint").with("what", what), "checkpoint");
        read.map_err(wrong)?;
        if asked.known.len() == told {
            return Err(wrong(format!("{}: not of {}", file.display(), hosted.log_origin())));
        }
    }
    let lost = asked.beyond(store, &hosted).await?.cloned();
    if lost.is_none() && !evidence.blind {
        return Err(Error::Conflict(say("conflict.not-behind").with("silent", asked.silent.len())));
    }
    let number = hosted.epoch + 1;
    let size = write(store, &hosted, number, lost.as_ref(), now).await?;
    Ok(Opened {
        epoch: number,
        origin: hosted.member.log_origin(number),
        size,
        lost: lost.as_ref().map(|known| known.checkpoint.size),
        by: lost.map(|known| known.by),
        silent: asked.silent,
    })
}

async fn write(
    store: &Store,
    hosted: &Hosted,
    number: u64,
    lost: Option<&ask::Known>,
    now: Timestamp,
) -> Result<u64, Error> {
    let head = store.read(hosted.id()).await?.log_head().await?.ok_or(Error::NotFound("log"))?;
    let origin = hosted.member.log_origin(number);
    let key = LogKey::of(origin, &hosted.keys(), now);
    store.set_log_key(hosted.id().clone(), key.ok_or_else(|| Error::Internal("no log key".into()))?);
    let size = head.size;
    let event = Event::Epoch {
        number,
        size,
        root: head.root,
        lost: lost.map(|known| (known.checkpoint.size, known.checkpoint.root)),
    };
    let lost = lost.map(|known| known.text.clone());
    let epoch = Epoch { number, size, at: now, ended: head.checkpoint, lost };
    let job = store.write(hosted.id(), move |tx| {
        Box::pin(async move {
            tx.record(event);
            Ok::<_, Error>(tx.open_epoch(&epoch).await?)
        })
    });
    job.await.map(|_| size)
}
