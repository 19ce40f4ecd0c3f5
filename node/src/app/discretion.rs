//! What a node decides by itself on what peers send. The program follows its rules; whoever builds a node as a
//! library (`startup::Options`) can keep an act for itself, as conformance suites need that play a node's part.

use super::Error;

/// An act that follows a message without anybody asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Consumer: sign and verify the agreement that came.
    Verify,
    /// Provider: finalize what was verified.
    Finalize,
    /// Provider: start the transfer that was asked for and decided.
    Start,
}

/// Who acts, and what becomes of the verdict on a peer's terms.
#[derive(Debug, Clone, Copy)]
pub struct Discretion {
    /// Whether the node does it by itself, at once.
    pub acts: fn(Act) -> bool,
    /// The verdict that counts, given the one that was reached on the terms of an offer or agreement.
    pub terms: fn(Result<(), Error>) -> Result<(), Error>,
}

impl Default for Discretion {
    /// The node acts, and its verdict counts.
    fn default() -> Self {
        Self { acts: |_| true, terms: |verdict| verdict }
    }
}
