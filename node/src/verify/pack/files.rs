//! The files of a pack, from a folder: no link is followed, nothing is read beyond a bound.

use std::path::{Path, PathBuf};

use contracts::evidence::{EXTRACT, MANIFEST, SEAL};
use ontology::Lang;

use super::content::{Files, readable};
use super::wrong;
use crate::verify::MAX_FILE;
use crate::verify::finding::Finding;

/// Most files of a pack.
const MOST: usize = 20_000;

/// Whether a folder is that of a pack: by what its manifest says, and also when that was taken away but a seal, an
/// extract or an index is there. What was a pack must not pass as a heap of files.
pub fn is_pack(folder: &Path) -> bool {
    let bytes = bytes(&folder.join(MANIFEST)).unwrap_or_default();
    let says: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let texts = [Lang::Fr, Lang::En].map(|lang| readable("instructions", lang));
    says["type"] == "fiducie-evidence"
        || [SEAL, EXTRACT].iter().any(|name| folder.join(name).is_file())
        || texts.iter().any(|name| folder.join(name).is_file())
}

pub fn read(folder: &Path) -> Result<Files, Finding> {
    let (mut files, mut folders) = (Files::new(), vec![PathBuf::new()]);
    while let Some(below) = folders.pop() {
        let failed = |e: std::io::Error| wrong(&below.display().to_string(), &e.to_string());
        for entry in std::fs::read_dir(folder.join(&below)).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let (path, kind) = (below.join(entry.file_name()), entry.file_type().map_err(failed)?);
            let name = path.to_string_lossy().into_owned();
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                files.insert(
                    name,
                    bytes(&entry.path()).map_err(|what| wrong(&path.display().to_string(), &what))?,
                );
            } else {
                return Err(wrong(&name, "neither a file nor a folder"));
            }
            if files.len() + folders.len() > MOST {
                return Err(wrong(&folder.display().to_string(), &format!("over {MOST} files")));
            }
        }
    }
    Ok(files)
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let found = std::fs::metadata(path).map_err(|e| e.to_string())?;
    if found.len() > MAX_FILE as u64 {
        return Err(format!("over {MAX_FILE} bytes"));
    }
    std::fs::read(path).map_err(|e| e.to_string())
}
