//! Processes that must end, where the clock only moves when a test says so: what is sent again waits for it.

use std::time::{Duration, Instant};

use node::domain::time::Clock;
use serde_json::json;

use crate::flow::{PATIENCE, segment, text};
use crate::member::Member;

impl Member {
    /// A request for a contract that must be refused, for a reason that says this.
    pub async fn refused(&self, clock: &Clock, peer: &Member, dataset: &str, (purpose, says): (&str, &str)) {
        let id = self.negotiate(peer, dataset, purpose).await;
        self.ends(clock, &format!("/negotiations/{}", segment(&id)), says).await;
    }

    /// A transfer that must not start, for a reason that says this.
    pub async fn not_started(&self, clock: &Clock, agreement: &str, (purpose, says): (&str, &str)) {
        let body = json!({"agreement": agreement, "purpose": purpose});
        let id = text(&self.post("/transfers", &body).await.ok()["id"]);
        self.ends(clock, &format!("/transfers/{}", segment(&id)), says).await;
    }

    async fn ends(&self, clock: &Clock, path: &str, says: &str) {
        let started = Instant::now();
        loop {
            let found = self.get(path).await.ok();
            if found["state"] == "TERMINATED" {
                assert!(found.to_string().contains(says), "{found:#}");
                return;
            }
            assert!(started.elapsed() < PATIENCE, "{path} stays {found:#}");
            clock.advance(500);
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }
}
