//! Official material (schemas, examples, proof vectors, real files) that is not part of this repository.
//!
//! `FIDUCIE_REFERENCE` names the folder that holds it.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::skip::skipped;

/// The folder of that name in the reference material, or `None` when there is no reference material at all: the test
/// then says that it was skipped.
///
/// # Panics
/// When the material is announced and the folder is missing.
pub fn folder(name: &str, test: &str) -> Option<PathBuf> {
    let Some(root) = std::env::var_os("FIDUCIE_REFERENCE") else {
        skipped(test, "FIDUCIE_REFERENCE names no folder");
        return None;
    };
    let folder = Path::new(&root).join(name);
    assert!(folder.is_dir(), "FIDUCIE_REFERENCE is set, but {} is no folder", folder.display());
    Some(folder)
}

/// All files below a folder with this extension (all files when empty), sorted.
pub fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if extension.is_empty() || path.extension().is_some_and(|e| e == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A JSON file.
pub fn json(file: &Path) -> Value {
    let bytes = std::fs::read(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    serde_json::from_slice(&bytes).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
}

/// The root of this repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}
