//! What the tests share: where reference material lies, and (later modules) whole nodes to test against.

pub mod document;
pub mod reference;
pub mod skip;
