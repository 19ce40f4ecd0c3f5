//! The same load for both sides.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;

use crate::bench::figure::percentile;

/// Median of so many, one after another, once some have warmed it up. What failed has no time, and is not counted.
pub async fn median(warm: usize, times: usize, one: impl AsyncFn() -> Option<f64>) -> f64 {
    for _ in 0..warm {
        one().await;
    }
    let mut sample = Vec::new();
    for _ in 0..times {
        sample.extend(one().await);
    }
    percentile(&mut sample, 0.5)
}

/// How many succeed per second, so many in flight.
pub async fn rate(in_flight: usize, time: Duration, one: impl AsyncFn() -> Option<f64>) -> f64 {
    let begun = Instant::now();
    let counts = join_all((0..in_flight).map(|_| async {
        let mut count = 0_u64;
        while begun.elapsed() < time {
            count += u64::from(one().await.is_some());
        }
        count
    }));
    counts.await.iter().sum::<u64>() as f64 / begun.elapsed().as_secs_f64()
}

/// So many in all, so many in flight.
pub async fn all(total: usize, in_flight: usize, one: impl AsyncFn(usize)) {
    let next = AtomicUsize::new(0);
    join_all((0..in_flight).map(|_| async {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= total {
                return;
            }
            one(number).await;
        }
    }))
    .await;
}
