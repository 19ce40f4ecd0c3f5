//! Merkle trees of RFC 9162 (hashing of RFC 6962): roots, inclusion and consistency proofs, and their verification.
//!
//! Proofs are described as ranges of leaves ([`inclusion_ranges`], [`consistency_ranges`]), so that a tree in
//! memory and one kept as stored nodes ([`cover`], [`fold`]) build the same proofs with the same code.

pub mod cosignature;
pub mod note;
pub mod policy;
pub mod proof;
pub mod retention;
pub mod stamped;
pub mod tile;

use std::ops::Range;

use sha2::{Digest, Sha256};

/// SHA-256 output.
pub type Hash = [u8; 32];

/// Hash of a leaf's bytes (RFC 9162, section 2.1.1).
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Sha256::new().chain_update([0x00]).chain_update(leaf).finalize().into()
}

/// Hash of an inner node.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([0x01]).chain_update(left).chain_update(right).finalize().into()
}

/// Root of the tree without leaves: SHA-256 of nothing.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// Root of a tree, from its leaf hashes.
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len() as u64) as usize);
            node_hash(&root(left), &root(right))
        }
    }
}

// The largest power of two smaller than `size`, for sizes over 1.
fn split(size: u64) -> u64 {
    1 << (63 - (size - 1).leading_zeros())
}

/// Proof that leaf `index` is in the tree of these leaves; empty when the index is outside.
pub fn inclusion_proof(leaves: &[Hash], index: usize) -> Vec<Hash> {
    of_ranges(leaves, inclusion_ranges(index as u64, leaves.len() as u64))
}

/// Proof that the tree of the first `first` leaves is a beginning of the tree of all.
pub fn consistency_proof(leaves: &[Hash], first: usize) -> Vec<Hash> {
    of_ranges(leaves, consistency_ranges(first as u64, leaves.len() as u64))
}

fn of_ranges(leaves: &[Hash], ranges: Vec<Range<u64>>) -> Vec<Hash> {
    ranges.into_iter().map(|r| root(&leaves[r.start as usize..r.end as usize])).collect()
}

/// The subtrees, as ranges of leaves, whose roots are the inclusion proof of `index` (RFC 9162, section 2.1.3.1).
pub fn inclusion_ranges(index: u64, size: u64) -> Vec<Range<u64>> {
    let mut ranges = Vec::new();
    if index >= size {
        return ranges;
    }
    let (mut start, mut end) = (0, size);
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            ranges.push(middle..end);
            end = middle;
        } else {
            ranges.push(start..middle);
            start = middle;
        }
    }
    ranges.reverse();
    ranges
}

/// The subtrees whose roots are the consistency proof of two sizes (RFC 9162, section 2.1.4.1).
/// Empty for equal sizes, for size 0 and when `first` is the larger.
pub fn consistency_ranges(first: u64, second: u64) -> Vec<Range<u64>> {
    let mut ranges = Vec::new();
    if first == 0 || first >= second {
        return ranges;
    }
    let (mut start, mut end) = (0, second);
    while first != end {
        let middle = start + split(end - start);
        if first <= middle {
            ranges.push(middle..end);
            end = middle;
        } else {
            ranges.push(start..middle);
            start = middle;
        }
    }
    // A verifier has the first tree's root already when that root is a node of the second tree.
    if start != 0 {
        ranges.push(start..end);
    }
    ranges.reverse();
    ranges
}

/// A node whose subtree is complete: `2^level` leaves from leaf `index * 2^level`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    pub level: u32,
    pub index: u64,
}

/// The complete nodes, left to right, that make up a range given by the functions above. Their [`fold`] is its root.
pub fn cover(range: Range<u64>) -> Vec<Node> {
    let (mut at, mut nodes) = (range.start, Vec::new());
    while at < range.end {
        let fits = 63 - (range.end - at).leading_zeros();
        let level = fits.min(at.trailing_zeros());
        nodes.push(Node { level, index: at >> level });
        at += 1 << level;
    }
    nodes
}

/// Root over complete nodes of falling size, left to right; `None` of none.
pub fn fold(hashes: &[Hash]) -> Option<Hash> {
    let (last, rest) = hashes.split_last()?;
    Some(rest.iter().rev().fold(*last, |right, left| node_hash(left, &right)))
}

