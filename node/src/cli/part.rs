//! A file that has its name only once it is whole.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::exit::Failed;
use super::private::{private_file, setup};
use crate::config;
use crate::identity::seal::MasterSecret;
use crate::text::{self, Lang};

/// A file under another name, for its owner only. Dropped before it is kept, it is removed.
pub struct Part {
    file: File,
    path: PathBuf,
    to: PathBuf,
    kept: bool,
}

impl Part {
    pub fn create(to: &Path) -> Result<Self, Failed> {
        let mut name = to.to_owned().into_os_string();
        name.push(".part");
        let path = PathBuf::from(name);
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path);
        Ok(Self { file: file.map_err(|e| setup(&path, e))?, path, to: to.to_owned(), kept: false })
    }

    pub fn file(&self) -> &File {
        &self.file
    }

    /// It is whole: it takes its name, on the disk.
    pub fn keep(mut self) -> Result<(), Failed> {
        let kept = self.file.sync_all().and_then(|()| fs::rename(&self.path, &self.to));
        kept.map_err(|e| setup(&self.path, e))?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.kept {
            // Not to be taken for a whole one; what stays of it is refused all the same.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The secret of a new encrypted file, made when there is none yet; the file itself must not be there.
pub fn secret_for_new(file: &Path, secret_file: &Path, lang: Lang) -> Result<MasterSecret, Failed> {
    if file.exists() {
        let file = file.display().to_string();
        return Err(Failed::Usage(text::fill(lang, "cli.file-there", &[("file", &file)])));
    }
    if !secret_file.exists() {
        private_file(secret_file, MasterSecret::generate_text().as_bytes())?;
    }
    config::secret_of(secret_file).map_err(Failed::Usage)
}
