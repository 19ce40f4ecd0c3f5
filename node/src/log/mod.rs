//! The member's transparency log: every auditable fact, in order, provable to others without showing it.
//!
//! Reading order: [`entry`] (what is published, what can be erased), [`tree`] (the growing hash tree), [`proof`] and
//! [`verify`]; [`decision`] is what an entry keeps of one. `store::sequencer` gives entries their places and writes them.

pub mod cosigned;
pub mod decision;
pub mod entry;
pub mod proof;
pub mod tree;
pub mod twins;
pub mod verify;
