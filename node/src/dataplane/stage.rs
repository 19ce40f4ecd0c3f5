//! The row stage: what of a table leaves, where a contract gives some columns or the rows of some areas only.
//!
//! It stands between source and digest: what is hashed, recorded and receipted is what was sent. What it sends has a
//! length that is known before the first byte, because the file is read through once for it; so ranges and resumption
//! are of what is sent, as for any file. Rows pass one by one; cells are written as they were, quoted where they must be.

mod filter;
mod head;
mod measure;
mod record;
mod rows;

pub use measure::Measures;
pub(super) use measure::name;
pub use rows::Rows;

#[cfg(test)]
mod tests;
