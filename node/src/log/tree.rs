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
    levels: Vec<Level>,
}

/// The hashes of one tile level outside complete tiles: fewer than [`TILE`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Level {
    hashes: Vec<Hash>,
    /// Complete subtrees over them, of falling size: one for each bit of their number.
    nodes: Vec<Hash>,
}

impl Level {
    fn push(&mut self, hash: Hash) {
        self.hashes.push(hash);
        let (mut node, merged) = (hash, self.hashes.len().trailing_zeros() as usize);
        for left in self.nodes.split_off(self.nodes.len().saturating_sub(merged)).iter().rev() {
            node = tlog::node_hash(left, &node);
        }
        self.nodes.push(node);
    }
}

impl FromIterator<Hash> for Level {
    fn from_iter<T: IntoIterator<Item = Hash>>(hashes: T) -> Self {
        let mut level = Self::default();
        hashes.into_iter().for_each(|hash| level.push(hash));
        level
    }
}

impl Edge {
    /// From the size and, level by level, the hashes outside complete tiles; `None` if their numbers are not right.
    pub fn restore(size: u64, levels: Vec<Vec<Hash>>) -> Option<Self> {
        let right = levels
            .iter()
            .enumerate()
            .all(|(level, hashes)| hashes.len() as u64 == partial(size, level as u32));
        let levels: Vec<Level> = levels.into_iter().map(Level::from_iter).collect();
        (right && levels.len() == depth(size)).then_some(Self { size, levels })
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf; gives the tiles it completed to `tiles`.
    pub fn push(&mut self, leaf: Hash, tiles: &mut Vec<Tile>) {
        self.push_at(0, leaf, tiles);
    }

    /// Appends a hash of a tile level: above 0, the root of all leaves of a tile below. Nothing may be left over below.
    pub fn push_at(&mut self, level: u32, hash: Hash, tiles: &mut Vec<Tile>) {
        debug_assert!(self.size.trailing_zeros() >= TILE_LEVELS * level);
        self.size += 1 << (TILE_LEVELS * level);
        let mut hash = hash;
        self.levels.resize_with(self.levels.len().max(level as usize), Level::default);
        for level in level as usize.. {
            if self.levels.len() == level {
                self.levels.push(Level::default());
            }
            let edge = &mut self.levels[level];
            edge.push(hash);
            if edge.hashes.len() < TILE {
                return;
            }
            // All of them under one node.
            hash = tlog::fold(&edge.nodes).unwrap_or_else(tlog::empty_root);
            let level = level as u32;
            let index = (self.size >> (TILE_LEVELS * (level + 1))) - 1;
            tiles.push(Tile { level, index, root: hash, hashes: edge.hashes.concat() });
            *edge = Level::default();
        }
    }

    /// Root of the whole tree.
    pub fn root(&self) -> Hash {
        // From the top, all nodes of a level are complete subtrees of falling size, left of those of the level below.
        let parts = self.levels.iter().rev().flat_map(|level| level.nodes.iter().copied());
        tlog::fold(&parts.collect::<Vec<_>>()).unwrap_or_else(tlog::empty_root)
    }
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
