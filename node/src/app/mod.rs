//! Use cases: load, decide, save, in one write of the store.

pub mod error;

pub use error::Error;
