//! Two participants of EDC, with each other: no gateway between them, its own stand-in for identities, plain HTTP.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::edc::gateway::Gateway;
use crate::edc::management::{Counterparty, Management};
use crate::edc::participant::{Kit, Participant, Ports, Setup};
use crate::postgres::database;
use crate::process;

const PATIENCE: Duration = Duration::from_secs(60);
const ASSET: &str = "small";

/// How EDC is set.
#[derive(Clone, Copy)]
pub struct Tuning {
    pub name: &'static str,
    /// Largest heap; the virtual machine's own choice when empty.
    pub heap: &'static str,
    /// State machines look every so many milliseconds; EDC's own second when absent.
    pub wait_ms: Option<u32>,
}

/// As it comes.
pub const DEFAULT: Tuning = Tuning { name: "default", heap: "", wait_ms: None };
/// With the fastest loops that its own tests use.
pub const TUNED: Tuning = Tuning { name: "tuned", heap: "", wait_ms: Some(50) };

pub struct Theirs<'a> {
    pub provider: Participant,
    pub consumer: Participant,
    pub started: Duration,
    pub gateway: &'a Gateway,
    pub whom: Counterparty,
    consumers: Management,
    offer: Value,
    done: AtomicUsize,
    failed: AtomicUsize,
}

impl<'a> Theirs<'a> {
    /// Both started, with one dataset, and empty databases of a PostgreSQL server when there is one; the time is the
    /// provider's.
    pub async fn start(
        kit: &Kit,
        gateway: &'a Gateway,
        tuning: &Tuning,
        server: Option<&str>,
    ) -> Result<Self, String> {
        let [provider, consumer] = ["provider", "consumer"].map(|role| {
            let ports = Ports::free();
            let setup = Setup {
                name: &format!("{role}-{}", tuning.name),
                id: role,
                callback: &format!("http://localhost:{}/protocol", ports.protocol),
                public: &format!("http://localhost:{}/public", ports.public),
                heap: tuning.heap,
                wait_ms: tuning.wait_ms,
                database: server.map(|server| database(server, &format!("fiducie_edc_{role}"))),
                accept_offers: false,
            };
            kit.participant(ports, &setup)
        });
        let address = format!("http://localhost:{}/protocol/2025-1", provider.ports().protocol);
        let whom = Counterparty { id: "provider".into(), address };
        let consumers = consumer
            .management
            .watching(&["contract.negotiation.finalized", "contract.negotiation.terminated"]);
        let started = Duration::ZERO;
        let (done, failed) = Default::default();
        let offer = Value::Null;
        let mut both = Self { provider, consumer, started, gateway, whom, consumers, offer, done, failed };
        both.started = both.provider.start().await?;
        both.consumer.start().await?;
        both.provider.management.publish(ASSET, &both.source(1), &json!([{"action": "use"}])).await?;
        let catalogue = both.consumer.management.catalogue(&both.whom, 50).await?;
        both.offer = catalogue["dataset"][0]["hasPolicy"][0].clone();
        Ok(both)
    }

    /// Where so many million bytes come from.
    pub fn source(&self, megabytes: u64) -> String {
        format!("http://localhost:{}/zeros/{megabytes}", self.gateway.plain)
    }

    /// One contract: milliseconds from asking for it until EDC says that it is finalized; nothing when EDC ended it.
    ///
    /// # Errors
    /// EDC said nothing at all.
    pub async fn negotiate(&self) -> Result<Option<f64>, String> {
        let events = format!("http://localhost:{}/events/edc", self.gateway.plain);
        let begun = Instant::now();
        let id = self.consumers.negotiate(&self.whom, ASSET, &self.offer, &events).await?;
        let sites = &self.gateway.sites;
        let came = tokio::select! {
            came = sites.event("ContractNegotiationFinalized", &id, PATIENCE) => came.map(|(at, _)| Some(at)),
            came = sites.event("ContractNegotiationTerminated", &id, PATIENCE) => came.map(|_| None),
        };
        let Some(came) = came else {
            let state = self.consumers.get(&format!("/contractnegotiations/{id}")).await?;
            return Err(format!("EDC is silent on {state}\n{}", self.consumer.said()));
        };
        let count = if came.is_some() { &self.done } else { &self.failed };
        count.fetch_add(1, Ordering::Relaxed);
        Ok(came.map(|at| at.duration_since(begun).as_secs_f64() * 1e3))
    }

    /// How many EDC ended by itself, of all that were begun.
    pub fn failures(&self) -> String {
        let [done, failed] = [&self.done, &self.failed].map(|count| count.load(Ordering::Relaxed));
        format!("EDC itself ended {failed} of {}", done + failed)
    }

    /// A contract on another asset; gives the consumer's agreement.
    pub async fn contract(&self, asset: &str) -> Result<String, String> {
        let catalogue = self.consumer.management.catalogue(&self.whom, 50).await?;
        let shown = catalogue["dataset"].as_array().into_iter().flatten().find(|d| d["@id"] == asset);
        let offer = shown.ok_or_else(|| format!("no {asset} in {catalogue}"))?["hasPolicy"][0].clone();
        let events = format!("http://localhost:{}/events/edc", self.gateway.plain);
        let management = &self.consumer.management;
        let id = management.negotiate(&self.whom, asset, &offer, &events).await?;
        let done = management.reaches("contractnegotiations", &id, "FINALIZED").await?;
        Ok(done["contractAgreementId"].as_str().unwrap_or_default().to_owned())
    }

    /// As [`Self::negotiate`], for a load that must not fail.
    pub async fn one(&self) -> Option<f64> {
        self.negotiate().await.unwrap_or_else(|e| panic!("{e}"))
    }

    /// Megabytes resident, both together.
    pub fn memory(&self) -> f64 {
        let of = |p: &Participant| process::memory(p.pid().unwrap()).0 as f64 / 1e6;
        of(&self.provider) + of(&self.consumer)
    }
}
