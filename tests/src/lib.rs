//! What the tests share: reference material, and whole nodes to test against.

pub mod api;
pub mod authority;
pub mod bench;
pub mod binary;
pub mod document;
pub mod kill;
pub mod pair;
pub mod process;
pub mod random;
pub mod reader;
pub mod reference;
pub mod scratch;
pub mod skip;
pub mod strace;
