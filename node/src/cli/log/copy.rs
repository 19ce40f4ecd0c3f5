//! A log as files in a folder, in the layout of its addresses, so that any reader of tiled logs can check it.

use std::path::Path;

use contracts::tlog::note::{Checkpoint, Note};
use contracts::tlog::tile::{Holds, Tile};

use crate::cli::client::Client;
use crate::cli::exit::Failed;
use crate::text;
use crate::verify::tiled::{CHECKPOINT, DOCUMENT, SEEN};

/// What was copied.
pub struct Copied {
    pub origin: String,
    pub size: u64,
    /// Files that were not there yet.
    pub files: usize,
}

/// Copies what a folder has not yet of a log; the checkpoint last, so that an interrupted copy is an older one.
pub async fn copy(source: &Client, folder: &Path, entries: bool) -> Result<Copied, Failed> {
    let note = source.file("/log/checkpoint").await?;
    let note = note.ok_or_else(|| Failed::NotFound(text::get(source.lang(), "cli.no-checkpoint").into()))?;
    let strange = |e: contracts::format::FormatError| Failed::Refused(format!("{CHECKPOINT}: {e}"));
    let read = Note::parse(&String::from_utf8_lossy(&note)).map_err(strange)?;
    let head = Checkpoint::parse(&read.text).map_err(strange)?;
    let mut wanted: Vec<Tile> = Tile::hashes(head.size).collect();
    if entries {
        wanted.extend(Tile::all(Holds::Entries, head.size));
    }
    let mut files = 0;
    for tile in wanted {
        let name = tile.to_string();
        if folder.join(&name).exists() {
            continue;
        }
        let bytes = source.file(&format!("/log/{name}")).await?;
        let bytes = bytes.ok_or_else(|| Failed::Refused(format!("the log does not serve {name}")))?;
        write(folder, &name, &bytes)?;
        files += 1;
    }
    if let Some(document) = source.file("/did.json").await? {
        write(folder, DOCUMENT, &document)?;
    }
    keep_seen(folder)?;
    write(folder, CHECKPOINT, &note)?;
    Ok(Copied { origin: head.origin, size: head.size, files })
}

/// What was seen before is kept: a log must be its continuation.
fn keep_seen(folder: &Path) -> Result<(), Failed> {
    let Ok(before) = std::fs::read_to_string(folder.join(CHECKPOINT)) else { return Ok(()) };
    let size = Note::parse(&before).and_then(|note| Checkpoint::parse(&note.text)).map(|head| head.size);
    let size = size.map_err(|e| Failed::Usage(format!("{}: {e}", folder.join(CHECKPOINT).display())))?;
    let name = format!("{SEEN}/{size}");
    if folder.join(&name).exists() { Ok(()) } else { write(folder, &name, before.as_bytes()) }
}

/// Writes a file whole or not at all.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Failed> {
    let path = folder.join(name);
    let failed = |e: std::io::Error| Failed::Usage(format!("{}: {e}", path.display()));
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(failed)?;
    }
    let part = folder.join(format!(".{}.part", std::process::id()));
    std::fs::write(&part, bytes).map_err(failed)?;
    std::fs::rename(&part, &path).map_err(failed)
}
