//! What the operator decides: `fiducie.toml` in the node's folder, each key over-ridable by `FIDUCIE__SECTION__KEY`.
//!
//! Read once at start. Every default is in the `Default` of its section and, with its reason, in
//! `deploy/fiducie.reference.toml`; a test keeps the two equal.

mod access_requests;
mod check;
mod credentials;
mod duties;
mod harvest;
mod limits;
mod load;
mod log;
mod planes;
mod rewrite;
mod secret;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use access_requests::AccessRequests;
pub use check::ListenAddress;
pub use credentials::{Credentials, Proof, Rules, schema};
pub use duties::Duties;
pub use harvest::{Federation, HarvestedSource};
pub use limits::Limits;
pub use load::{ConfigError, from_text, load};
pub use log::{Ask, Log};
pub use planes::AttachedPlane;
pub use rewrite::set_database;
pub use secret::{secret, secret_of, signaling_token};

use crate::text::Lang;

/// Name of the file in the node's folder.
pub const FILE: &str = "fiducie.toml";

/// The whole configuration. `dir` is the folder it was read from: relative paths start there.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Config {
    pub dir: PathBuf,
    pub listen: Listen,
    pub database: Database,
    pub secret: Secret,
    pub members: Members,
    pub limits: Limits,
    pub outgoing: Outgoing,
    pub data: Data,
    pub catalog: Catalog,
    /// Catalogues of others that members read.
    pub harvest: Vec<HarvestedSource>,
    /// Members whose catalogues are followed.
    pub federation: Federation,
    pub contracts: Contracts,
    pub credentials: Credentials,
    pub duties: Duties,
    pub access_requests: AccessRequests,
    pub log: Log,
    pub signaling: Signaling,
    /// Data planes beside the node's own.
    pub data_planes: Vec<AttachedPlane>,
    pub telemetry: Telemetry,
}

/// Where the node listens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Listen {
    /// `host:port`, or `unix:/path/to.sock`. Port 0 takes a free one.
    pub address: String,
    /// PEM certificate chain and key; empty means plain HTTP, see [`Self::behind_proxy`].
    pub certificate: PathBuf,
    pub key: PathBuf,
    /// More certificates, chosen by the name the client asks for (SNI).
    pub names: Vec<NamedCertificate>,
    /// A reverse proxy on this machine terminates TLS and sets `X-Forwarded-Host` and `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// Seconds between two looks at the certificate files; 0 never looks (SIGHUP still reloads).
    pub reload_s: u64,
    /// HTTP worker threads; 0 takes one per core.
    pub workers: usize,
}

/// One more certificate and the names it serves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedCertificate {
    pub names: Vec<String>,
    pub certificate: PathBuf,
    pub key: PathBuf,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `sqlite://<file>` (relative to the folder) or `postgres://…`.
    pub url: String,
    /// Connections for reading; writing has one connection of its own.
    pub readers: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Secret {
    /// File of the secret that seals private keys (mode 0600). `FIDUCIE_SECRET_FILE` wins over it.
    pub file: PathBuf,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Members {
    /// Name of the member that commands speak for without `--member`; empty when there is only one.
    pub default: String,
    /// A member that the host carries publishes only under a convention that both have signed.
    pub convention: bool,
}

/// How the node calls its peers. Always TLS.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Outgoing {
    /// PEM files of certification authorities trusted besides the public ones.
    pub authorities: Vec<PathBuf>,
    /// Private networks that peers may live in, as CIDR (`10.1.0.0/16`). Others are refused (SSRF).
    pub private_networks: Vec<String>,
    /// Seconds to connect, and until the whole answer to a message.
    pub connect_s: u64,
    pub answer_s: u64,
}

/// Where data may come from and go to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Data {
    /// Folders whose files may be published; nothing outside them is ever opened.
    pub folders: Vec<PathBuf>,
    /// Folder that receives what is pulled.
    pub received: PathBuf,
}

