//! Where received bytes go. A file appears under its name only when it is complete and on disk; until then it is
//! `NAME.part`, with what a resumption needs beside it in `NAME.part.json`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, IoSlice, Read, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::digest::{Digest, Sha256};
use super::path::{self, BadPath};
use super::read::PIECE;
use crate::domain::time::Timestamp;
use crate::identity::random;

/// Where to write. Closed: a new kind of sink is a new variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sink {
    File(PathBuf),
}

/// Why bytes cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    #[error(transparent)]
    BadPath(#[from] BadPath),
    #[error("{0} would lie outside the folder of received data")]
    Outside(PathBuf),
    #[error("{0} exists already; remove it or give another name")]
    Exists(PathBuf),
    #[error("the disk is full: {0} is kept as far as it came and can be resumed")]
    Full(PathBuf),
    #[error("{0}: {1}")]
    Io(PathBuf, io::Error),
}

fn failed(path: &Path) -> impl Fn(io::Error) -> SinkError + '_ {
    move |error| match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => SinkError::Full(path.to_owned()),
        _ => SinkError::Io(path.to_owned(), error),
    }
}

impl Sink {
    /// A file below `folder`; folders on the way are made. A link that leads out of `folder` is refused. Blocks.
    pub fn below(folder: &Path, name: &str) -> Result<Self, SinkError> {
        path::check(name)?;
        fs::create_dir_all(folder).map_err(failed(folder))?;
        let root = folder.canonicalize().map_err(failed(folder))?;
        let mut parent = root.clone();
        let mut segments = name.split('/').peekable();
        while let Some(segment) = segments.next() {
            if segments.peek().is_none() {
                return Ok(Self::File(parent.join(segment)));
            }
            parent.push(segment);
            // One folder at a time, so that nothing is made beyond a link.
            if let Err(e) = fs::create_dir(&parent)
                && e.kind() != io::ErrorKind::AlreadyExists
            {
                return Err(failed(&parent)(e));
            }
            if parent.canonicalize().map_err(failed(&parent))? != parent {
                return Err(SinkError::Outside(parent));
            }
        }
        Err(SinkError::Outside(root))
    }

    /// Leaves nothing of a pull that brought nothing. Blocks.
    pub fn tidy(&self) {
        let part = beside(self.path(), ".part");
        if fs::metadata(&part).is_ok_and(|m| m.is_file() && m.len() == 0) {
            let _ = fs::remove_file(part);
            let _ = fs::remove_file(beside(self.path(), ".part.json"));
        }
    }

    pub fn path(&self) -> &Path {
        let Self::File(path) = self;
        path
    }
}

/// What must be known to go on after a stop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    pub v: u8,
    /// Validator of the content these bytes belong to.
    pub etag: Option<String>,
    /// Bytes of the whole.
    pub total: u64,
    pub media_type: Option<String>,
    /// The exchange that is, or was last, under way.
    pub exchange: Exchange,
}

/// One request's share of the bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    pub reference: String,
    /// Offset of its first byte.
    pub first: u64,
    /// Whether the provider named the reference: only then it takes receipts.
    pub shared: bool,
    /// When it began, milliseconds since 1970.
    pub opened: i64,
}

impl Exchange {
    /// An exchange under the name the provider gave, or under one of our own.
    pub fn named(reference: Option<String>, first: u64, now: Timestamp) -> Self {
        let hexadecimal = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        let named = reference.filter(|r| r.len() == 32 && r.bytes().all(hexadecimal));
        Self {
            shared: named.is_some(),
            reference: named.unwrap_or_else(|| random::reference(now).0),
            first,
            opened: now.millis(),
        }
    }
}

/// A file on its way.
#[derive(Debug)]
pub struct Part {
    target: PathBuf,
    part: PathBuf,
    file: File,
    pub state: Option<State>,
    whole: Sha256,
    /// Bytes of the exchange under way, when it did not begin at the first byte.
    tail: Option<Sha256>,
}

fn beside(target: &Path, suffix: &str) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    target.with_file_name(name)
}

