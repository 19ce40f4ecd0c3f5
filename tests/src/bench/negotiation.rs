//! Contracts per second and how long one takes: from asking for it until both sides hold it finalized and signed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use contracts::api::status::Status;
use tokio::sync::Notify;

use super::Sizes;
use super::figure::{Figure, percentile};
use super::machine::Machine;
use crate::api::Api;
use crate::pair::Pair;
use crate::process::processor_ms;

const IN_FLIGHT: usize = 8;
const PATIENCE: Duration = Duration::from_secs(20);

/// Follows the consumer's events: the last state of a negotiation is reached there.
pub struct Follower {
    finalized: Mutex<HashMap<String, Instant>>,
    news: Notify,
}

impl Follower {
    pub fn start(api: Api, from: u64) -> (Arc<Self>, tokio::task::JoinHandle<()>) {
        let follower = Arc::new(Self { finalized: Mutex::default(), news: Notify::new() });
        let ours = Arc::clone(&follower);
        let task = tokio::spawn(async move {
            let mut cursor = from;
            loop {
                let page = api.events(cursor, 30).await.unwrap_or_else(|e| panic!("{e}"));
                let now = Instant::now();
                for event in page.items.iter().filter(|e| e.kind == "negotiation.finalized") {
                    let fields = event.fields.as_ref().unwrap();
                    ours.finalized.lock().unwrap().insert(fields["negotiation"].clone(), now);
                }
                ours.news.notify_waiters();
                cursor = page.next.and_then(|next| next.parse().ok()).unwrap_or(cursor);
            }
        });
        (follower, task)
    }

    pub async fn reached(&self, id: &str) -> Instant {
        let wait = async {
            loop {
                let news = self.news.notified();
                tokio::pin!(news);
                news.as_mut().enable();
                if let Some(at) = self.finalized.lock().unwrap().remove(id) {
                    return at;
                }
                news.await;
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("{id} is not finalized"))
    }
}

pub async fn measure(pair: &Pair, dataset: &str, machine: &Machine, sizes: &Sizes) -> Vec<Figure> {
    let api = &pair.consumer.api;
    let size = crate::kill::observe::read_head(
        &api.checkpoint().await.unwrap(),
        &api.get("/members/self").await.unwrap(),
    );
    let (follower, task) = Follower::start(api.clone(), size.0.size);
    let one = || async {
        let begun = Instant::now();
        let asked = api.negotiate(&pair.provider.did, dataset).await.unwrap_or_else(|e| panic!("{e}"));
        follower.reached(&asked.id).await.duration_since(begun).as_secs_f64() * 1e3
    };
    for _ in 0..10 {
        one().await;
    }
    let before = counters(pair).await;
    let mut sample = Vec::new();
    for _ in 0..sizes.negotiations {
        sample.push(one().await);
    }
    let after = counters(pair).await;
    let per = |which: usize| (after[which] - before[which]) as f64 / sizes.negotiations as f64;
    let busy =
        || [&pair.provider, &pair.consumer].map(|node| processor_ms(node.pid().unwrap())).iter().sum::<f64>();
    let (begun, busy_before) = (Instant::now(), busy());
    let time = Duration::from_secs_f64(sizes.seconds);
    let counts = (0..IN_FLIGHT).map(|_| async {
        let mut count = 0_u64;
        while begun.elapsed() < time {
            one().await;
            count += 1;
        }
        count
    });
    let count: u64 = futures_util::future::join_all(counts).await.iter().sum();
    let rate = count as f64 / begun.elapsed().as_secs_f64();
    let cpu = (busy() - busy_before) / count as f64;
    task.abort();
    let goal = (machine.fdatasync / 10.0).min(200.0);
    let (p50, p99) = (percentile(&mut sample, 0.5), percentile(&mut sample, 0.99));
    let (commits, signatures) = (per(0), per(1));
    let floor = 1e3 * (commits / machine.fdatasync + signatures / machine.sign + signatures / machine.verify);
    vec![
        Figure::new("negotiation_p50_ms", p50, "ms")
            .at_most(15.0)
            .of("its flushes and signatures alone", floor)
            .note(format!("{} one after another", sizes.negotiations)),
        Figure::new("negotiation_p99_ms", p99, "ms"),
        Figure::new("negotiations_per_s", rate, "/s")
            .at_least(goal)
            .of("fdatasync/s", machine.fdatasync)
            .note(format!("{IN_FLIGHT} in flight")),
        Figure::new("cpu_ms_per_negotiation", cpu, "ms").note("both nodes together, without the client"),
        Figure::new("commits_per_negotiation", commits, "").note("both nodes together, one at a time"),
        Figure::new("signatures_per_negotiation", signatures, "").note("both nodes together, of every kind"),
    ]
}

/// Commits and signatures of both nodes so far.
async fn counters(pair: &Pair) -> [u64; 2] {
    let mut sums = [0; 2];
    for node in [&pair.provider, &pair.consumer] {
        let status: Status = node.api.get("/status").await.unwrap_or_else(|e| panic!("{e}"));
        sums[0] += status.commits.unwrap();
        sums[1] += status.signatures.unwrap();
    }
    sums
}
