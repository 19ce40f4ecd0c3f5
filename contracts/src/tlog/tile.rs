//! Tiles and entry bundles: which resources a tree of a size consists of, their paths and bytes (C2SP tlog-tiles).

use std::fmt;
use std::ops::Range;

use super::Hash;
use crate::format::FormatError;

/// Hashes of a full tile, entries of a full bundle.
pub const WIDTH: u64 = 256;
/// Levels of the tree within a tile.
const HEIGHT: u32 = 8;

/// What a resource holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holds {
    /// Hashes at a tile level; level 0 holds leaf hashes, level 1 roots of full tiles of level 0, …
    Hashes(u32),
    /// Entries.
    Entries,
}

/// A resource of a tiled log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    pub holds: Holds,
    pub index: u64,
    /// 1 to 256; below 256 it is partial.
    pub width: u64,
}

impl Tile {
    /// Reads `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`: exactly as it is written.
    pub fn parse(path: &str) -> Option<Self> {
        let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let holds = match level {
            "entries" => Holds::Entries,
            level => Holds::Hashes(decimal(level).filter(|n| *n <= 63)? as u32),
        };
        let (number, width) = match rest.split_once(".p/") {
            None => (rest, WIDTH),
            Some((number, width)) => (number, decimal(width).filter(|w| (1..WIDTH).contains(w))?),
        };
        let digits: String = number.split('/').map(|part| part.trim_start_matches('x')).collect();
        let index = digits.parse().ok()?;
        let tile = Self { holds, index, width };
        // Every other way of writing it (no zeroes, no `x`, a sign) is not a path of a log.
        (tile.to_string() == path).then_some(tile)
    }

    /// All resources of this kind of content that a tree of this size consists of, left to right.
    pub fn all(holds: Holds, size: u64) -> impl Iterator<Item = Self> {
        let count = size.checked_shr(level(holds) * HEIGHT).unwrap_or(0);
        (0..count.div_ceil(WIDTH)).map(move |index| {
            let width = (count - index * WIDTH).min(WIDTH);
            Self { holds, index, width }
        })
    }

    /// All hash tiles of a tree of this size, level by level.
    pub fn hashes(size: u64) -> impl Iterator<Item = Self> {
        (0..HEIGHT).flat_map(move |level| Self::all(Holds::Hashes(level), size))
    }

    /// The hashes or entries it holds, as places at their level.
    pub fn range(&self) -> Range<u64> {
        let start = self.index.saturating_mul(WIDTH);
        start..start.saturating_add(self.width)
    }

    /// Whether a tree of this size has it.
    pub fn is_of(&self, size: u64) -> bool {
        self.range().end <= size.checked_shr(level(self.holds).saturating_mul(HEIGHT)).unwrap_or(0)
    }
}

fn level(holds: Holds) -> u32 {
    match holds {
        Holds::Hashes(level) => level,
        Holds::Entries => 0,
    }
}

fn decimal(text: &str) -> Option<u64> {
    text.parse().ok().filter(|n: &u64| n.to_string() == text)
}

/// The path below the log's prefix.
impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.holds {
            Holds::Hashes(level) => write!(f, "tile/{level}/")?,
            Holds::Entries => f.write_str("tile/entries/")?,
        }
        let (mut rest, mut parts) = (self.index / 1000, vec![format!("{:03}", self.index % 1000)]);
        while rest > 0 {
            parts.push(format!("x{:03}", rest % 1000));
            rest /= 1000;
        }
        parts.reverse();
        f.write_str(&parts.join("/"))?;
        if self.width < WIDTH { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

/// The hashes of a tile's bytes.
///
/// # Errors
/// They are not as many hashes as its width.
pub fn read_hashes(tile: &Tile, bytes: &[u8]) -> Result<Vec<Hash>, FormatError> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    if !rest.is_empty() || hashes.len() as u64 != tile.width {
        let what = format!("{} bytes, not {} hashes", bytes.len(), tile.width);
        return Err(FormatError::new(tile.to_string(), what));
    }
    Ok(hashes.to_vec())
}