/// Whether `proof` shows that `leaf` is at `index` of the tree of `size` leaves with this root.
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(sibling, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether `proof` shows that the tree of `first` leaves is a beginning of the tree of `second` leaves.
///
/// A first tree without leaves proves nothing and is refused, but for two empty trees.
pub fn verify_consistency(first: u64, second: u64, proof: &[Hash], root1: &Hash, root2: &Hash) -> bool {
    if first == 0 && (second != 0 || root1 != root2) {
        return false;
    }
    verify_subtree_consistency(0..first, second, proof, root1, root2)
}

/// As [`verify_inclusion`], in the subtree of leaves `range`.
pub fn verify_subtree_inclusion(
    leaf: &Hash,
    index: u64,
    range: Range<u64>,
    proof: &[Hash],
    root: &Hash,
) -> bool {
    is_subtree(&range)
        && range.contains(&index)
        && verify_inclusion(leaf, index - range.start, range.end - range.start, proof, root)
}

/// Whether `proof` shows that the subtree of leaves `range`, with root `root1`, is part of the tree of `size` leaves
/// with root `root2` (draft-ietf-plants-merkle-tree-certs, section 4.4).
pub fn verify_subtree_consistency(
    range: Range<u64>,
    size: u64,
    proof: &[Hash],
    root1: &Hash,
    root2: &Hash,
) -> bool {
    if range.start > range.end || range.end > size {
        return false;
    }
    if range.is_empty() {
        return proof.is_empty() && *root1 == empty_root();
    }
    if !is_subtree(&range) {
        return false;
    }
    let (mut start, mut last, mut tree) = (range.start, range.end - 1, size - 1);
    let whole = last == tree;
    while start != last && (whole || last & 1 == 1) {
        (start, last, tree) = (start >> 1, last >> 1, tree >> 1);
    }
    let (mut sub, mut full, rest) = match proof {
        rest if start == last => (*root1, *root1, rest),
        [seed, rest @ ..] => (*seed, *seed, rest),
        [] => return false,
    };
    for sibling in rest {
        if tree == 0 {
            return false;
        }
        if last & 1 == 1 || last == tree {
            if start < last {
                sub = node_hash(sibling, &sub);
            }
            full = node_hash(sibling, &full);
            while last & 1 == 0 && last != 0 {
                (start, last, tree) = (start >> 1, last >> 1, tree >> 1);
            }
        } else {
            full = node_hash(&full, sibling);
        }
        (start, last, tree) = (start >> 1, last >> 1, tree >> 1);
    }
    tree == 0 && sub == *root1 && full == *root2
}

// The start is a multiple of the smallest power of two that holds the range.
fn is_subtree(range: &Range<u64>) -> bool {
    let len = range.end.saturating_sub(range.start);
    len > 0 && len.checked_next_power_of_two().is_some_and(|p| range.start.is_multiple_of(p))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proofs_verify_at_every_size() {
        let all: Vec<Hash> = (0..70u8).map(|i| leaf_hash(&[i])).collect();
        for size in 1..=all.len() {
            let leaves = &all[..size];
            let top = root(leaves);
            let nodes = cover(0..size as u64);
            let hashes: Vec<Hash> = nodes
                .iter()
                .map(|n| root(&leaves[(n.index << n.level) as usize..((n.index + 1) << n.level) as usize]))
                .collect();
            assert_eq!(fold(&hashes), Some(top));
            for index in 0..size {
                let proof = inclusion_proof(leaves, index);
                assert!(verify_inclusion(&leaves[index], index as u64, size as u64, &proof, &top));
                let other = (index + 1) % size;
                assert_eq!(
                    verify_inclusion(&leaves[index], other as u64, size as u64, &proof, &top),
                    size == 1
                );
            }
            for first in 1..=size {
                let (before, proof) = (root(&leaves[..first]), consistency_proof(leaves, first));
                let (a, b) = (first as u64, size as u64);
                assert!(verify_consistency(a, b, &proof, &before, &top), "{first} {size}");
                assert!(!verify_consistency(a, b, &proof, &leaf_hash(b"other"), &top));
            }
        }
    }
}
