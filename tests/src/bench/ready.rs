//! Time from the start of the process to its readiness, and memory then.

use std::time::{Duration, Instant};

use super::Sizes;
use super::figure::{Figure, percentile};
use crate::pair::{Pair, description};

const STARTS: usize = 10;
const PATIENCE: Duration = Duration::from_secs(120);

pub async fn measure(pair: &mut Pair, sizes: &Sizes) -> Vec<Figure> {
    let mut figures = Vec::new();
    let (ready, memory) = starts(pair, STARTS).await;
    figures.push(Figure::new("ready_s", ready, "s").at_most(0.3).note(format!("median of {STARTS} starts")));
    figures.push(Figure::new("idle_mb", memory, "MB").at_most(60.0).note("empty catalogue"));
    if sizes.datasets == 0 {
        return figures;
    }
    pair.provider.start().await;
    publish(pair, sizes.datasets).await;
    pair.provider.stop();
    let (ready, memory) = starts(pair, 3).await;
    let many = format!("{} datasets", sizes.datasets);
    figures.push(Figure::new("ready_many_s", ready, "s").at_most(0.3).note(many.clone()));
    figures.push(Figure::new("idle_many_mb", memory, "MB").note(format!("{many}, catalogue served")));
    figures.push(
        Figure::new("projection_s", projection(pair).await, "s")
            .note(format!("{many}, until /catalog answers 200")),
    );
    figures
}

/// Median time to readiness; memory after the last start, once the catalogue is served.
async fn starts(pair: &mut Pair, times: usize) -> (f64, f64) {
    let (mut sample, mut memory) = (Vec::new(), 0);
    for _ in 0..times {
        sample.push(pair.provider.start().await.as_secs_f64());
        served(pair).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        memory = pair.provider.memory().0;
        pair.provider.stop();
    }
    (percentile(&mut sample, 0.5), memory as f64 / 1e6)
}

/// Waits until the catalogue is served; gives how long that took.
async fn served(pair: &Pair) -> f64 {
    let (http, begun) = (crate::api::http(&pair.authority.pem()), Instant::now());
    while !http
        .get(format!("{}/catalog", pair.provider.url))
        .send()
        .await
        .is_ok_and(|answer| answer.status().is_success())
    {
        assert!(begun.elapsed() < PATIENCE, "the catalogue is not served");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    begun.elapsed().as_secs_f64()
}

async fn projection(pair: &mut Pair) -> f64 {
    let ready = pair.provider.start().await;
    let took = served(pair).await + ready.as_secs_f64();
    pair.provider.stop();
    took
}

async fn publish(pair: &Pair, datasets: usize) {
    let (api, recipient) = (&pair.provider.api, &pair.consumer.did);
    let lanes = (0..16).map(|lane| async move {
        for number in (lane..datasets).step_by(16) {
            let mut described = description("small.csv", recipient);
            described["title"] = format!("Jeu {number}").into();
            if let Err(failure) = api.publish(&described).await {
                panic!("dataset {number}: {failure}");
            }
        }
    });
    futures_util::future::join_all(lanes).await;
}
