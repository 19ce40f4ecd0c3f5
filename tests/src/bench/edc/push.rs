//! One large push to the same sink, for the same consumer, which is EDC; the provider is EDC, or our node.

use std::time::{Duration, Instant};

use serde_json::json;

use super::theirs::Theirs;
use crate::conformance::edc::lab::Lab;
use crate::edc::gateway::Gateway;
use crate::process::{memory, reset_peak};

const PATIENCE: Duration = Duration::from_secs(120);

/// Megabytes per second from the request to the sink's last byte, and the provider's memory at its peak.
pub struct Pushed {
    pub mb_per_s: f64,
    pub peak_mb: f64,
}

async fn arrives(gateway: &Gateway, sink: &str, megabytes: u64) -> Result<Instant, String> {
    let arrived = gateway.sites.wait(&format!("/{sink}"), PATIENCE, |_| true).await;
    let arrived = arrived.ok_or_else(|| format!("nothing came to {sink}"))?;
    let expected = (megabytes * 1_000_000).to_string();
    if arrived.body != expected.as_bytes() {
        return Err(format!("{} bytes came, not {expected}", String::from_utf8_lossy(&arrived.body)));
    }
    Ok(arrived.at)
}

fn figure(megabytes: u64, begun: Instant, ended: Instant, pid: u32) -> Pushed {
    let took = ended.duration_since(begun).as_secs_f64();
    Pushed { mb_per_s: megabytes as f64 / took, peak_mb: memory(pid).1 as f64 / 1e6 }
}

/// By our node: a file, decided, logged and digested.
pub async fn ours(lab: &Lab, megabytes: u64) -> Result<Pushed, String> {
    let file = lab.open.dir.join("data/large.bin");
    std::fs::File::create(&file).and_then(|f| f.set_len(megabytes * 1_000_000)).map_err(|e| e.to_string())?;
    let description = crate::pair::description("large.bin", &lab.edc_did);
    let dataset = lab.open.api.publish(&description).await.map_err(|e| e.to_string())?.id;
    let sold = lab.sold(&lab.open, &dataset).await?;
    let pid = lab.open.pid().unwrap();
    reset_peak(pid);
    let (sink, whom) = ("drain/ours", lab.party(&lab.open));
    let (to, events) = (lab.gateway.url(sink), lab.gateway.url("events/edc"));
    let begun = Instant::now();
    lab.edc.management.transfer(&whom, &sold.theirs, "HttpData-PUSH", Some(&to), &events).await?;
    Ok(figure(megabytes, begun, arrives(&lab.gateway, sink, megabytes).await?, pid))
}

/// By EDC, which reads its source over plain HTTP on the same machine.
pub async fn theirs(theirs: &Theirs<'_>, megabytes: u64) -> Result<Pushed, String> {
    let free = json!([{"action": "use"}]);
    theirs.provider.management.publish("large", &theirs.source(megabytes), &free).await?;
    let agreement = theirs.contract("large").await?;
    let pid = theirs.provider.pid().unwrap();
    reset_peak(pid);
    let (sink, gateway) = ("drain/theirs", theirs.gateway);
    let events = format!("http://localhost:{}/events/edc", gateway.plain);
    let begun = Instant::now();
    let to = gateway.url(sink);
    let management = &theirs.consumer.management;
    management.transfer(&theirs.whom, &agreement, "HttpData-PUSH", Some(&to), &events).await?;
    Ok(figure(megabytes, begun, arrives(gateway, sink, megabytes).await?, pid))
}
