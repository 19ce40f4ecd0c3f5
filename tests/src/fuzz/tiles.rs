//! Tiles: their paths, and bundles of entries.

use contracts::leaf::Leaf;
use contracts::tlog::tile::{Holds, Tile, WIDTH, bundle, read_bundle, read_hashes};

/// The first line is a path, the rest what is found there.
pub fn read(bytes: &[u8]) {
    let line = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (path, rest) = bytes.split_at(line);
    let rest = rest.get(1..).unwrap_or_default();
    if let Some(tile) = std::str::from_utf8(path).ok().and_then(Tile::parse) {
        assert_eq!(tile.to_string().as_bytes(), path);
        assert!(tile.width >= 1 && tile.width <= WIDTH);
        let _in_a_log = (tile.is_of(0), tile.is_of(u64::MAX), tile.range());
        match tile.holds {
            Holds::Hashes(_) => drop(read_hashes(&tile, rest)),
            Holds::Entries => entries(&tile, rest),
        }
    }
    let _leaf = Leaf::parse(rest);
}

fn entries(tile: &Tile, bytes: &[u8]) {
    let Ok(entries) = read_bundle(tile, bytes) else { return };
    assert_eq!(entries.len() as u64, tile.width);
    assert_eq!(bundle(entries.iter().copied()).unwrap(), bytes);
    for entry in entries {
        let _leaf = Leaf::parse(entry);
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let leaf = br#"{"at":"2026-01-01T00:00:05Z","fields":{},"kind":"dataset.published","v":1}"#;
    let two = bundle([&leaf[..], &leaf[..]]).unwrap();
    let entries = [&b"tile/entries/000.p/2\n"[..], &two].concat();
    let hashes = [&b"tile/0/x001/234/067.p/3\n"[..], &[7; 96]].concat();
    vec![entries, hashes, b"tile/1/000".to_vec(), [b"\n", &leaf[..]].concat()]
}
