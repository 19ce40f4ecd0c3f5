//! Use cases: load, decide, save, in one write of the store.

pub mod error;
pub mod member;

use contracts::api::status::Check;

use crate::config::Config;
use crate::domain::time::{Clock, Timestamp};
use crate::peer;
use crate::telemetry::Metrics;
use crate::workers::Workers;

pub use error::Error;
pub use member::{Hosted, Members};

/// What every use case works with. One per process, shared.
pub struct App {
    pub config: Config,
    pub clock: Clock,
    pub started: Timestamp,
    pub metrics: Metrics,
    /// The members of this node.
    pub members: Members,
    pub workers: Workers,
    /// The way out to peers.
    pub client: peer::Client,
}

impl App {
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What must be right for the node to serve, each with what was found.
    pub async fn health(&self) -> Vec<Check> {
        let dead = self.workers.dead();
        let detail =
            if dead.is_empty() { "all run".to_owned() } else { format!("ended: {}", dead.join(", ")) };
        vec![Check { name: "workers".into(), ok: dead.is_empty(), detail }]
    }
}
