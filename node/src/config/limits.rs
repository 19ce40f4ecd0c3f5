//! A number for everything that can grow. Beyond it the caller gets 429 or 503 with `Retry-After`, never a wait without end.

use serde::{Deserialize, Serialize};

use super::load::Fault;

/// Every limit, with its unit in its name or in its comment. The same list, with reasons, is in
/// `deploy/fiducie.reference.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Open connections over all HTTP workers.
    pub connections: usize,
    /// TLS handshakes at the same time, per worker.
    pub handshakes: usize,
    /// Seconds for a request's head, then for its whole body, to arrive.
    pub head_s: u64,
    pub body_s: u64,
    /// Seconds an idle connection is kept.
    pub idle_s: u64,
    /// Seconds given to requests in flight at shutdown.
    pub shutdown_s: u64,
    /// Bytes of a message body (DSP, API), and of a dataset description.
    pub body_bytes: usize,
    /// Levels of nesting of a JSON body, checked before it is parsed.
    pub json_depth: usize,
    /// Requests in flight: in the node, for one hosted member, from one caller's address.
    pub in_flight: usize,
    pub member_in_flight: usize,
    pub caller_in_flight: usize,
    /// Requests per second from one caller's address, and how many may come at once.
    pub caller_per_s: u32,
    pub caller_burst: u32,
    /// Caller addresses remembered for these counts.
    pub callers: usize,
    /// Answered items per page: default and most.
    pub page: usize,
    pub page_max: usize,
    /// Writes of one member waiting for the disk.
    pub writes_waiting: usize,
    /// Outgoing messages kept, per member, and sent at the same time, in all.
    pub outbox: usize,
    pub sending: usize,
    /// Seconds after which an undeliverable message is given up.
    pub give_up_s: u64,
    /// Bytes of a peer's answer, and of its DID document.
    pub answer_bytes: usize,
    pub document_bytes: usize,
    /// Peers' identities kept in memory.
    pub identities: usize,
    /// Per member: datasets, offers of one dataset, negotiations not ended, transfers not ended.
    pub datasets: usize,
    pub offers: usize,
    pub negotiations: usize,
    pub transfers: usize,
    /// Deliveries (outgoing bytes) and receptions (incoming bytes) at the same time, per member.
    pub deliveries: usize,
    pub pulls: usize,
    /// Bytes of one file that a peer pushes to us, or gives us without saying how many.
    pub pushed_bytes: u64,
    /// Seconds without progress before a delivery or a pull is cut, and its longest duration.
    pub stall_s: u64,
    pub delivery_s: u64,
    /// Files in one published folder.
    pub files: usize,
    /// Queries in SPARQL: seconds one may run, rows of its answer, and how many run at the same time.
    pub sparql_s: u64,
    pub sparql_rows: usize,
    pub sparql_in_flight: usize,
    /// Bytes of a catalogue of others that is read at once, and datasets of others that a source may bring.
    pub import_bytes: usize,
    pub harvested: usize,
    /// Members hosted.
    pub members: usize,
    /// API tokens per member.
    pub tokens: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            handshakes: 256,
            head_s: 5,
            body_s: 15,
            idle_s: 75,
            shutdown_s: 10,
            body_bytes: 1 << 20,
            json_depth: 64,
            in_flight: 2048,
            member_in_flight: 1024,
            caller_in_flight: 256,
            caller_per_s: 10_000,
            caller_burst: 2_000,
            callers: 10_000,
            page: 50,
            page_max: 500,
            writes_waiting: 1024,
            outbox: 100_000,
            sending: 64,
            give_up_s: 7 * 24 * 3600,
            answer_bytes: 16 << 20,
            document_bytes: 64 << 10,
            identities: 10_000,
            datasets: 100_000,
            offers: 32,
            negotiations: 10_000,
            transfers: 10_000,
            deliveries: 256,
            pulls: 8,
            pushed_bytes: 1 << 40,
            stall_s: 30,
            delivery_s: 24 * 3600,
            files: 10_000,
            sparql_s: 5,
            sparql_rows: 10_000,
            sparql_in_flight: 2,
            import_bytes: 64 << 20,
            harvested: 100_000,
            members: 500,
            tokens: 100,
        }
    }
}

impl Limits {
    /// A limit of zero stops the node from doing anything, and an immense one is no limit.
    pub(super) fn check(&self, faults: &mut Vec<Fault>) {
        let Ok(toml::Value::Table(all)) = toml::Value::try_from(self) else { return };
        for (key, value) in &all {
            if value.as_integer().is_none_or(|n| n < 1) {
                faults.push(Fault {
                    field: format!("limits.{key}"),
                    value: value.to_string(),
                    remedy: "give a number of at least 1; leave the key out for its default".into(),
                });
            }
        }
        let mut order = |small: (&str, u64), large: (&str, u64)| {
            if small.1 > large.1 {
                faults.push(Fault {
                    field: format!("limits.{}", small.0),
                    value: small.1.to_string(),
                    remedy: format!("cannot be more than limits.{} ({})", large.0, large.1),
                });
            }
        };
        order(("page", self.page as u64), ("page_max", self.page_max as u64));
        order(("page_max", self.page_max as u64), ("page_max_allowed", 10_000));
        order(("json_depth", self.json_depth as u64), ("json_depth_allowed", 100));
        order(("member_in_flight", self.member_in_flight as u64), ("in_flight", self.in_flight as u64));
        order(("caller_in_flight", self.caller_in_flight as u64), ("in_flight", self.in_flight as u64));
        order(("stall_s", self.stall_s), ("delivery_s", self.delivery_s));
    }
}
