//! Opening sources: only regular files, only below the configured folders, checked before and after opening.

use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use bytes::Bytes;
use policies::View;

use super::folder::{self, Listed};
use super::path::{self, BadPath};
use super::stage::{self, Measures, Rows};
pub use crate::domain::source::Source;

/// Why a source gives no bytes. Paths of this machine are for the operator, never for a peer.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("{0} is outside the folders of `data.folders`")]
    Outside(PathBuf),
    #[error("{0} does not exist")]
    Missing(PathBuf),
    #[error("{0} is neither a file nor a folder that can be delivered")]
    Special(PathBuf),
    #[error("{0} is a folder; publish it as a folder")]
    IsFolder(PathBuf),
    #[error("{0} is not a folder")]
    NotFolder(PathBuf),
    #[error("a single file has no files below it")]
    NoFolder,
    #[error(transparent)]
    BadPath(#[from] BadPath),
    #[error("{0} has more than {1} files; raise `limits.files` or publish it in parts")]
    TooMany(PathBuf, usize),
    #[error("only a file of separated values is delivered in part")]
    NoTable,
    #[error("{0} changed while it was read")]
    Changed(PathBuf),
    #[error("{0}: {1}")]
    Io(PathBuf, io::Error),
}

impl SourceError {
    fn io(path: &Path, error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::Missing(path.to_owned()),
            _ => Self::Io(path.to_owned(), error),
        }
    }
    /// Whether the caller asked for something that is not there, rather than the source failing us.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::NoFolder | Self::BadPath(_))
    }
}

/// The folders below which sources may lie.
#[derive(Debug, Clone)]
pub struct Roots {
    folders: Vec<PathBuf>,
    /// Most files of one folder.
    files: usize,
}

/// What tells a change of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint {
    pub length: u64,
    /// Time of the last change, nanoseconds since 1970.
    pub modified: u128,
}

impl Fingerprint {
    fn of(metadata: &Metadata) -> Self {
        let modified = metadata.modified().ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok());
        Self { length: metadata.len(), modified: modified.map(|d| d.as_nanos()).unwrap_or(0) }
    }
}

/// An opened source.
#[derive(Debug)]
pub struct Opened {
    pub(super) content: Content,
    pub fingerprint: Fingerprint,
    /// Media type, when we know it: listings.
    pub media_type: Option<&'static str>,
    /// Of a view: its length and its name.
    viewed: Option<(u64, String)>,
}

#[derive(Debug)]
pub(super) enum Content {
    File(File, PathBuf),
    Rows(Box<Rows>, PathBuf),
    Memory(Bytes),
}

impl Opened {
    /// Bytes that leave when all do.
    pub fn length(&self) -> u64 {
        self.viewed.as_ref().map_or(self.fingerprint.length, |(length, _)| *length)
    }

    /// What a view lets through of a file, instead of the whole. Reads it through the first time. Blocks.
    ///
    /// # Errors
    /// It is no table, or not one that has what the view is of.
    pub fn through(self, view: &View, measures: &Measures) -> Result<Self, SourceError> {
        let Content::File(file, path) = self.content else { return Err(SourceError::NoTable) };
        let broken = |e| SourceError::Io(path.clone(), e);
        let length = measures.length(&file, (path.clone(), self.fingerprint), view).map_err(broken)?;
        let rows = Box::new(Rows::open(file, view).map_err(broken)?);
        let viewed = Some((length, stage::name(view)));
        let (fingerprint, media_type) = (self.fingerprint, self.media_type);
        Ok(Self { content: Content::Rows(rows, path), fingerprint, media_type, viewed })
    }
    /// A strong validator (RFC 9110 section 8.8.3): another revision, length or time of change is another content.
    pub fn etag(&self, revision: i64) -> String {
        let Fingerprint { length, modified } = self.fingerprint;
        let view = self.viewed.as_ref().map(|(_, name)| format!("-{name}")).unwrap_or_default();
        format!("\"{revision}-{length:x}-{modified:x}{view}\"")
    }
    /// Looks again whether the file is still as it was opened.
    pub(super) fn check_unchanged(&self) -> Result<(), SourceError> {
        let (file, path) = match &self.content {
            Content::File(file, path) => (file, path),
            Content::Rows(rows, path) => (rows.file(), path),
            Content::Memory(_) => return Ok(()),
        };
        let now = file.metadata().map_err(|e| SourceError::io(path, e))?;
        match Fingerprint::of(&now) == self.fingerprint {
            true => Ok(()),
            false => Err(SourceError::Changed(path.clone())),
        }
    }
}

