//! Reads an opened source piece by piece: stages, digest, and a look whether the source changed meanwhile.

use std::io::{Read, Seek, SeekFrom};

use bytes::Bytes;

use super::digest::Sha256;
use super::range::Span;
use super::source::{Content, Opened, SourceError};
use super::stage::Stages;

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
    stages: Stages,
    digest: Sha256,
}

impl Reading {
    pub fn new(mut opened: Opened, span: Span, stages: Stages) -> Result<Self, SourceError> {
        if let Content::File(file, path) = &mut opened.content
            && span.first > 0
        {
            file.seek(SeekFrom::Start(span.first)).map_err(|e| SourceError::Io(path.clone(), e))?;
        }
        Ok(Self { opened, next: span.first, left: span.length, stages, digest: Sha256::default() })
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
            Content::File(file, path) => {
                let mut piece = Vec::with_capacity(size as usize);
                file.take(size).read_to_end(&mut piece).map_err(|e| SourceError::Io(path.clone(), e))?;
                if piece.len() as u64 != size {
                    return Err(SourceError::Changed(path.clone()));
                }
                Bytes::from(piece)
            }
        };
        self.opened.check_unchanged()?;
        self.next += size;
        self.left -= size;
        let bytes = self.stages.apply(bytes);
        self.digest.update(&bytes);
        Ok(Some(Piece { bytes, digest: self.digest.clone() }))
    }
}

#[cfg(test)]
mod tests;
