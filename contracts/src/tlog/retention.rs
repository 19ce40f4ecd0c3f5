//! How long a log shows its entries, as `<log>/retention` says it (C2SP tlog-tiles, "Pruning").

use serde::{Deserialize, Serialize};

use super::tile::{Holds, Tile};

/// Answer of `<log>/retention`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// For how long entries are shown (xsd:duration); absent: for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention: Option<String>,
    /// Lower bound of the entries that the log shows. What is needed for those below may be missing; the tree stays.
    pub minimum_index: u64,
}

impl Retention {
    /// Whether the log need not show a tile or bundle any more: all of it is below the minimum. A partial one goes with
    /// the full one.
    pub fn has_pruned(&self, tile: &Tile) -> bool {
        let level = match tile.holds {
            Holds::Hashes(level) => level,
            Holds::Entries => 0,
        };
        let span = 1_u128.checked_shl(8 * (level + 1)).unwrap_or(u128::MAX);
        (u128::from(tile.index) + 1).saturating_mul(span) <= u128::from(self.minimum_index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_ends_at_or_below_the_minimum_is_pruned() {
        let pruned = |minimum_index, path: &str| {
            Retention { retention: None, minimum_index }.has_pruned(&Tile::parse(path).unwrap())
        };
        for (minimum, path, gone) in [
            (0, "tile/0/000", false),
            (255, "tile/0/000", false),
            (256, "tile/0/000", true),
            (256, "tile/0/000.p/3", true),
            (256, "tile/entries/000", true),
            (511, "tile/entries/001", false),
            (65_535, "tile/1/000", false),
            (65_536, "tile/1/000", true),
            (u64::MAX, "tile/63/000", false),
        ] {
            assert_eq!(pruned(minimum, path), gone, "{minimum} {path}");
        }
    }
}
