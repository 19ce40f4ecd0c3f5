//! Reads an opened source piece by piece: row stage, digest, and a look whether the source changed meanwhile.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use bytes::Bytes;

use super::digest::Sha256;
use super::range::Span;
use super::source::{Content, Opened, SourceError};

/// Bytes per piece: large enough that hashing and TLS dominate, small enough that a stop acts at once.
pub const PIECE: usize = 256 << 10;

/// A piece ready for the wire, with the digest of everything up to its end.
#[derive(Debug)]
pub struct Piece {
    pub bytes: Bytes,
    pub digest: Sha256,
}

/// The reading of one delivery. Every call blocks: keep it off the threads that serve.
#[derive(Debug)]
pub struct Reading {
    opened: Opened,
    next: u64,
    left: u64,
    digest: Sha256,
}

impl Reading {
    pub fn new(mut opened: Opened, span: Span) -> Result<Self, SourceError> {
        match &mut opened.content {
            Content::File(file, path) if span.first > 0 => {
                file.seek(SeekFrom::Start(span.first)).map_err(|e| SourceError::Io(path.clone(), e))?;
            }
            // What leaves is known only by making it.
            Content::Rows(rows, path) if span.first > 0 => {
                std::io::copy(&mut rows.by_ref().take(span.first), &mut std::io::sink())
                    .map_err(|e| SourceError::Io(path.clone(), e))?;
            }
            Content::File(..) | Content::Rows(..) | Content::Memory(_) => {}
        }
        Ok(Self { opened, next: span.first, left: span.length, digest: Sha256::default() })
    }

    /// Bytes not read yet.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// The next piece; `None` at the end. A piece is given only if the source is still what it was: so no reader
    /// ever gets a complete delivery made of two states of a file.
    pub fn piece(&mut self) -> Result<Option<Piece>, SourceError> {
        if self.left == 0 {
            return Ok(None);
        }
        let size = self.left.min(PIECE as u64);
        let bytes = match &mut self.opened.content {
            Content::Memory(all) => all.slice(self.next as usize..(self.next + size) as usize),
            Content::File(file, path) => exactly(file, size, path)?,
            Content::Rows(rows, path) => exactly(rows, size, path)?,
        };
        self.opened.check_unchanged()?;
        self.next += size;
        self.left -= size;
        self.digest.update(&bytes);
        Ok(Some(Piece { bytes, digest: self.digest.clone() }))
    }
}

/// The next bytes, as many as there must be.
fn exactly(from: &mut impl Read, size: u64, path: &Path) -> Result<Bytes, SourceError> {
    let mut piece = Vec::with_capacity(size as usize);
    from.take(size).read_to_end(&mut piece).map_err(|e| SourceError::Io(path.to_owned(), e))?;
    if piece.len() as u64 != size {
        return Err(SourceError::Changed(path.to_owned()));
    }
    Ok(Bytes::from(piece))
}

#[cfg(test)]
mod tests;