/// Bytes of a bundle: each entry after its length in two bytes, the most significant first.
///
/// # Errors
/// An entry is longer than 65 535 bytes.
pub fn bundle<'e>(entries: impl IntoIterator<Item = &'e [u8]>) -> Result<Vec<u8>, FormatError> {
    let mut bytes = Vec::new();
    for entry in entries {
        let length = u16::try_from(entry.len())
            .map_err(|_| FormatError::new("entry", format!("{} bytes do not fit a bundle", entry.len())))?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

/// The entries of a bundle's bytes.
///
/// # Errors
/// They are not exactly as many entries as its width.
pub fn read_bundle<'b>(tile: &Tile, mut bytes: &'b [u8]) -> Result<Vec<&'b [u8]>, FormatError> {
    let wrong = |what: &str| FormatError::new(tile.to_string(), what);
    let mut entries = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, rest) = rest.split_at_checked(length).ok_or_else(|| wrong("ends within an entry"))?;
        entries.push(entry);
        bytes = rest;
    }
    if !bytes.is_empty() {
        return Err(wrong("ends within a length"));
    }
    if entries.len() as u64 != tile.width {
        return Err(wrong(&format!("{} entries, not {}", entries.len(), tile.width)));
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        let tile = Tile { holds: Holds::Hashes(0), index: 1_234_067, width: WIDTH };
        assert_eq!(tile.to_string(), "tile/0/x001/x234/067");
        let entries = Tile { holds: Holds::Entries, index: 5, width: 112 };
        assert_eq!(entries.to_string(), "tile/entries/005.p/112");
        for tile in [tile, entries] {
            assert_eq!(Tile::parse(&tile.to_string()), Some(tile));
        }
        for wrong in [
            "tile/0/5",
            "tile/00/005",
            "tile/64/005",
            "tile/0/x005",
            "tile/0/005.p/0",
            "tile/0/005.p/256",
            "tile/0/005.p/01",
            "tile/0/000/005",
            "tile/0/x000/005",
            "tile/0/+05",
            "tile/-1/005",
            "tile/entries/",
            "tile/0",
            "checkpoint",
            "tile/0/005/",
            "tile/0/xx01/005",
            "tile/0/x018/x446/x744/x073/x709/x551/616",
        ] {
            assert_eq!(Tile::parse(wrong), None, "{wrong}");
        }
    }

    // The example of the specification, "Partial Tiles".
    #[test]
    fn a_tree_of_seventy_thousand_has_the_tiles_of_the_example() {
        let count = |level, full| {
            Tile::all(Holds::Hashes(level), 70_000).filter(|t| (t.width == WIDTH) == full).count()
        };
        assert_eq!((count(0, true), count(0, false)), (273, 1));
        assert_eq!((count(1, true), count(1, false)), (1, 1));
        assert_eq!((count(2, true), count(2, false), count(3, false)), (0, 1, 0));
        let partial: Vec<_> = Tile::hashes(70_000).filter(|t| t.width < WIDTH).map(|t| t.width).collect();
        assert_eq!(partial, [112, 17, 1]);
        assert!(Tile::hashes(70_000).all(|t| t.is_of(70_000)));
        assert!(!Tile { holds: Holds::Hashes(0), index: 273, width: 113 }.is_of(70_000));
        assert_eq!(Tile::hashes(256).map(|t| t.width).collect::<Vec<_>>(), [256, 1]);
        assert_eq!(Tile::hashes(0).count(), 0);
    }

    #[test]
    fn bundles_are_read_as_written() {
        let tile = Tile { holds: Holds::Entries, index: 0, width: 3 };
        let bytes = bundle([&b"one"[..], b"", b"three"]).unwrap();
        assert_eq!(bytes, b"\0\x03one\0\0\0\x05three");
        assert_eq!(read_bundle(&tile, &bytes).unwrap(), [&b"one"[..], b"", b"three"]);
        for wrong in [&bytes[..bytes.len() - 1], &bytes[..5], &bytes[..6], &[&bytes[..], b"\0"].concat()] {
            assert!(read_bundle(&tile, wrong).is_err());
        }
        assert!(bundle([&[0; 65_536][..]]).is_err());
        assert!(read_hashes(&tile, &[0; 96]).is_ok() && read_hashes(&tile, &[0; 95]).is_err());
    }
}
