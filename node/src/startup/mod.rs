//! Builds the whole node from its configuration: the only place that names every adapter.

mod listen;
mod peers;
pub mod store;
mod tls;
mod work;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::web::Data;

use crate::app::cosigning::Cosigning;
use crate::app::presentation::Schemas;
use crate::app::{App, Discretion, Leniency, catalogue, events};
use crate::config::Config;
use crate::dataplane::flight::Flights;
use crate::dataplane::plane::Plane;
use crate::domain::time::Clock;
use crate::graph::Projection;
use crate::http::{Edge, Limiter};
use crate::identity::cache::Cache;
use crate::identity::token::DataTokens;
use crate::peer;
use crate::search::{Gazetteer, Search};
use crate::store::Commits;
use crate::telemetry::Metrics;
use crate::workers::Workers;

/// What the library's callers may replace; the program uses the defaults.
#[derive(Default)]
pub struct Options {
    pub clock: Clock,
    /// A socket already bound, instead of `listen.address`.
    pub listener: Option<TcpListener>,
    /// Another way out to peers than the one the configuration describes.
    pub client: Option<peer::Client>,
    /// Acts that are left to the caller.
    pub discretion: Discretion,
    /// What of the rules of credentials is not asked for; all of it is.
    pub leniency: Leniency,
    /// Who stands between writes and the disk; nobody.
    pub commits: Option<Arc<dyn Commits>>,
}

/// Why a node does not start. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("cannot listen on {address}: {cause}")]
    Listen { address: String, cause: std::io::Error },
    #[error("certificate {file}: {cause}")]
    Certificate { file: String, cause: String },
    #[error("calls to peers: {0}")]
    Peers(String),
    #[error("database: {0}")]
    Store(#[from] crate::store::Error),
    #[error("credentials.schemas: {0}")]
    Schema(String),
    #[error("policy of witnesses: {0}")]
    Policy(String),
    #[error("catalog.territories: {0}")]
    Territories(String),
    #[error("{0}")]
    Secret(String),
    #[error("member {member}: {cause}")]
    Member { member: String, cause: String },
    #[error("deliveries of the last process cannot be closed: {0}")]
    Recovery(String),
}

/// A node that neither listens nor does anything by itself: what its workers would do, its holder asks for.
pub struct Assembled {
    pub app: Data<App>,
    pub edge: Data<Edge>,
    pub workers: Workers,
}

impl Assembled {
    /// Opens the database and closes what the last process left open.
    ///
    /// # Errors
    /// As [`Application::build`], but for the listener.
    pub async fn build(config: Config, options: Options) -> Result<Self, StartError> {
        // A second node in the same process (tests) finds the provider installed already.
        let _already = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let workers = Workers::default();
        let client = match options.client {
            Some(client) => client,
            None => peer::Client::from_config(&config).map_err(|e| StartError::Peers(e.to_string()))?,
        };
        let store = store::open_with(&config, &options.clock, options.commits).await?;
        let members = store::members(&config, &store, &options.clock).await?;
        let resolver = peers::resolver(&client, &config, &options.clock, &store, &members).await?;
        let cosigning = Cosigning::from_config(&config).map_err(StartError::Policy)?;
        let edge = Data::new(Edge { limiter: Limiter::new(&config.limits) });
        let app = Data::new(App {
            started: options.clock.now(),
            clock: options.clock.clone(),
            discretion: options.discretion,
            leniency: options.leniency,
            schemas: Schemas::from_config(&config).map_err(StartError::Schema)?,
            metrics: Metrics::default(),
            store,
            members,
            workers: workers.clone(),
            resolver,
            tokens: DataTokens::default(),
            policies: Cache::new(4096),
            statements: Cache::new(4096),
            unproven: Default::default(),
            uses: Cache::new(1024),
            flights: Flights::from_config(&config),
            plane: Plane::from_config(&config),
            receipts: tokio::sync::Notify::new(),
            graph: Projection::new(),
            indexes: Default::default(),
            queries: Arc::new(tokio::sync::Semaphore::new(config.limits.sparql_in_flight)),
            search: Search::new(gazetteer(&config)?),
            pulls: Default::default(),
            pushes: Default::default(),
            flows: Default::default(),
            harvesting: Default::default(),
            landings: Default::default(),
            cosigning,
            client,
            config,
        });
        work::recover(&app).await?;
        Ok(Self { app, edge, workers })
    }
}

fn gazetteer(config: &Config) -> Result<Gazetteer, StartError> {
    let folder = &config.catalog.territories;
    if folder.as_os_str().is_empty() {
        return Ok(Gazetteer::default());
    }
    Gazetteer::read(&config.path(folder)).map_err(StartError::Territories)
}

/// A node, listening.
pub struct Application {
    pub app: Data<App>,
    pub workers: Workers,
    /// Where it listens; empty on a Unix socket.
    pub addresses: Vec<SocketAddr>,
    server: Server,
    shutdown: Duration,
}

/// Stops a running node from elsewhere.
#[derive(Clone)]
pub struct Stopper {
    server: ServerHandle,
    workers: Workers,
    shutdown: Duration,
}

impl Application {
    /// Everything up to listening; nothing slow happens before the socket is bound.
    pub async fn build(config: Config, mut options: Options) -> Result<Self, StartError> {
        let listener = options.listener.take();
        let Assembled { app, edge, workers } = Assembled::build(config, options).await?;
        // In the background, once the members are known: a node is ready before its projection.
        let projecting = app.clone().into_inner();
        workers.start("catalogue as RDF", catalogue::project(projecting, workers.stop_signal()));
        let (server, addresses) = listen::start(&app, &edge, listener, &workers)?;
        work::start(&app, &workers);
        app.members.all().into_iter().for_each(|hosted| events::follow(&app, hosted));
        let shutdown = Duration::from_secs(app.config.limits.shutdown_s);
        Ok(Self { app, workers, addresses, server, shutdown })
    }

    pub fn stopper(&self) -> Stopper {
        Stopper { server: self.server.handle(), workers: self.workers.clone(), shutdown: self.shutdown }
    }

    /// Serves until a signal or [`Stopper::stop`].
    ///
    /// # Errors
    /// The listener failed.
    pub async fn run(self) -> std::io::Result<()> {
        let served = self.server.await;
        self.workers.stop(self.shutdown).await;
        self.app.store.close().await;
        served
    }
}

impl Stopper {
    /// Ends the node: requests in flight get their time when `graceful`.
    pub async fn stop(&self, graceful: bool) {
        self.server.stop(graceful).await;
        let patience = if graceful { self.shutdown } else { Duration::from_millis(100) };
        self.workers.stop(patience).await;
    }
}

/// Reads all certificates with their keys, and says how many there are.
///
/// # Errors
/// [`StartError::Certificate`] with the file at fault.
pub fn certificates(config: &Config) -> Result<usize, StartError> {
    Ok(tls::Certificates::load(config)?.count())
}
