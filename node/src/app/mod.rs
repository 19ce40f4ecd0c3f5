//! Use cases: load, decide, save, in one write of the store.
//!
//! A use case decides before it writes: a refusal leaves nothing behind but the proof that its token was used.

pub mod access;
pub mod access_request;
pub mod archive;
pub mod backup;
pub mod calendar;
pub mod catalogue;
pub mod contract;
pub mod convention;
pub mod cosigning;
pub mod credential;
pub mod discretion;
pub mod duty;
pub mod epoch;
pub mod erasure;
pub mod error;
pub mod events;
pub mod evidence;
pub mod framework;
pub mod harvest;
pub mod log;
pub mod member;
pub mod membership;
pub mod negotiation;
pub mod outbox;
pub mod peer;
pub mod plane;
pub mod policy;
pub mod presentation;
pub mod pull;
pub mod pulls;
pub mod push;
pub mod pushes;
pub mod question;
pub mod reading;
pub mod receipt;
pub mod reception;
pub mod replay;
pub mod retention;
pub mod revocation;
mod room;
pub mod signaling;
pub mod sink;
pub mod statement;
pub mod token;
pub mod transfer;
pub mod twins;
pub mod upkeep;
pub mod use_case;
pub mod uses;
pub mod witness;

use std::sync::Arc;

use contracts::api::status::Check;
use contracts::id::{AgreementId, MemberId};
use contracts::statement::Statement;
use tokio::sync::{Notify, Semaphore};

use crate::config::Config;
use crate::dataplane::flight::Flights;
use crate::dataplane::plane::Plane;
use crate::domain::time::{Clock, Timestamp};
use crate::graph::Projection;
use crate::graph::sparql::Indexes;
use crate::identity::cache::Cache;
use crate::identity::resolve::Resolver;
use crate::identity::token::DataTokens;
use crate::log::decision::ReadyPolicy;
use crate::search::Search;
use crate::store::Store;
use crate::telemetry::Metrics;
use crate::workers::Workers;

pub use credential::Leniency;
pub use discretion::{Act, Discretion};
pub use error::Error;
pub use member::{Hosted, Members};
use pulls::Pulls;
use pushes::Pushes;

/// What every use case works with. One per process, shared.
pub struct App {
    pub config: Config,
    pub clock: Clock,
    pub discretion: Discretion,
    /// What only a kit asks for.
    pub leniency: Leniency,
    /// Schemas that credentials may name.
    pub schemas: presentation::Schemas,
    pub started: Timestamp,
    pub metrics: Metrics,
    pub store: Store,
    /// The members of this node.
    pub members: Members,
    pub workers: Workers,
    /// The way out to peers.
    pub client: crate::peer::Client,
    /// Who peers are.
    pub resolver: Resolver,
    /// Data tokens verified before.
    pub tokens: DataTokens,
    /// Policies of agreements, compiled.
    pub policies: Cache<AgreementId, ReadyPolicy>,
    /// Peers' statements whose signatures were verified, by digest of the identity they were verified with.
    pub statements: Cache<(String, String), Statement>,
    /// Data requests without proof that the log told of lately.
    pub unproven: access::unproven::Unproven,
    /// What the public was told lately of uses.
    pub uses: Cache<MemberId, uses::Lately>,
    /// Deliveries and pulls in flight.
    pub flights: Flights,
    /// Sources, proofs and patience of the data plane.
    pub plane: Plane,
    /// Told when a receipt waits to be signed.
    pub receipts: Notify,
    /// The catalogues as RDF.
    pub graph: Projection,
    /// The catalogues by each of their terms, for queries; and places for queries that run.
    pub indexes: Indexes,
    pub queries: Arc<Semaphore>,
    /// What may be found in the catalogues.
    pub search: Search,
    /// Pulls asked for through the management API.
    pub pulls: Pulls,
    /// Pushes under way or waiting for their next attempt.
    pub pushes: Pushes,
    /// Data flows of another control plane that wait for a name to be looked up.
    pub flows: signaling::Pending,
    /// Witnesses of the members' logs, and what they answer.
    pub cosigning: cosigning::Cosigning,
    /// Sources of others are read one after the other: each may fill much memory.
    pub harvesting: tokio::sync::Mutex<()>,
    /// Files being written by peers that push to us.
    pub landings: sink::Landings,
}

/// What is counted for who asks how a member is doing.
#[derive(Debug, Clone, Copy)]
pub struct Counts {
    /// Entries of its log.
    pub log_size: u64,
    /// Messages that wait to be sent.
    pub outbox: u64,
    /// Commits of the node since it was started.
    pub commits: u64,
}

impl App {
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// How much there is of a member.
    pub async fn counts(&self, hosted: &Hosted) -> Result<Counts, Error> {
        let mut reader = self.store.read(hosted.id()).await?;
        let log_size = reader.log_head().await?.map_or(0, |head| head.size);
        Ok(Counts { log_size, outbox: reader.outbox_waiting().await?, commits: self.store.commits() })
    }

    /// What must be right for the node to serve, each with what was found.
    pub async fn health(&self) -> Vec<Check> {
        let check = |name: &str, fault: Option<String>| Check {
            name: name.into(),
            ok: fault.is_none(),
            detail: fault.unwrap_or_else(|| "ok".into()),
        };
        let dead = self.workers.dead();
        let mut checks = vec![
            // The writer renews its lease with every commit and while idle: a lost lease or database is its fault.
            check("database", self.store.health().err().map(|e| e.to_string())),
            check("workers", (!dead.is_empty()).then(|| format!("ended: {}", dead.join(", ")))),
        ];
        let members = self.members.all();
        checks
            .extend(members.iter().filter_map(|hosted| epoch::stand::check(self, hosted)).filter(|c| !c.ok));
        checks
    }
}