impl Part {
    /// Opens what is there, reading it again for its digest. Without a state that explains it, it is dropped. Blocks.
    pub fn open(sink: &Sink) -> Result<Self, SinkError> {
        let target = sink.path().to_owned();
        if target.is_file() {
            return Err(SinkError::Exists(target));
        }
        let (part, state_path) = (beside(&target, ".part"), beside(&target, ".part.json"));
        if fs::symlink_metadata(&part).is_ok_and(|m| !m.is_file()) {
            return Err(SinkError::Exists(part));
        }
        let state = fs::read(&state_path).ok().and_then(|json| serde_json::from_slice::<State>(&json).ok());
        let mut file =
            OpenOptions::new().read(true).append(true).create(true).open(&part).map_err(failed(&part))?;
        let length = file.metadata().map_err(failed(&part))?.len();
        let state = state.filter(|s| s.v == 1 && s.exchange.first <= length && length <= s.total);
        let mut this = Self {
            target,
            part,
            whole: Sha256::default(),
            tail: None,
            state: None,
            file: file.try_clone().map_err(failed(&state_path))?,
        };
        let Some(state) = state else {
            this.truncate()?;
            return Ok(this);
        };
        let mut buffer = vec![0; PIECE];
        while this.length() < length {
            // Stop at the border, where the digest of the exchange begins.
            let border = if this.length() < state.exchange.first { state.exchange.first } else { length };
            let size = (border - this.length()).min(PIECE as u64) as usize;
            file.read_exact(&mut buffer[..size]).map_err(failed(&this.part))?;
            if this.length() == state.exchange.first && state.exchange.first > 0 {
                this.tail = Some(Sha256::default());
            }
            this.hash(&buffer[..size]);
        }
        if state.exchange.first > 0 && this.tail.is_none() {
            this.tail = Some(Sha256::default());
        }
        this.state = Some(state);
        Ok(this)
    }

    /// Bytes kept.
    pub fn length(&self) -> u64 {
        self.whole.bytes()
    }

    pub fn is_complete(&self) -> bool {
        self.state.as_ref().is_some_and(|s| s.total == self.length())
    }

    /// Bytes of the last exchange, with their digest.
    pub fn exchanged(&self) -> (u64, Digest) {
        let tail = self.tail.as_ref().unwrap_or(&self.whole);
        (tail.bytes(), tail.clone().finish())
    }

    /// Begins an exchange: at the end of what is there, or at 0, which drops it. Blocks.
    pub fn begin(&mut self, state: State) -> Result<(), SinkError> {
        match state.exchange.first {
            0 => self.truncate()?,
            _ => self.tail = Some(Sha256::default()),
        }
        let path = beside(&self.target, ".part.json");
        let fresh = beside(&self.target, ".part.json.part");
        let json = serde_json::to_vec(&state).map_err(|e| SinkError::Io(path.clone(), e.into()))?;
        let mut file = File::create(&fresh).map_err(failed(&fresh))?;
        file.write_all(&json).and_then(|()| file.sync_all()).map_err(failed(&fresh))?;
        fs::rename(&fresh, &path).map_err(failed(&path))?;
        self.state = Some(state);
        Ok(())
    }

    /// Appends what was received. After an error, what is on disk is shorter or longer than what was counted; the
    /// next [`Part::open`] counts again. Blocks.
    pub fn append(&mut self, pieces: &[Bytes]) -> Result<(), SinkError> {
        let mut slices: Vec<IoSlice<'_>> = pieces.iter().map(|p| IoSlice::new(p)).collect();
        let mut left = &mut slices[..];
        IoSlice::advance_slices(&mut left, 0);
        while !left.is_empty() {
            match self.file.write_vectored(left) {
                Ok(0) => return Err(SinkError::Full(self.part.clone())),
                Ok(n) => IoSlice::advance_slices(&mut left, n),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(failed(&self.part)(e)),
            }
        }
        for piece in pieces {
            self.hash(piece);
        }
        Ok(())
    }

    fn hash(&mut self, bytes: &[u8]) {
        self.whole.update(bytes);
        if let Some(tail) = &mut self.tail {
            tail.update(bytes);
        }
    }

