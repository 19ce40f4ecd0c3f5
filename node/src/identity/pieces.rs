//! A file of any length under encryption, written and read in pieces: none is believed before it was authenticated, and
//! one left out, moved, repeated or cut off is noticed (the STREAM construction).

use std::io::{self, BufRead, Read, Write};

use aws_lc_rs::aead::{Aad, LessSafeKey, NONCE_LEN, Nonce};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::archive::{Cipher, Header, Kind};
use contracts::format::V1;

use super::random;
use super::seal::MasterSecret;

/// Bytes of a piece, before encryption.
const PIECE: usize = 64 * 1024;
const TAG: usize = 16;
/// Longest first line.
const HEADER: u64 = 1024;

/// Key and place in the file.
struct Sequence {
    key: LessSafeKey,
    header: Vec<u8>,
    number: u64,
}

impl Sequence {
    fn new(secret: &MasterSecret, salt: &[u8], header: Vec<u8>) -> io::Result<Self> {
        let key = secret.derive(salt, &[b"fiducie-archive-v1"]).map_err(io::Error::other)?;
        Ok(Self { key, header, number: 0 })
    }

    /// The nonce of the next piece; no two of a key are equal.
    fn nonce(&mut self, last: bool) -> Nonce {
        let mut nonce = [0; NONCE_LEN];
        nonce[..8].copy_from_slice(&self.number.to_be_bytes());
        nonce[NONCE_LEN - 1] = u8::from(last);
        self.number += 1;
        Nonce::assume_unique_for_key(nonce)
    }
}

/// Encrypts what is written to it. Without [`Self::finish`] the file is a truncated one.
pub struct Sealer<W> {
    inner: W,
    sequence: Sequence,
    piece: Vec<u8>,
}

impl<W: Write> Sealer<W> {
    pub fn new(mut inner: W, secret: &MasterSecret, kind: Kind) -> io::Result<Self> {
        let salt: [u8; 32] = random::bytes();
        let header = Header { v: V1, kind, cipher: Cipher::Stream, salt: URL_SAFE_NO_PAD.encode(salt) };
        let mut line = serde_json::to_vec(&header)?;
        line.push(b'\n');
        inner.write_all(&line)?;
        Ok(Self {
            inner,
            sequence: Sequence::new(secret, &salt, line)?,
            piece: Vec::with_capacity(PIECE + TAG),
        })
    }

    fn put(&mut self, last: bool) -> io::Result<()> {
        let nonce = self.sequence.nonce(last);
        let aad = Aad::from(self.sequence.header.as_slice());
        let sealed = self.sequence.key.seal_in_place_append_tag(nonce, aad, &mut self.piece);
        sealed.map_err(|_| io::Error::other("encryption failed"))?;
        self.inner.write_all(&self.piece)?;
        self.piece.clear();
        Ok(())
    }

    /// Writes the last piece.
    pub fn finish(mut self) -> io::Result<W> {
        self.put(true)?;
        self.inner.flush()?;
        Ok(self.inner)
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full piece waits for the next byte: the last one is written by `finish`.
        if self.piece.len() == PIECE {
            self.put(false)?;
        }
        let taken = bytes.len().min(PIECE - self.piece.len());
        self.piece.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Decrypts; an error of kind `InvalidData` says that the file is not what was written, or the secret another one.
pub struct Opener<R> {
    inner: R,
    sequence: Sequence,
    piece: Vec<u8>,
    read: usize,
    ended: bool,
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

impl<R: BufRead> Opener<R> {
    pub fn new(mut inner: R, secret: &MasterSecret, kind: Kind) -> io::Result<Self> {
        let mut line = Vec::new();
        inner.by_ref().take(HEADER).read_until(b'\n', &mut line)?;
        let header: Header = serde_json::from_slice(&line)
            .map_err(|e| wrong(&format!("not an archive that this program knows ({e})")))?;
        if header.kind != kind {
            return Err(wrong(match header.kind {
                Kind::MemberArchive => "it is the archive of a member: `fiducie member import` reads it",
                Kind::NodeBackup => "it is the backup of a whole node: `fiducie restore` reads it",
            }));
        }
        let salt = URL_SAFE_NO_PAD.decode(&header.salt).map_err(|_| wrong("its first line is damaged"))?;
        let sequence = Sequence::new(secret, &salt, line)?;
        Ok(Self { inner, sequence, piece: Vec::new(), read: 0, ended: false })
    }

    fn next(&mut self) -> io::Result<()> {
        self.piece.clear();
        self.read = 0;
        self.inner.by_ref().take((PIECE + TAG) as u64).read_to_end(&mut self.piece)?;
        let last = self.inner.fill_buf()?.is_empty();
        let number = self.sequence.number;
        let nonce = self.sequence.nonce(last);
        let aad = Aad::from(self.sequence.header.as_slice());
        let opened = self.sequence.key.open_in_place(nonce, aad, &mut self.piece);
        let length = opened
            .map_err(|_| {
                wrong(&format!("piece {number} does not open: damaged or cut off, or another secret"))
            })?
            .len();
        self.piece.truncate(length);
        self.ended = last;
        Ok(())
    }
}

impl<R: BufRead> Read for Opener<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.read == self.piece.len() && !self.ended {
            self.next()?;
        }
        let taken = to.len().min(self.piece.len() - self.read);
        to[..taken].copy_from_slice(&self.piece[self.read..self.read + taken]);
        self.read += taken;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(last: char) -> MasterSecret {
        MasterSecret::from_text(&format!("0123456789abcdef0123456789abcde{last}")).unwrap()
    }

    fn sealed(plain: &[u8]) -> Vec<u8> {
        let mut sealer = Sealer::new(Vec::new(), &secret('f'), Kind::NodeBackup).unwrap();
        sealer.write_all(plain).unwrap();
        sealer.finish().unwrap()
    }

    fn open(sealed: &[u8], with: char) -> io::Result<Vec<u8>> {
        let mut plain = Vec::new();
        Opener::new(sealed, &secret(with), Kind::NodeBackup)?.read_to_end(&mut plain)?;
        Ok(plain)
    }

    #[test]
    fn every_length_comes_back_and_nothing_else_opens() {
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 17] {
            let plain: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            let file = sealed(&plain);
            assert_eq!(open(&file, 'f').unwrap(), plain, "{length}");
            assert!(open(&file, 'g').is_err());
            // Cut off anywhere, a whole number of pieces too.
            let body = file.iter().position(|b| *b == b'\n').unwrap() + 1;
            for cut in [0, body, body + PIECE + TAG, body + 2 * (PIECE + TAG), file.len() - 1] {
                assert!(cut >= file.len() || open(&file[..cut], 'f').is_err(), "{length} cut at {cut}");
            }
            let mut longer = file.clone();
            longer.push(0);
            assert!(open(&longer, 'f').is_err());
        }
    }

    #[test]
    fn pieces_keep_their_places_and_every_byte_counts() {
        let file = sealed(&vec![7; 2 * PIECE + 5]);
        let body = file.iter().position(|b| *b == b'\n').unwrap() + 1;
        let mut swapped = file.clone();
        let (one, two) = swapped[body..].split_at_mut(PIECE + TAG);
        one.swap_with_slice(&mut two[..PIECE + TAG]);
        assert!(open(&swapped, 'f').is_err());
        for at in (0..file.len()).step_by(911).chain(0..body) {
            let mut altered = file.clone();
            altered[at] ^= 1;
            assert!(open(&altered, 'f').is_err(), "byte {at}");
        }
    }
}
