//! What travels between nodes, and between a node and its operators.
//!
//! Reading order: [`id`], [`odrl`], [`dsp`], then our own documents.
//! No async, no I/O, no clock and no randomness here.

pub mod dsp;
pub mod id;
