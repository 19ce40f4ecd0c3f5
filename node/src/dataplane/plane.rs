//! What the data plane keeps for the whole process.

use std::time::Duration;

use super::flight::{Flights, Most};
use super::source::Roots;
use super::stage::Measures;
use super::stream::Patience;
use crate::config::Config;
use crate::identity::dpop::Proofs;

/// The data plane's own part of the application.
#[derive(Debug)]
pub struct Plane {
    /// Folders that sources may lie in.
    pub roots: Roots,
    /// Keys of proofs already built.
    pub proofs: Proofs,
    pub patience: Patience,
    /// Lengths of what contracts let through of tables.
    pub measures: Measures,
}

impl Plane {
    pub fn from_config(config: &Config) -> Self {
        let folders = config.data.folders.iter().map(|folder| config.path(folder));
        Self {
            roots: Roots::new(folders, config.limits.files),
            proofs: Proofs::default(),
            measures: Measures::default(),
            patience: Patience {
                stall: Duration::from_secs(config.limits.stall_s),
                whole: Duration::from_secs(config.limits.delivery_s),
            },
        }
    }
}

impl Flights {
    /// One peer gets at most half of a member's places, so that it cannot keep the others out.
    pub fn from_config(config: &Config) -> Self {
        let limits = &config.limits;
        let most = |member: usize| Most { node: limits.in_flight, member, peer: member.div_ceil(2) };
        Self::new(most(limits.deliveries), Most { peer: limits.pulls, ..most(limits.pulls) })
    }
}
