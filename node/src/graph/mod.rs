//! The catalogue as RDF: a projection of the store that can be rebuilt at any time, in memory.
//!
//! Terms are kept once ([`terms`]); a dataset is a list of triples for each part of it that some may see and others not: what
//! is said in full, what is said of its existence, and each offer. Who asks decides which parts make the answer ([`entry`]).

pub mod condition;
pub mod describe;
pub mod entry;
pub mod feed;
pub mod import;
mod policy;
pub mod projection;
pub mod serialise;
pub mod slice;
pub mod sparql;
pub mod terms;
pub mod triples;

pub use entry::{Entry, Parts};
pub use projection::{Error, Projection, Reading};
pub use serialise::Format;
pub use slice::{Position, Seen, Slice, Subset};
pub use triples::Triples;
