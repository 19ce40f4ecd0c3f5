//! The member's transparency log: every auditable fact, in order, provable to others without showing it.
//!
//! [`tree`] grows the hash tree in memory; `store::sequencer` gives entries their places and writes them.

pub mod entry;
pub mod tree;
