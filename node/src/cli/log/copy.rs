//! A log as files in a folder, in the layout of its addresses, so that any reader of tiled logs can check it.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contracts::tlog::note::{Checkpoint, Note};
use contracts::tlog::retention::Retention;
use contracts::tlog::stamped::{MOST, Stamps};
use contracts::tlog::tile::{Holds, Tile};
use sha2::{Digest, Sha256};

use crate::cli::client::Client;
use crate::cli::exit::Failed;
use crate::text::{self, Lang};
use crate::verify::stamps::{STAMPED, STAMPS, TOKEN};
use crate::verify::tiled::{CHECKPOINT, DOCUMENT, RETENTION, SEEN};

/// What was copied.
pub struct Copied {
    pub origin: String,
    pub size: u64,
    /// Files that were not there yet.
    pub files: usize,
}

/// Copies what a folder has not yet of a log; the checkpoint last, so that an interrupted copy is an older one.
pub async fn copy(source: &Client, folder: &Path, entries: bool) -> Result<Copied, Failed> {
    let prefix = newest(source).await?;
    let note = source.file(&format!("{prefix}/checkpoint")).await?;
    let note = note.ok_or_else(|| Failed::NotFound(text::get(source.lang(), "cli.no-checkpoint").into()))?;
    let strange = |e: contracts::format::FormatError| Failed::Refused(format!("{CHECKPOINT}: {e}"));
    let read = Note::parse(&String::from_utf8_lossy(&note)).map_err(strange)?;
    let head = Checkpoint::parse(&read.text).map_err(strange)?;
    keep_seen(folder, &head.origin, source.lang())?;
    // Before the tiles: what is not shown then is not missing.
    let shown = source.file(&format!("{prefix}/{RETENTION}")).await?;
    let retention = shown.as_deref().map(serde_json::from_slice::<Retention>).transpose();
    let retention =
        retention.map_err(|e| Failed::Refused(format!("log/{RETENTION}: {e}")))?.unwrap_or_default();
    let mut wanted: Vec<Tile> = Tile::hashes(head.size).collect();
    if entries {
        wanted.extend(Tile::all(Holds::Entries, head.size));
    }
    let mut files = 0;
    for tile in wanted {
        let name = tile.to_string();
        if folder.join(&name).exists() || retention.has_pruned(&tile) {
            continue;
        }
        let bytes = source.file(&format!("{prefix}/{name}")).await?;
        let bytes = bytes.ok_or_else(|| Failed::Refused(format!("the log does not serve {name}")))?;
        write(folder, &name, &bytes)?;
        files += 1;
    }
    if let Some(shown) = shown {
        write(folder, RETENTION, &shown)?;
    }
    if let Some(document) = source.file("/did.json").await? {
        write(folder, DOCUMENT, &document)?;
    }
    write(folder, CHECKPOINT, &note)?;
    keep_cosigned(source, &prefix, folder).await?;
    files += keep_stamps(source, &prefix, folder, head.size).await?;
    Ok(Copied { origin: head.origin, size: head.size, files })
}

/// Where the newest epoch of a log is, below the member's address.
async fn newest(source: &Client) -> Result<String, Failed> {
    let list = source.file("/log/epochs").await?.unwrap_or_default();
    let list: serde_json::Value = serde_json::from_slice(&list).unwrap_or_default();
    let last = list["epochs"].as_array().and_then(|all| all.last()?["epoch"].as_u64());
    Ok(match last {
        Some(number) if number > 1 => format!("/log/{number}"),
        _ => "/log".to_owned(),
    })
}

/// What was seen before is kept: a log must be its continuation.
fn keep_seen(folder: &Path, origin: &str, lang: Lang) -> Result<(), Failed> {
    let Ok(before) = std::fs::read_to_string(folder.join(CHECKPOINT)) else { return Ok(()) };
    let head = Note::parse(&before).and_then(|note| Checkpoint::parse(&note.text));
    let head = head.map_err(|e| Failed::Usage(format!("{}: {e}", folder.join(CHECKPOINT).display())))?;
    if head.origin != origin {
        let values = [("before", head.origin.as_str()), ("now", origin)];
        return Err(Failed::Refused(text::fill(lang, "cli.other-epoch", &values)));
    }
    let name = format!("{SEEN}/{}", head.size);
    if folder.join(&name).exists() { Ok(()) } else { write(folder, &name, before.as_bytes()) }
}

/// The newest checkpoint that witnesses cosigned, unless it is beyond what was copied.
async fn keep_cosigned(source: &Client, prefix: &str, folder: &Path) -> Result<(), Failed> {
    let strange = |e: contracts::format::FormatError| Failed::Refused(format!("log/cosigned: {e}"));
    let Some(cosigned) = source.file(&format!("{prefix}/cosigned")).await? else { return Ok(()) };
    let size = |text: &str| -> Result<(u64, String), Failed> {
        let note = Note::parse(text).map_err(strange)?;
        Ok((Checkpoint::parse(&note.text).map_err(strange)?.size, note.text))
    };
    let (cosigned_size, text) = size(&String::from_utf8_lossy(&cosigned))?;
    let (copied, _) = size(&std::fs::read_to_string(folder.join(CHECKPOINT)).unwrap_or_default())?;
    let name = format!("{SEEN}/{cosigned_size}");
    // What was seen of that size is evidence if it says something else.
    let seen = std::fs::read_to_string(folder.join(&name)).ok();
    let differs = seen.is_some_and(|seen| size(&seen).is_ok_and(|(_, seen)| seen != text));
    if cosigned_size > copied || differs { Ok(()) } else { write(folder, &name, &cosigned) }
}

/// The time stamps that the folder has not yet; gives how many files.
async fn keep_stamps(source: &Client, prefix: &str, folder: &Path, size: u64) -> Result<usize, Failed> {
    let strange = |what: String| Failed::Refused(format!("log/stamps: {what}"));
    let (mut files, mut from) = (0, 0);
    loop {
        let Some(answer) = source.file(&format!("{prefix}/stamps?from={from}")).await? else {
            return Ok(files);
        };
        let found: Stamps = serde_json::from_slice(&answer).map_err(|e| strange(e.to_string()))?;
        for stamp in found.stamps.iter().filter(|stamp| stamp.size <= size) {
            let token = STANDARD.decode(&stamp.token).map_err(|e| strange(e.to_string()))?;
            let who = &hex::encode(Sha256::digest(stamp.authority.as_bytes()))[..8];
            let token_name = format!("{STAMPS}/{}.{who}{TOKEN}", stamp.size);
            let names = [(format!("{STAMPS}/{}{STAMPED}", stamp.size), stamp.checkpoint.as_bytes())];
            for (name, bytes) in names.into_iter().chain([(token_name, token.as_slice())]) {
                if !folder.join(&name).exists() {
                    write(folder, &name, bytes)?;
                    files += 1;
                }
            }
        }
        match found.stamps.last().filter(|last| found.stamps.len() >= MOST && last.size > from) {
            Some(last) => from = last.size,
            None => return Ok(files),
        }
    }
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
