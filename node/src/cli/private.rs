//! Folders and files that only their owner can read.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use super::exit::Failed;

/// What the system says about a path.
pub fn setup(path: &Path, error: impl std::fmt::Display) -> Failed {
    Failed::Setup(format!("{}: {error}", path.display()))
}

/// Creates a folder that only its owner can enter.
pub fn private_folder(path: &Path) -> Result<(), Failed> {
    fs::create_dir_all(path).map_err(|e| setup(path, e))?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(|e| setup(path, e))
}

/// Writes a file that only its owner can read; never over an existing one.
pub fn private_file(path: &Path, content: &[u8]) -> Result<(), Failed> {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|e| setup(path, e))?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(|e| setup(path, e))
}
