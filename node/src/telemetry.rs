//! Logs, traces and metrics: `tracing` to standard error, OpenTelemetry (OTLP over HTTP) when a collector is configured.
//!
//! Spans and logs carry no secret and no data of persons: routes, states, statuses, durations, DIDs of members.
//! The exporters use the blocking HTTP client: the asynchronous one needs a reactor that the export threads lack.

use std::io::IsTerminal;
use std::time::Duration;

use opentelemetry::metrics::{Counter, Gauge, Histogram};
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::{TraceContextExt, TracerProvider as _};
use opentelemetry::{KeyValue, global};
use opentelemetry_otlp::{MetricExporter, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::config::Telemetry;

/// Seconds given to the collector for one export.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(5);

/// Keeps the exporters alive; dropping it sends what is left.
#[derive(Default)]
pub struct Guard {
    traces: Option<SdkTracerProvider>,
    metrics: Option<SdkMeterProvider>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(traces) = self.traces.take()
            && let Err(error) = traces.shutdown()
        {
            eprintln!("telemetry: last traces not sent: {error}");
        }
        if let Some(metrics) = self.metrics.take()
            && let Err(error) = metrics.shutdown()
        {
            eprintln!("telemetry: last metrics not sent: {error}");
        }
    }
}

/// Starts telemetry for the process, once. A second call in one process changes nothing.
///
/// # Errors
/// The collector's address cannot be used, as a sentence.
pub fn start(config: &Telemetry) -> Result<Guard, String> {
    let mut guard = Guard::default();
    if !config.otlp.is_empty() {
        let (traces, metrics) = exporters(config)?;
        global::set_meter_provider(metrics.clone());
        guard = Guard { traces: Some(traces), metrics: Some(metrics) };
    }
    let filter = || EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let spans = guard.traces.as_ref().map(|provider| {
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("fiducie"))
            .with_filter(EnvFilter::new("info"))
    });
    let plain = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let lines = match config.format.as_str() {
        "json" => plain.json().with_filter(filter()).boxed(),
        _ => plain.with_target(false).with_filter(filter()).boxed(),
    };
    let _second_call = tracing_subscriber::registry().with(lines).with(spans).try_init();
    Ok(guard)
}

fn exporters(config: &Telemetry) -> Result<(SdkTracerProvider, SdkMeterProvider), String> {
    let base = config.otlp.trim_end_matches('/');
    let refused =
        |what: &str, error: String| format!("telemetry.otlp: {what} cannot be sent to {base}: {error}");
    let resource = Resource::builder()
        .with_service_name(config.service.clone())
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    let spans = SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("{base}/v1/traces"))
        .with_timeout(EXPORT_TIMEOUT)
        .build()
        .map_err(|e| refused("traces", e.to_string()))?;
    let metrics = MetricExporter::builder()
        .with_http()
        .with_endpoint(format!("{base}/v1/metrics"))
        .with_timeout(EXPORT_TIMEOUT)
        .build()
        .map_err(|e| refused("metrics", e.to_string()))?;
    let traces =
        SdkTracerProvider::builder().with_batch_exporter(spans).with_resource(resource.clone()).build();
    let metrics = SdkMeterProvider::builder().with_periodic_exporter(metrics).with_resource(resource).build();
    Ok((traces, metrics))
}

/// Makes `span` a child of the caller's trace (W3C `traceparent`).
pub fn follow(span: &Span, headers: &dyn Extractor) {
    let parent = TraceContextPropagator::new().extract(headers);
    let _no_collector = span.set_parent(parent);
}

/// Names a span that has begun: as a field (`otel.name`) its name no longer reaches the collector then.
pub fn name(span: &Span, name: String) {
    span.context().span().update_name(name);
}

/// Writes the current trace into the headers of an outgoing request.
pub fn inject(headers: &mut reqwest::header::HeaderMap) {
    struct Headers<'a>(&'a mut reqwest::header::HeaderMap);
    impl Injector for Headers<'_> {
        fn set(&mut self, key: &str, value: String) {
            if let (Ok(name), Ok(value)) =
                (reqwest::header::HeaderName::try_from(key), reqwest::header::HeaderValue::try_from(value))
            {
                self.0.insert(name, value);
            }
        }
    }
    TraceContextPropagator::new().inject_context(&Span::current().context(), &mut Headers(headers));
}

/// The instruments of the node. Without a collector they cost a branch.
#[derive(Debug, Clone)]
pub struct Metrics {
    events: Counter<u64>,
    requests: Histogram<f64>,
    bytes: Counter<u64>,
    cosigned: Counter<u64>,
    unproven: Gauge<i64>,
}

impl Default for Metrics {
    fn default() -> Self {
        let meter = global::meter("fiducie");
        Self {
            events: meter.u64_counter("fiducie.events").with_description("Committed events by kind").build(),
            requests: meter
                .f64_histogram("http.server.request.duration")
                .with_unit("s")
                .with_description("Duration of answered requests")
                .build(),
            bytes: meter.u64_counter("fiducie.delivered").with_unit("By").build(),
            cosigned: meter
                .u64_counter("fiducie.cosignatures")
                .with_description("Submissions to witnesses by what came of them")
                .build(),
            unproven: meter
                .i64_gauge("fiducie.log.unproven")
                .with_unit("s")
                .with_description("How long the log has lacked the cosignatures or stamps that are asked for")
                .build(),
        }
    }
}

impl Metrics {
    /// `count` events of one kind were committed.
    pub fn committed(&self, kind: String, count: u64) {
        self.events.add(count, &[KeyValue::new("kind", kind)]);
    }
    /// A request was answered. `route` is the pattern, never the path.
    pub fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let labels = [
            KeyValue::new("http.request.method", method.to_owned()),
            KeyValue::new("http.route", route.to_owned()),
            KeyValue::new("http.response.status_code", i64::from(status)),
        ];
        self.requests.record(took.as_secs_f64(), &labels);
    }
    /// A checkpoint was submitted to a witness.
    pub fn cosigned(&self, outcome: &'static str) {
        self.cosigned.add(1, &[KeyValue::new("outcome", outcome)]);
    }
    /// For so many seconds the log of a member has lacked what is asked for: cosignatures or stamps.
    pub fn unproven(&self, member: &str, lack: &'static str, seconds: i64) {
        let labels = [KeyValue::new("member", member.to_owned()), KeyValue::new("lack", lack)];
        self.unproven.record(seconds, &labels);
    }
    /// Bytes of data left the node.
    pub fn delivered(&self, bytes: u64) {
        self.bytes.add(bytes, &[]);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn a_trace_goes_through_both_nodes() {
        let provider = SdkTracerProvider::builder().build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(subscriber, || {
            let trace = "0af7651916cd43dd8448eb211c80319c";
            let caller =
                HashMap::from([("traceparent".to_owned(), format!("00-{trace}-b7ad6b7169203331-01"))]);
            let span = tracing::info_span!("request");
            follow(&span, &caller);
            let _inside = span.enter();
            let mut headers = reqwest::header::HeaderMap::new();
            inject(&mut headers);
            assert!(headers["traceparent"].to_str().unwrap().contains(trace));
            assert_eq!(span.context().span().span_context().trace_id().to_string(), trace);
        });
    }
}
