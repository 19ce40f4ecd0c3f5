//! A folder that goes with its owner.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// A private folder, removed when dropped.
pub struct Folder(PathBuf);

impl Default for Folder {
    fn default() -> Self {
        let path = std::env::temp_dir().join(format!("fiducie-test-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir_all(&path).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        Self(path)
    }
}

impl Folder {
    pub fn path(&self) -> &Path {
        &self.0
    }
    /// Writes a file that only its owner can read.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