impl Roots {
    /// Folders that do not exist are left out: nothing can lie below them.
    pub fn new(folders: impl IntoIterator<Item = PathBuf>, files: usize) -> Self {
        Self { folders: folders.into_iter().filter_map(|f| f.canonicalize().ok()).collect(), files }
    }

    /// Checks at publication that a source can be delivered at all.
    pub fn check(&self, source: &Source) -> Result<(), SourceError> {
        self.open(source, None).map(|_| ())
    }

    fn folder(&self, folder: &str) -> Result<PathBuf, SourceError> {
        let root = self.below(Path::new(folder))?;
        if root.is_dir() { Ok(root) } else { Err(SourceError::NotFolder(root)) }
    }

    /// The files of a folder; none of a single file. Blocks.
    pub fn listing(&self, source: &Source) -> Result<Vec<Listed>, SourceError> {
        match source {
            Source::File(_) => Ok(Vec::new()),
            Source::Folder(folder) => Ok(folder::files(&self.folder(folder)?, self.files)?.0),
        }
    }

    /// Opens a source, or one file of a folder. A folder without `path` gives its listing. Blocks.
    pub fn open(&self, source: &Source, path: Option<&str>) -> Result<Opened, SourceError> {
        match (source, path) {
            (Source::File(file), None) => self.file(Path::new(file)),
            (Source::File(_), Some(_)) => Err(SourceError::NoFolder),
            (Source::Folder(folder), None) => {
                let (listing, modified) = folder::list(&self.folder(folder)?, self.files)?;
                Ok(Opened {
                    fingerprint: Fingerprint { length: listing.len() as u64, modified },
                    content: Content::Memory(listing),
                    media_type: Some(folder::MEDIA_TYPE),
                    viewed: None,
                })
            }
            (Source::Folder(folder), Some(relative)) => {
                path::check(relative)?;
                let root = self.below(Path::new(folder))?;
                let asked = root.join(relative);
                let found = self.below(&asked)?;
                // A symbolic link may not lead out of the dataset either, nor to another name in it.
                match found == asked {
                    true => self.file(&found),
                    false => Err(SourceError::Outside(asked)),
                }
            }
        }
    }

    /// The real path, if it lies below one of the roots.
    fn below(&self, path: &Path) -> Result<PathBuf, SourceError> {
        // A relative path is sought in each folder, in their order; the first that has it wins.
        let here = self.folders.iter().map(|root| root.join(path)).find(|candidate| candidate.exists());
        let sought = here.as_deref().unwrap_or(path);
        let real = sought.canonicalize().map_err(|e| SourceError::io(path, e))?;
        match self.folders.iter().any(|root| real.starts_with(root)) {
            true => Ok(real),
            false => Err(SourceError::Outside(path.to_owned())),
        }
    }

    fn file(&self, path: &Path) -> Result<Opened, SourceError> {
        let real = self.below(path)?;
        let io = |e| SourceError::io(&real, e);
        // Before opening: opening a pipe would wait, and a device could act.
        let before = std::fs::symlink_metadata(&real).map_err(io)?;
        if before.is_dir() {
            return Err(SourceError::IsFolder(real));
        }
        if !before.is_file() {
            return Err(SourceError::Special(real));
        }
        let file = File::open(&real).map_err(io)?;
        let after = file.metadata().map_err(io)?;
        // After opening: the name may have been exchanged for a link or another file meanwhile.
        if !after.is_file() || !same_file(&before, &after) || real.canonicalize().map_err(io)? != real {
            return Err(SourceError::Changed(real));
        }
        Ok(Opened {
            fingerprint: Fingerprint::of(&after),
            content: Content::File(file, real),
            media_type: None,
            viewed: None,
        })
    }
}

