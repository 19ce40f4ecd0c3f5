//! The beginning of a log that its owner does not show any more (C2SP tlog-tiles, "Pruning"): known by the hashes above it.

use std::path::Path;

use contracts::tlog::Hash;
use contracts::tlog::retention::Retention;
use contracts::tlog::tile::{self, Holds, Tile, WIDTH};

use super::finding::Finding;
use super::tiled::{RETENTION, altered, bytes, file};

/// What a folder says of it.
pub(super) struct Pruned {
    pub(super) size: u64,
    pub(super) retention: Retention,
}

impl Pruned {
    pub(super) fn read(folder: &Path, size: u64) -> Result<Self, Finding> {
        let retention: Retention = match file(folder, RETENTION)? {
            None => Retention::default(),
            Some(bytes) => {
                serde_json::from_slice(&bytes).map_err(|e| Finding::Altered(format!("{RETENTION}: {e}")))?
            }
        };
        if retention.minimum_index > size {
            return Err(Finding::Altered(format!(
                "{RETENTION}: the minimum is beyond the log's {size} entries"
            )));
        }
        Ok(Self { size, retention })
    }

    /// Roots of tiles, by level and index, that stand for the leaves whose hashes are not shown: from the first leaf on,
    /// each from the lowest tile above it that is there.
    pub(super) fn skip(&self, folder: &Path) -> Result<Vec<(u32, u64, Hash)>, Finding> {
        let (mut at, mut found) = (0, Vec::new());
        while let Some(next) = self.root(folder, at)? {
            at += WIDTH << (8 * next.0);
            found.push(next);
        }
        Ok(found)
    }

    /// The tile that begins with a leaf, from what is above it; `None` when its own hashes are there or must be.
    fn root(&self, folder: &Path, leaf: u64) -> Result<Option<(u32, u64, Hash)>, Finding> {
        for level in 0..7 {
            let span = WIDTH << (8 * level);
            let tile = Tile { holds: Holds::Hashes(level), index: leaf / span, width: WIDTH };
            if !leaf.is_multiple_of(span)
                || !self.retention.has_pruned(&tile)
                || bytes(folder, &tile)?.is_some()
            {
                return Ok(None);
            }
            let above = Tile::all(Holds::Hashes(level + 1), self.size).nth((tile.index / WIDTH) as usize);
            let Some(above) = above else { return Ok(None) };
            if let Some(stored) = bytes(folder, &above)? {
                let hashes = tile::read_hashes(&above, &stored).map_err(altered)?;
                return Ok(hashes.get((tile.index % WIDTH) as usize).map(|root| (level, tile.index, *root)));
            }
        }
        Ok(None)
    }

    /// What could not be looked at, if there is any such part: its entries, and the checkpoints seen of it.
    pub(super) fn finding(first: u64, unseen: usize) -> Option<Finding> {
        (first > 0).then(|| Finding::Log {
            code: "log-pruned",
            refuses: false,
            fr: format!(
                "À noter : le journal ne montre plus ses {first} premières inscriptions ; seules les empreintes au-dessus d'elles ont été recalculées, et {unseen} point(s) de contrôle vu(s) de cette partie n'ont pu être comparés."
            ),
            en: format!(
                "Note: the log does not show its first {first} entries any more; only the hashes above them were recomputed, and {unseen} checkpoint(s) seen of that part could not be compared."
            ),
        })
    }
}
