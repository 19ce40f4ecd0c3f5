//! What an earlier pull brought and could not record, when no more can be asked for: the disk was full, or the process
//! died, and the transfer has stopped since. The provider's entries about it have their twins all the same.

use std::path::Path;
use std::sync::Arc;

use super::{blocking, open, translate};
use crate::app::{App, Error, Hosted, reception};
use crate::dataplane::sink::{Sink, SinkError};
use crate::domain::event::Ending;
use crate::domain::transfer::Transfer;

/// Records what lies there of a pull to a name; nothing when nothing does.
pub(super) async fn record(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    transfer: &Transfer,
    path: Option<&str>,
    to: &str,
) -> Result<(), Error> {
    // A pull that is under way records what it brought itself.
    if app.flights.has_transfer(hosted.id(), &transfer.pid) {
        return Ok(());
    }
    let folder = app.config.path(&app.config.data.received);
    let (name, asked) = (to.to_owned(), path.unwrap_or_default().to_owned());
    let lang = app.config.language();
    let found = blocking(move || parts(&folder, &name, asked)).await;
    for (path, sink) in found.map_err(|e| translate(transfer, e, lang))? {
        let part = open(&sink).await.map_err(|e| translate(transfer, e, lang))?;
        let ending = if part.is_complete() { Ending::Complete } else { Ending::Broken };
        reception::record(app, hosted, transfer, &path, &part, ending).await?;
    }
    Ok(())
}

/// Parts by the path they were asked for under: of a file, of a listing, or of the files of a folder. Blocks.
fn parts(folder: &Path, to: &str, asked: String) -> Result<Vec<(String, Sink)>, SinkError> {
    let mut found = Vec::new();
    let is_part = |name: &str| folder.join(format!("{name}.part")).is_file();
    for name in [to.to_owned(), format!("{to}.listing")] {
        if is_part(&name) {
            found.push((asked.clone(), Sink::below(folder, &name)?));
        }
    }
    let mut below = vec![String::new()];
    while let Some(inner) = below.pop() {
        let Ok(entries) = std::fs::read_dir(folder.join(to).join(&inner)) else { continue };
        for entry in entries.flatten() {
            let Ok(name) = entry.file_name().into_string() else { continue };
            let path = if inner.is_empty() { name } else { format!("{inner}/{name}") };
            match (entry.file_type().is_ok_and(|kind| kind.is_dir()), path.strip_suffix(".part")) {
                (true, _) => below.push(path),
                (false, Some(path)) => {
                    found.push((path.to_owned(), Sink::below(folder, &format!("{to}/{path}"))?))
                }
                (false, None) => {}
            }
        }
    }
    Ok(found)
}