#[cfg(unix)]
fn same_file(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn same_file(a: &Metadata, b: &Metadata) -> bool {
    a.len() == b.len() && a.modified().ok() == b.modified().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("fiducie-source-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(dir.join("open/sub")).unwrap();
        std::fs::create_dir_all(dir.join("closed")).unwrap();
        std::fs::write(dir.join("open/a.csv"), "a;b\n").unwrap();
        std::fs::write(dir.join("open/sub/b.csv"), "b\n").unwrap();
        std::fs::write(dir.join("closed/secret"), "no").unwrap();
        dir.canonicalize().unwrap()
    }

    fn text(path: &Path) -> String {
        path.to_str().unwrap().to_owned()
    }

    #[test]
    fn only_regular_files_below_the_roots_open() {
        let dir = folder("roots");
        let roots = Roots::new([dir.join("open")], 10);
        let file = |path: PathBuf| roots.open(&Source::File(text(&path)), None);
        assert_eq!(file(dir.join("open/a.csv")).unwrap().length(), 4);
        assert_eq!(file("a.csv".into()).unwrap().length(), 4);
        assert!(matches!(file("../closed/secret".into()), Err(SourceError::Outside(_))));
        assert!(matches!(file(dir.join("open/../closed/secret")), Err(SourceError::Outside(_))));
        assert!(matches!(file(dir.join("closed/secret")), Err(SourceError::Outside(_))));
        assert!(matches!(file(dir.join("open/none")), Err(SourceError::Missing(_))));
        assert!(matches!(file(dir.join("open/sub")), Err(SourceError::IsFolder(_))));
        assert!(file("/dev/zero".into()).is_err());
        std::os::unix::fs::symlink(dir.join("closed/secret"), dir.join("open/link")).unwrap();
        assert!(matches!(file(dir.join("open/link")), Err(SourceError::Outside(_))));
        let socket = std::os::unix::net::UnixListener::bind(dir.join("open/socket")).unwrap();
        assert!(matches!(file(dir.join("open/socket")), Err(SourceError::Special(_))));
        drop(socket);
        // A root that is itself a prefix of another folder's name opens nothing there.
        std::fs::create_dir_all(dir.join("open-not")).unwrap();
        std::fs::write(dir.join("open-not/x"), "x").unwrap();
        assert!(matches!(file(dir.join("open-not/x")), Err(SourceError::Outside(_))));
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn a_folder_gives_its_files_and_nothing_else() {
        let dir = folder("folder");
        let roots = Roots::new([dir.clone()], 10);
        let source = Source::Folder(text(&dir.join("open")));
        std::os::unix::fs::symlink(dir.join("closed"), dir.join("open/way-out")).unwrap();
        let open = |path: &str| roots.open(&source, Some(path));
        assert_eq!(open("sub/b.csv").unwrap().length(), 2);
        for bad in ["../closed/secret", "way-out/secret", "/etc/passwd", "sub", "", "sub/../a.csv", "none"] {
            assert!(open(bad).is_err(), "{bad}");
        }
        let listing = roots.open(&source, None).unwrap();
        let Content::Memory(json) = &listing.content else { panic!("listings are made in memory") };
        assert_eq!(
            std::str::from_utf8(json).unwrap(),
            r#"{"type":"fiducie-listing","v":1,"files":[{"path":"a.csv","bytes":4},{"path":"sub/b.csv","bytes":2}]}"#
        );
        let few = Roots::new([dir.clone()], 1);
        assert!(matches!(few.open(&source, None), Err(SourceError::TooMany(_, 1))));
        std::fs::remove_dir_all(dir).unwrap();
    }
}
