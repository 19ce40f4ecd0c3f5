//! Two nodes of ours, with each other: as `fiducie init` makes them, TLS, signatures, log and disk included.

use std::sync::Arc;
use std::time::{Duration, Instant};

use contracts::api::status::Status;

use crate::bench::SMALL;
use crate::bench::negotiation::Follower;
use crate::pair::Pair;

pub struct Ours {
    pub pair: Pair,
    pub started: Duration,
    dataset: String,
    follower: Arc<Follower>,
    following: tokio::task::JoinHandle<()>,
}

impl Ours {
    /// Both started, with one dataset; the time is the provider's.
    pub async fn start(mut pair: Pair) -> Self {
        std::fs::write(pair.data("small.csv"), SMALL).unwrap();
        let started = pair.provider.start().await;
        pair.consumer.start().await;
        let dataset = pair.publish("small.csv").await;
        let (follower, following) = Follower::start(pair.consumer.api.clone(), 0);
        Self { pair, started, dataset, follower, following }
    }

    /// One contract: milliseconds from asking for it until the consumer holds it finalized and signed by both.
    pub async fn one(&self) -> Option<f64> {
        let begun = Instant::now();
        let asked = self.pair.consumer.api.negotiate(&self.pair.provider.did, &self.dataset).await;
        let asked = asked.unwrap_or_else(|e| panic!("{e}"));
        Some(self.follower.reached(&asked.id).await.duration_since(begun).as_secs_f64() * 1e3)
    }

    /// Megabytes resident, both together.
    pub fn memory(&self) -> f64 {
        (self.pair.provider.memory().0 + self.pair.consumer.memory().0) as f64 / 1e6
    }

    /// Commits and signatures of both so far.
    pub async fn counted(&self) -> [f64; 2] {
        let mut sums = [0; 2];
        for node in [&self.pair.provider, &self.pair.consumer] {
            let status: Status = node.api.get("/status").await.unwrap_or_else(|e| panic!("{e}"));
            sums[0] += status.commits.unwrap();
            sums[1] += status.signatures.unwrap();
        }
        sums.map(|sum| sum as f64)
    }

    pub fn stop(mut self) -> Pair {
        self.following.abort();
        self.pair.provider.stop();
        self.pair.consumer.stop();
        self.pair
    }
}
