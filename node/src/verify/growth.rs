//! Whether a log is the continuation of what was seen of it before.

use std::collections::BTreeMap;

use contracts::tlog::Hash;

use super::finding::Finding;
use crate::log::tree::Edge;

/// Roots that the log must have had, by size.
pub struct Growth {
    roots: BTreeMap<u64, Hash>,
}

impl Growth {
    pub fn new(roots: BTreeMap<u64, Hash>) -> Self {
        Self { roots }
    }

    /// Compares the tree at a size that was seen before.
    pub fn check(&self, edge: &Edge) -> Result<(), Finding> {
        match self.roots.get(&edge.size()) {
            Some(root) if *root != edge.root() => {
                let size = edge.size();
                let what =
                    format!("forked: the first {size} entries are not those of the checkpoint of {size}");
                Err(Finding::BadSignature(what))
            }
            _ => Ok(()),
        }
    }
}
