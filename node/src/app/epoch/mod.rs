//! A log that came back from an older state goes on in a new epoch, under another name, or not at all.
//!
//! Reading order: [`ask`] (what others hold of the log), [`stand`] (whether it may be appended to), [`open`].

pub mod ask;
pub mod open;
pub mod stand;

use contracts::tlog::note::{Checkpoint, Note};
use serde_json::{Value, json};

use super::{App, Error, Hosted};
use crate::store::{Epoch, Reader};

/// Reads a signed checkpoint.
pub fn read(text: &str) -> Result<(Note, Checkpoint), contracts::format::FormatError> {
    let note = Note::parse(text)?;
    let checkpoint = Checkpoint::parse(&note.text)?;
    Ok((note, checkpoint))
}

/// The epochs of a log, for everybody: where each begins, with the checkpoints that prove it.
pub async fn list(app: &App, hosted: &Hosted) -> Result<Value, Error> {
    let opened = app.store.read(hosted.id()).await?.epochs().await?;
    let first = json!({ "epoch": 1, "origin": hosted.member.log_origin(1) });
    let later = opened.iter().map(|epoch| {
        json!({
            "epoch": epoch.number, "origin": hosted.member.log_origin(epoch.number), "size": epoch.size,
            "at": epoch.at.rfc3339(), "ended": epoch.ended, "lost": epoch.lost,
        })
    });
    let all: Vec<_> = [first].into_iter().chain(later).collect();
    Ok(json!({ "epochs": all }))
}

/// How long an epoch's log is, and its newest checkpoint.
///
/// # Errors
/// [`Error::NotFound`] when the log has no such epoch, or no entry yet.
pub async fn head(reader: &mut Reader, number: u64) -> Result<(u64, String), Error> {
    let opened = reader.epochs().await?;
    if number == 0 || number > opened.len() as u64 + 1 {
        return Err(Error::NotFound("checkpoint"));
    }
    match opened.into_iter().find(|epoch| epoch.number == number + 1) {
        Some(Epoch { size, ended, .. }) => Ok((size, ended)),
        None => {
            let head = reader.log_head().await?.ok_or(Error::NotFound("checkpoint"))?;
            Ok((head.size, head.checkpoint))
        }
    }
}
