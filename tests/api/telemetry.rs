//! Traces and metrics at a real OpenTelemetry collector, from two processes that exchange.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use tests::collector::{Collector, attribute};
use tests::pair::Pair;
use tests::process::Setup;
use tests::skip::skipped;
use tests::temporary::Folder;

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_covers_both_nodes_and_metrics_arrive() {
    let collector = match Collector::start().await {
        Ok(collector) => collector,
        Err(why) => return skipped("traces and metrics at a collector", &why),
    };
    let scratch = Folder::named("telemetry");
    let setup = |service: &str| Setup {
        settings: format!("otlp = \"{}\"\nservice = \"{service}\"\n", collector.address),
        ..Setup::default()
    };
    let mut pair = Pair::init(scratch.path(), &setup("provider"), &setup("consumer"));
    std::fs::write(pair.data("small.csv"), "a;b\n1;2\n").unwrap();
    pair.start().await;
    let dataset = pair.publish("small.csv").await;
    let transfer = pair.transfer(&pair.contract(&dataset).await).await;
    let job = pair.consumer.api.pull(&transfer, "small.csv").await.unwrap();
    let begun = Instant::now();
    while pair.consumer.api.pulled(&job).await.unwrap().state == "running" {
        assert!(begun.elapsed() < Duration::from_secs(30));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // What is left is sent at the end.
    pair.consumer.stop();
    pair.provider.stop();
    let begun = Instant::now();
    while collector.points("provider", "fiducie.delivered").is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(30), "no metric arrived: {}", pair.provider.said());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    let spans = collector.spans();
    // A message and a data request: each one trace, whose part at the other node follows the one that called.
    let crossings = [
        ("consumer", "outbox", "provider", "POST /dsp/2025-1/negotiations/request"),
        ("provider", "outbox", "consumer", "POST /dsp/2025-1/negotiations/{pid}/agreement"),
        ("consumer", "pull", "provider", "GET /data/{transfer}"),
    ];
    for (caller, made, called, answered) in crossings {
        let found = spans.iter().filter(|s| s.service == called && s.name == answered).any(|answer| {
            spans.iter().any(|call| {
                (call.service.as_str(), call.name.as_str()) == (caller, made)
                    && (&call.trace, &call.id) == (&answer.trace, &answer.parent)
            })
        });
        let names: BTreeSet<_> = spans.iter().map(|s| (&s.service, &s.name)).collect();
        assert!(found, "no trace goes from {caller}'s {made} to {called}'s {answered}: {names:#?}");
    }
    // The pull belongs to the request of the person who asked for it: three spans in one trace.
    let pull = spans.iter().find(|s| s.name == "pull").unwrap();
    let asked = spans.iter().find(|s| s.id == pull.parent).unwrap();
    assert_eq!(
        (asked.service.as_str(), asked.name.as_str()),
        ("consumer", "POST /api/v1/transfers/{id}/pull")
    );

    let delivered = collector.points("provider", "fiducie.delivered").pop().unwrap();
    assert_eq!(delivered["asInt"], "8", "{delivered}");
    let kinds: BTreeSet<_> =
        collector.points("provider", "fiducie.events").iter().map(|p| attribute(p, "kind")).collect();
    for kind in ["contract.signed", "contract.countersigned", "delivery.opened", "delivery.closed"] {
        assert!(kinds.contains(kind), "{kinds:?}");
    }
    assert!(!collector.points("consumer", "http.server.request.duration").is_empty());
    // Nothing of persons, tokens or contents goes to the collector.
    let all = format!("{spans:?}");
    for secret in ["Bearer", "DPoP", "fid_", "did:web", "urn:uuid:"] {
        assert!(!all.contains(secret), "a span tells {secret}");
    }
}
