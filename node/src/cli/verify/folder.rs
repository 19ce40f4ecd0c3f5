//! What there is to verify in what was named: files, and in folders the files that are proofs.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cli::exit::Failed;
use crate::verify::{KINDS, MAX_FILE, pack, tiled};

/// Names of files that say what they are: whatever is in them, they are judged.
const NAMES: [&str; 5] = [".contract.json", ".receipt.json", ".revocation.json", ".log.json", ".tlog-proof"];
/// Most files of a folder.
const MOST: usize = 100_000;

/// One thing to verify.
pub enum Proof {
    File(PathBuf),
    /// Folder of a whole log.
    Log(PathBuf),
    /// Folder of an evidence pack.
    Pack(PathBuf),
}

impl Proof {
    pub fn path(&self) -> &Path {
        match self {
            Self::File(path) | Self::Log(path) | Self::Pack(path) => path,
        }
    }
}

/// What was found.
#[derive(Default)]
pub struct Found {
    pub proofs: Vec<Proof>,
    /// Files of folders that are no proofs: DID documents, data, texts.
    pub others: Vec<PathBuf>,
}

/// Looks into what was named.
pub fn open(named: &[PathBuf]) -> Result<Found, Failed> {
    let mut found = Found::default();
    for path in named {
        match path.is_dir() {
            true => look(path, &mut found)?,
            false => found.proofs.push(Proof::File(path.clone())),
        }
    }
    match found.proofs.is_empty() {
        true => Err(Failed::Usage("the folder holds no proof: name one with contracts, receipts, revocations, log extracts or a log".into())),
        false => Ok(found),
    }
}

fn look(folder: &Path, found: &mut Found) -> Result<(), Failed> {
    if tiled::is_log(folder) {
        found.proofs.push(Proof::Log(folder.to_owned()));
        return Ok(());
    }
    if pack::is_pack(folder) {
        found.proofs.push(Proof::Pack(folder.to_owned()));
        return Ok(());
    }
    let failed = |e: std::io::Error| Failed::Usage(format!("{}: {e}", folder.display()));
    let entries = std::fs::read_dir(folder).map_err(failed)?;
    let mut entries: Vec<_> = entries.collect::<Result<_, _>>().map_err(failed)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let (path, kind) = (entry.path(), entry.file_type().map_err(failed)?);
        if found.proofs.len() + found.others.len() >= MOST {
            return Err(Failed::Usage(format!("{} holds over {MOST} files", folder.display())));
        }
        // Links are not followed: a folder is what is in it.
        if kind.is_dir() {
            look(&path, found)?;
        } else if kind.is_file() && is_proof(&path) {
            found.proofs.push(Proof::File(path));
        } else {
            found.others.push(path);
        }
    }
    Ok(())
}

fn is_proof(path: &Path) -> bool {
    let name = path.to_string_lossy();
    NAMES.iter().any(|end| name.ends_with(end)) || says_so(path)
}

/// By its own words one of our formats. Whether it is one, the verification says.
fn says_so(path: &Path) -> bool {
    let is_small = std::fs::metadata(path).is_ok_and(|found| found.len() <= MAX_FILE as u64);
    let bytes = if is_small { std::fs::read(path).unwrap_or_default() } else { Vec::new() };
    let value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    value["type"].as_str().is_some_and(|kind| KINDS.contains(&kind))
}
