//! The growing side of a log's hash tree: the hashes not yet in a complete tile, level by level.
//!
//! A tile is a node of 256 children (C2SP tlog-tiles): level 0 holds leaf hashes, level 1 the roots of level 0 tiles, …
//! Only complete tiles are stored; this edge holds the rest and is rebuilt from them and the entries.

use contracts::tlog::{self, Hash};

/// Hashes in a complete tile.
pub const TILE: usize = 256;
/// Levels of the tree within a tile.
pub const TILE_LEVELS: u32 = 8;

/// A tile that just became complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    pub level: u32,
    pub index: u64,
    pub root: Hash,
    /// 256 hashes, one after the other.
    pub hashes: Vec<u8>,
}

/// The right edge of a tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    /// At each tile level fewer than [`TILE`] hashes.
    levels: Vec<Vec<Hash>>,
}

impl Edge {
    /// From the size and, level by level, the hashes outside complete tiles; `None` if their numbers are not right.
    pub fn restore(size: u64, levels: Vec<Vec<Hash>>) -> Option<Self> {
        let right = levels
            .iter()
            .enumerate()
            .all(|(level, hashes)| hashes.len() as u64 == partial(size, level as u32));
        (right && levels.len() == depth(size)).then_some(Self { size, levels })
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf; gives the tiles it completed to `tiles`.
    pub fn push(&mut self, leaf: Hash, tiles: &mut Vec<Tile>) {
        self.size += 1;
        let mut hash = leaf;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::with_capacity(TILE));
            }
            let hashes = &mut self.levels[level];
            hashes.push(hash);
            if hashes.len() < TILE {
                return;
            }
            hash = tlog::root(hashes);
            let level = level as u32;
            let index = (self.size >> (TILE_LEVELS * (level + 1))) - 1;
            tiles.push(Tile { level, index, root: hash, hashes: hashes.concat() });
            hashes.clear();
        }
    }

    /// Root of the whole tree.
    pub fn root(&self) -> Hash {
        // From the top, all hashes of a level are complete subtrees of equal size, left of those of the level below.
        let parts = self.levels.iter().rev().flat_map(|hashes| complete(hashes));
        tlog::fold(&parts.collect::<Vec<_>>()).unwrap_or_else(tlog::empty_root)
    }
}

/// Complete subtrees of falling size over these hashes.
fn complete(hashes: &[Hash]) -> Vec<Hash> {
    let nodes = tlog::cover(0..hashes.len() as u64);
    nodes
        .iter()
        .map(|node| {
            let start = (node.index << node.level) as usize;
            tlog::root(&hashes[start..start + (1 << node.level)])
        })
        .collect()
}

/// How many hashes of a tile level are outside complete tiles.
pub fn partial(size: u64, level: u32) -> u64 {
    (size >> (TILE_LEVELS * level)) % TILE as u64
}

/// Tile levels that a tree of this size has.
pub fn depth(size: u64) -> usize {
    (0..8).take_while(|level| size >> (TILE_LEVELS * level) > 0).count()
}

#[cfg(test)]
mod tests;
