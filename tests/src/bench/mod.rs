//! Figures of a whole exchange between two real nodes on this machine: one file per figure, run by hand.
//!
//! Nothing is cached and nothing turned off: the nodes run as `fiducie init` made them.

pub mod catalogue;
pub mod delta;
pub mod edc;
pub mod exchange;
pub mod figure;
mod finding;
pub mod import;
pub mod log;
pub mod machine;
pub mod negotiation;
pub mod policy;
pub mod pull;
pub mod read;
pub mod ready;
pub mod revocation;

use std::path::PathBuf;

/// The small dataset.
pub const SMALL: &str = "secteur;jour;m3\nA;2025-01-01;1200\nB;2025-01-01;800\n";

/// How much is done.
#[derive(Debug, Clone)]
pub struct Sizes {
    /// Seconds of each rate.
    pub seconds: f64,
    pub negotiations: usize,
    pub datasets: usize,
    /// Size of the large pull.
    pub megabytes: u64,
    /// The reference server, if it is not in the path.
    pub nginx: Option<PathBuf>,
    /// Groups of figures wanted; all when empty.
    pub only: Vec<String>,
}

impl Sizes {
    pub fn wants(&self, group: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|wanted| wanted == group)
    }
}
