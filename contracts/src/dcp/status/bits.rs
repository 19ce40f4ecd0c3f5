//! The bits of a list: compressed on the wire, bounded when they are not any more.

use std::io::{Read as _, Write as _};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use super::super::Profile;

/// Fewest bits of a list, so that one bit says little about whom (Bitstring Status List, 6.1).
pub const MIN_BITS: usize = 131_072;
/// Most bytes of a list, decompressed.
pub const MAX_BYTES: usize = 2 << 20;

/// Bits, numbered from the left: bit 0 is the most significant of the first byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bits(Vec<u8>);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BitsError {
    #[error("the list is not base64url of gzip: {0}")]
    Encoding(String),
    #[error("the list has more than {MAX_BYTES} bytes")]
    TooLarge,
}

impl Bits {
    /// All clear.
    pub fn new(bits: usize) -> Self {
        Self(vec![0; bits.div_ceil(8)])
    }
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len() * 8
    }

    /// A bit; `None` beyond the end.
    pub fn get(&self, index: u64) -> Option<bool> {
        let byte = self.0.get(usize::try_from(index / 8).ok()?)?;
        Some(byte & mask(index) != 0)
    }

    /// Sets or clears a bit; `false` beyond the end.
    pub fn set(&mut self, index: u64, value: bool) -> bool {
        let Some(byte) = usize::try_from(index / 8).ok().and_then(|at| self.0.get_mut(at)) else {
            return false;
        };
        if value {
            *byte |= mask(index)
        } else {
            *byte &= !mask(index)
        }
        true
    }

    /// Whether every bit that is set in an earlier state is set here.
    pub fn keeps(&self, earlier: &Self) -> bool {
        let here = self.0.iter().chain(std::iter::repeat(&0));
        earlier.0.iter().zip(here).all(|(before, now)| before & !now == 0)
    }

    /// `encodedList`: base64url of gzip; a Bitstring Status List names the base by a first letter (multibase).
    pub fn encode(&self, profile: Profile) -> String {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        // Writing to memory does not fail.
        let _ = gzip.write_all(&self.0);
        let text = URL_SAFE_NO_PAD.encode(gzip.finish().unwrap_or_default());
        match profile {
            Profile::Vc11 => text,
            Profile::Vc20 => format!("u{text}"),
        }
    }

    /// Reads an `encodedList`, with or without the letter, never more than [`MAX_BYTES`].
    ///
    /// # Errors
    /// It is something else, or larger.
    pub fn decode(text: &str) -> Result<Self, BitsError> {
        let encoding = |what: String| BitsError::Encoding(what);
        let text = text.trim_end_matches('=');
        // Gzip begins with 1f 8b, in base64 `H4s`: the letter cannot be part of it.
        let text = text.strip_prefix('u').unwrap_or(text);
        if text.len() > MAX_BYTES * 2 {
            return Err(BitsError::TooLarge);
        }
        let packed = URL_SAFE_NO_PAD.decode(text).map_err(|e| encoding(e.to_string()))?;
        let mut bytes = Vec::new();
        let most = MAX_BYTES as u64 + 1;
        GzDecoder::new(packed.as_slice())
            .take(most)
            .read_to_end(&mut bytes)
            .map_err(|e| encoding(e.to_string()))?;
        match bytes.len() > MAX_BYTES {
            true => Err(BitsError::TooLarge),
            false => Ok(Self(bytes)),
        }
    }
}

fn mask(index: u64) -> u8 {
    0x80 >> (index % 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_numbered_from_the_left_and_survive_encoding() {
        let mut bits = Bits::new(MIN_BITS);
        assert!(bits.set(0, true) && bits.set(9, true) && bits.set(131_071, true));
        assert_eq!((bits.bytes()[0], bits.bytes()[1], bits.bytes()[16_383]), (0x80, 0x40, 0x01));
        for profile in Profile::ALL {
            let text = bits.encode(profile);
            assert_eq!(text.starts_with('u'), profile == Profile::Vc20);
            assert_eq!(Bits::decode(&text), Ok(bits.clone()));
        }
        assert_eq!((bits.get(9), bits.get(10), bits.get(131_072)), (Some(true), Some(false), None));
        assert!(!bits.set(131_072, true));
    }

    /// The example of the specification (Bitstring Status List 1.0, 3.2).
    #[test]
    fn a_list_of_others_is_read() {
        let text = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA";
        let bits = Bits::decode(text).unwrap();
        assert_eq!((bits.count(), bits.get(94_567)), (131_072, Some(false)));
    }

    #[test]
    fn what_grows_beyond_all_bounds_or_is_no_list_is_refused() {
        let bomb = Bits(vec![0; MAX_BYTES + 1]).encode(Profile::Vc20);
        assert!(bomb.len() < 8192);
        assert_eq!(Bits::decode(&bomb), Err(BitsError::TooLarge));
        for text in ["", "u", "uAAAA", "zzz!", "H4sI"] {
            assert!(matches!(Bits::decode(text), Err(BitsError::Encoding(_))), "{text}");
        }
    }

    #[test]
    fn a_later_list_keeps_what_was_set() {
        let (mut before, mut after) = (Bits::new(16), Bits::new(16));
        before.set(3, true);
        assert!(!after.keeps(&before));
        after.set(3, true);
        after.set(12, true);
        assert!(after.keeps(&before) && !before.keeps(&after));
        assert!(!Bits::new(0).keeps(&before), "a shorter list lost its end");
    }
}
