//! The catalogue as RDF: a projection of the store that can be rebuilt at any time, in memory.
//!
//! One named graph per dataset and view: what one may know of it (`full`, `existence`), and each of its offers apart,
//! since who asks decides which offers are shown. An answer is the union of the graphs that its asker may see.

mod describe;
mod policy;
pub mod projection;
pub mod serialise;
mod triples;

pub use projection::{Error, Projection};
pub use serialise::Format;
