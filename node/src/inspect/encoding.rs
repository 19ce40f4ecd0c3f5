//! How a text is encoded, and reading it as UTF-8.

use std::io::{self, Read};

use chardetng::EncodingDetector;
use encoding_rs::{Decoder, UTF_8, UTF_16BE, UTF_16LE};

/// Bytes read at once.
const STEP: usize = 64 << 10;

#[derive(Debug, Clone, Copy)]
pub struct Encoding {
    encoding: &'static encoding_rs::Encoding,
    pub bom: bool,
}

/// Reads to the end: one accent on the last line decides.
pub fn detect(reader: &mut impl Read) -> io::Result<Encoding> {
    let mut detector = EncodingDetector::new();
    let (mut utf8, mut first, mut step) = (Utf8::default(), true, vec![0; STEP]);
    loop {
        let read = fill(reader, &mut step)?;
        let bytes = &step[..read];
        if first {
            if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
                return Ok(Encoding { encoding, bom: true });
            }
            if let Some(encoding) = wide(bytes) {
                return Ok(Encoding { encoding, bom: false });
            }
            first = false;
        }
        utf8.take(bytes);
        detector.feed(bytes, read == 0);
        if read == 0 {
            break;
        }
    }
    let encoding = if utf8.is_valid() { UTF_8 } else { detector.guess(None, false) };
    Ok(Encoding { encoding, bom: false })
}

fn fill(reader: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < into.len() {
        match reader.read(&mut into[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// UTF-16 without a mark: in western texts every second byte is zero.
fn wide(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let look = &bytes[..bytes.len().min(512) & !1];
    let zeros = |from: usize| look.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, most) = (zeros(0), zeros(1), look.len() * 2 / 5);
    match look.len() >= 8 {
        true if odd >= most && even == 0 => Some(UTF_16LE),
        true if even >= most && odd == 0 => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether all that comes is UTF-8, across steps.
#[derive(Debug, Default)]
struct Utf8 {
    left: Vec<u8>,
    broken: bool,
}

impl Utf8 {
    fn take(&mut self, bytes: &[u8]) {
        if self.broken {
            return;
        }
        self.left.extend_from_slice(bytes);
        match std::str::from_utf8(&self.left) {
            Ok(_) => self.left.clear(),
            Err(error) if error.error_len().is_none() => drop(self.left.drain(..error.valid_up_to())),
            Err(_) => self.broken = true,
        }
    }
    fn is_valid(&self) -> bool {
        !self.broken && self.left.is_empty()
    }
}

impl Encoding {
    pub fn name(&self) -> &'static str {
        self.encoding.name()
    }
    /// The text as UTF-8, without its mark.
    pub fn decoded<R: Read>(&self, reader: R) -> Decoded<R> {
        Decoded {
            reader,
            decoder: self.encoding.new_decoder_with_bom_removal(),
            raw: Vec::new(),
            out: Vec::new(),
            given: 0,
            ended: false,
        }
    }
}

/// A reader of UTF-8 over one of another encoding.
pub struct Decoded<R> {
    reader: R,
    decoder: Decoder,
    raw: Vec<u8>,
    out: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.out.len() && !self.ended {
            self.raw.resize(STEP, 0);
            let read = self.reader.read(&mut self.raw)?;
            self.ended = read == 0;
            self.given = 0;
            let room = self.decoder.max_utf8_buffer_length(read).unwrap_or(STEP * 4);
            self.out.resize(room, 0);
            let (_, _, written, _) =
                self.decoder.decode_to_utf8(&self.raw[..read], &mut self.out, self.ended);
            self.out.truncate(written);
        }
        let count = into.len().min(self.out.len() - self.given);
        into[..count].copy_from_slice(&self.out[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}
