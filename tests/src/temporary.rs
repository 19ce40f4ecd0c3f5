//! A folder that goes with its owner.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// A private folder, removed when dropped.
pub struct Folder(Option<PathBuf>);

impl Default for Folder {
    fn default() -> Self {
        Self::named("test")
    }
}

impl Folder {
    /// With a name that tells whose it is.
    pub fn named(name: &str) -> Self {
        Self::within(std::env::temp_dir(), name)
    }

    /// Somewhere else than where such folders are.
    pub fn within(place: PathBuf, name: &str) -> Self {
        let path = place.join(format!("fiducie-{name}-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir_all(&path).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        Self(Some(path))
    }

    pub fn path(&self) -> &Path {
        self.0.as_deref().unwrap()
    }

    /// Writes a file that only its owner can read.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    /// Leaves it for a look.
    pub fn keep(mut self) {
        if let Some(folder) = self.0.take() {
            eprintln!("kept: {}", folder.display());
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Some(folder) = &self.0 {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}