    fn truncate(&mut self) -> Result<(), SinkError> {
        self.file.set_len(0).map_err(failed(&self.part))?;
        self.whole = Sha256::default();
        self.tail = None;
        Ok(())
    }

    /// Makes the bytes kept so far survive a loss of power. Blocks.
    pub fn sync(&self) -> Result<(), SinkError> {
        self.file.sync_data().map_err(failed(&self.part))
    }

    /// The complete bytes become the file, in one step. Blocks.
    pub fn finish(self) -> Result<(PathBuf, Digest), SinkError> {
        self.file.sync_all().map_err(failed(&self.part))?;
        fs::rename(&self.part, &self.target).map_err(failed(&self.target))?;
        let _ = fs::remove_file(beside(&self.target, ".part.json"));
        if let Some(folder) = self.target.parent() {
            // A rename is durable when its folder is.
            File::open(folder).and_then(|f| f.sync_all()).map_err(failed(folder))?;
        }
        Ok((self.target, self.whole.finish()))
    }

    /// Takes small complete bytes (a listing) instead of making them a file. Blocks.
    pub fn take(self, most: u64) -> Result<Vec<u8>, SinkError> {
        if self.length() > most {
            let error = io::Error::other(format!("a listing of more than {most} bytes"));
            return Err(SinkError::Io(self.part, error));
        }
        let bytes = fs::read(&self.part).map_err(failed(&self.part))?;
        self.discard();
        Ok(bytes)
    }

    /// Drops everything. Blocks.
    pub fn discard(self) {
        let _ = fs::remove_file(&self.part);
        let _ = fs::remove_file(beside(&self.target, ".part.json"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("fiducie-sink-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).unwrap();
        dir.canonicalize().unwrap()
    }

    fn state(first: u64) -> State {
        let exchange = Exchange { reference: "r".into(), first, shared: true, opened: 1 };
        State { v: 1, etag: Some("\"e\"".into()), total: 10, media_type: None, exchange }
    }

    #[test]
    fn a_part_goes_on_where_it_was_and_knows_both_digests() {
        let dir = folder("resume");
        let sink = Sink::below(&dir, "a/b.csv").unwrap();
        let mut part = Part::open(&sink).unwrap();
        part.begin(state(0)).unwrap();
        part.append(&[Bytes::from_static(b"01"), Bytes::new(), Bytes::from_static(b"234")]).unwrap();
        drop(part);
        let mut part = Part::open(&sink).unwrap();
        assert_eq!((part.length(), part.exchanged()), (5, (5, Digest::of(b"01234"))));
        part.begin(state(5)).unwrap();
        part.append(&[Bytes::from_static(b"56789")]).unwrap();
        drop(part);
        let part = Part::open(&sink).unwrap();
        assert!(part.is_complete() && !sink.path().exists());
        assert_eq!(part.exchanged(), (5, Digest::of(b"56789")));
        assert_eq!(part.finish().unwrap(), (sink.path().to_owned(), Digest::of(b"0123456789")));
        assert!(matches!(Part::open(&sink), Err(SinkError::Exists(_))));
        assert_eq!(fs::read_dir(dir.join("a")).unwrap().count(), 1, "nothing else is left");
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn bytes_without_an_explanation_are_dropped() {
        let dir = folder("drop");
        let sink = Sink::below(&dir, "x").unwrap();
        fs::write(dir.join("x.part"), "junk").unwrap();
        assert_eq!(Part::open(&sink).unwrap().length(), 0);
        fs::write(dir.join("x.part"), "more than the whole").unwrap();
        fs::write(dir.join("x.part.json"), serde_json::to_vec(&state(0)).unwrap()).unwrap();
        assert_eq!(Part::open(&sink).unwrap().length(), 0);
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let dir = folder("out");
        std::os::unix::fs::symlink("/tmp", dir.join("way-out")).unwrap();
        for bad in ["../x", "/x", "way-out/x", "a//b", "x.part", ""] {
            assert!(Sink::below(&dir, bad).is_err(), "{bad}");
        }
        fs::remove_dir_all(dir).unwrap();
    }
}