/// How catalogues are searched.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Catalog {
    /// Folder of official files about territories (`communes.csv`, `epci.json`, `positions.geojson`); empty: none.
    pub territories: PathBuf,
    /// Origins of which no data are published, such as `courtier` (data brokers).
    pub refused_origins: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Contracts {
    /// Agree without a person when the offer requested equals the published one.
    pub automatic: bool,
    /// What becomes of a request that permits nothing that the published offer refuses.
    pub narrower: Narrower,
    /// What becomes of a request that has nothing in common with the published offer.
    pub conflicting: Conflicting,
    /// Accept an agreement that the peer did not sign.
    pub accept_unsigned: bool,
    /// Give peers that do not prove possession of a key (DPoP) a short bearer token.
    pub foreign_bearer: bool,
    /// Language of the readable text of contracts: `fr` or `en`.
    pub language: String,
    /// Lifetime of data tokens bound to a key, in seconds. Revocation is checked at each use all the same.
    pub token_s: i64,
    /// Lifetime of bearer data tokens, in seconds.
    pub bearer_s: i64,
}

/// A request that is narrower than the offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Narrower {
    Accept,
    /// A person looks at it.
    Ask,
}

/// A request in conflict with the offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Conflicting {
    /// Offer the published terms again.
    Counter,
    Refuse,
    /// A person looks at it.
    Ask,
}

/// Data Plane Signaling: another control plane of the member may drive this node's data plane. Closed without both.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Signaling {
    /// Address (https) of the control plane; empty closes the door.
    pub control_plane: String,
    /// File of the token (mode 0600) that each presents to the other.
    pub token_file: PathBuf,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Telemetry {
    /// What is logged, as `tracing` directives: `info`, `warn,node=debug`.
    pub log: String,
    /// `plain` for persons, `json` for machines.
    pub format: String,
    /// Base address of an OpenTelemetry collector (OTLP over HTTP); empty sends nothing.
    pub otlp: String,
    /// `service.name` of what is sent.
    pub service: String,
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            address: "127.0.0.1:8443".into(),
            certificate: "tls/certificate.pem".into(),
            key: "tls/key.pem".into(),
            names: Vec::new(),
            behind_proxy: false,
            reload_s: 60,
            workers: 0,
        }
    }
}

impl Default for Database {
    fn default() -> Self {
        Self { url: "sqlite://fiducie.sqlite".into(), readers: 4 }
    }
}

impl Default for Secret {
    fn default() -> Self {
        Self { file: "secret".into() }
    }
}

impl Default for Outgoing {
    fn default() -> Self {
        Self { authorities: Vec::new(), private_networks: Vec::new(), connect_s: 5, answer_s: 30 }
    }
}

impl Default for Data {
    fn default() -> Self {
        Self { folders: vec!["data".into()], received: "received".into() }
    }
}

impl Default for Contracts {
    fn default() -> Self {
        Self {
            automatic: true,
            narrower: Narrower::Accept,
            conflicting: Conflicting::Counter,
            accept_unsigned: false,
            foreign_bearer: false,
            language: "fr".into(),
            token_s: 86_400,
            bearer_s: 300,
        }
    }
}

impl Default for Telemetry {
    fn default() -> Self {
        Self { log: "info".into(), format: "plain".into(), otlp: String::new(), service: "fiducie".into() }
    }
}

impl Config {
    /// A path of the configuration, seen from the node's folder.
    pub fn path(&self, path: &Path) -> PathBuf {
        self.dir.join(path)
    }
    /// The database address with a relative SQLite file made absolute.
    pub fn database_url(&self) -> String {
        match self.database.url.strip_prefix("sqlite://") {
            Some(file) if !file.starts_with('/') && !file.starts_with(':') => {
                format!("sqlite://{}", self.dir.join(file).display())
            }
            _ => self.database.url.clone(),
        }
    }
    /// The file of the sealing secret: `FIDUCIE_SECRET_FILE`, else the configured one.
    pub fn secret_file(&self) -> PathBuf {
        std::env::var_os("FIDUCIE_SECRET_FILE").map_or_else(|| self.path(&self.secret.file), PathBuf::from)
    }
    /// The language of readable texts and reasons.
    pub fn language(&self) -> Lang {
        Lang::parse(&self.contracts.language).unwrap_or(Lang::Fr)
    }
    /// Whether TLS is terminated here.
    pub fn tls(&self) -> bool {
        !self.listen.certificate.as_os_str().is_empty()
    }
}
