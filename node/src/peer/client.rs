//! The one HTTP client of the node: TLS only, guarded, bounded in size and time, never redirected.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::future::BoxFuture;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LINK, RETRY_AFTER,
};
use reqwest::{Certificate, Method, redirect, tls};
use url::Url;

use super::guard::{Guard, Refusal};
use super::transport::Transport;
use crate::config::Config;
use crate::identity::resolve::{Fetch, FetchError};
use crate::telemetry;

/// Limits and trust of outgoing calls.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Certificates (PEM, one or more) trusted besides, or instead of, those of the system.
    pub roots_pem: Vec<u8>,
    /// Whether authorities of the system are trusted.
    pub system_roots: bool,
    pub connect: Duration,
    /// From the first byte of a message to the last byte of its answer.
    pub message: Duration,
    /// Longest silence within an answer.
    pub idle: Duration,
    /// Longest answer to a message, in bytes.
    pub max_answer: usize,
    /// Idle connections kept per peer.
    pub idle_per_peer: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            roots_pem: Vec::new(),
            system_roots: true,
            connect: Duration::from_secs(5),
            message: Duration::from_secs(20),
            idle: Duration::from_secs(10),
            max_answer: 4 << 20,
            idle_per_peer: 32,
        }
    }
}

impl Settings {
    /// # Errors
    /// A file of `outgoing.authorities` cannot be read.
    pub fn from_config(config: &Config) -> Result<Self, BuildError> {
        let mut roots_pem = Vec::new();
        for file in &config.outgoing.authorities {
            let file = config.path(file);
            let pem = std::fs::read(&file)
                .map_err(|e| BuildError::Certificates(format!("{}: {e}", file.display())))?;
            roots_pem.extend_from_slice(&pem);
            roots_pem.push(b'\n');
        }
        Ok(Self {
            roots_pem,
            connect: Duration::from_secs(config.outgoing.connect_s),
            message: Duration::from_secs(config.outgoing.answer_s),
            idle: Duration::from_secs(config.limits.stall_s),
            max_answer: config.limits.answer_bytes,
            idle_per_peer: config.limits.sending,
            ..Self::default()
        })
    }
}

/// What a peer answered; any status.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub content_type: Option<String>,
    /// `Retry-After` in seconds; dates are not read.
    pub retry_after: Option<u32>,
    /// `Link` (RFC 8288), several joined by commas.
    pub link: Option<String>,
    /// The seal of a page of a feed.
    pub seal: Option<String>,
    pub body: Bytes,
}

impl Answer {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
    /// Whether the same message may succeed later (RFC 9110 section 15, RFC 6585, RFC 8470).
    pub fn is_transient(&self) -> bool {
        matches!(self.status, 408 | 425 | 429 | 500..=599)
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("{host} did not answer in time")]
    Timeout { host: String },
    #[error("{host} answered more than {limit} bytes")]
    TooLarge { host: String, limit: usize },
    #[error("{host} cannot be reached: {cause}")]
    Io { host: String, cause: String },
    #[error("`{0}` is not an address: {1}")]
    NotAnAddress(String, url::ParseError),
}

impl SendError {
    /// Whether another attempt may succeed. A refusal stands until the configuration changes.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Timeout { .. } | Self::Io { .. })
    }
}

/// The client cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error("certificates of `outgoing.authorities`: {0}")]
    Certificates(String),
    #[error(
        "TLS client: {0}; install the authorities of the system (ca-certificates) or set `outgoing.authorities`"
    )]
    Tls(String),
    #[error("`outgoing.private_networks`: {0}")]
    Networks(#[from] Refusal),
}

/// A pool of connections to all peers. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    /// The same without a limit on silence: nothing comes back while a body is sent.
    uploads: reqwest::Client,
    guard: Guard,
    max_answer: usize,
    message: Duration,
    /// Instead of both.
    pub(super) transport: Option<Arc<dyn Transport>>,
}

impl Client {
    /// The client and its guard as configured.
    pub fn from_config(config: &Config) -> Result<Self, BuildError> {
        Self::new(&Settings::from_config(config)?, Guard::new(&config.outgoing.private_networks)?)
    }

    pub fn new(settings: &Settings, guard: Guard) -> Result<Self, BuildError> {
        let roots = Certificate::from_pem_bundle(&settings.roots_pem)
            .map_err(|e| BuildError::Certificates(causes(&e)))?;
        if !settings.roots_pem.is_empty() && roots.is_empty() {
            return Err(BuildError::Certificates("no certificate found, expected PEM".to_owned()));
        }
        let build = |builder: reqwest::ClientBuilder| {
            let builder = match settings.system_roots {
                true => builder.tls_certs_merge(roots.clone()),
                false => builder.tls_certs_only(roots.clone()),
            };
            builder.build().map_err(|e| BuildError::Tls(causes(&e)))
        };
        let builder = || {
            reqwest::Client::builder()
                .tls_backend_rustls()
                .https_only(true)
                .http1_only()
                .min_tls_version(tls::Version::TLS_1_2)
                .redirect(redirect::Policy::none())
                .referer(false)
                .no_proxy()
                .retry(reqwest::retry::never())
                .dns_resolver(guard.clone())
                .connect_timeout(settings.connect)
                .pool_max_idle_per_host(settings.idle_per_peer)
                .pool_idle_timeout(Duration::from_secs(60))
                .tcp_nodelay(true)
                .user_agent(concat!("fiducie/", env!("CARGO_PKG_VERSION")))
        };
        let http = build(builder().read_timeout(settings.idle))?;
        let uploads = build(builder())?;
        let (max_answer, message) = (settings.max_answer, settings.message);
        Ok(Self { http, uploads, guard, max_answer, message, transport: None })
    }

    /// Refuses an address this node may not call, without calling it.
    pub fn check(&self, url: &Url) -> Result<(), SendError> {
        Ok(self.guard.check_url(url)?)
    }

    /// POSTs a JSON message, with a bearer token if there is one.
    pub async fn send(&self, url: &str, body: Bytes, token: Option<&str>) -> Result<Answer, SendError> {
        self.posted(url, "application/json", body, bearer(token), self.max_answer).await
    }

    /// As [`Self::send`], answered by at most `limit` bytes within `time`.
    pub async fn ask(
        &self,
        url: &str,
        body: Bytes,
        token: &str,
        limit: usize,
        time: Duration,
    ) -> Result<Answer, SendError> {
        let host = host(&parse(url)?);
        let asked = self.posted(url, "application/json", body, bearer(Some(token)), limit);
        tokio::time::timeout(time, asked).await.unwrap_or(Err(SendError::Timeout { host }))
    }

    /// POSTs a body of another type, without credentials; answered by at most `limit` bytes.
    pub async fn post(
        &self,
        url: &str,
        kind: &'static str,
        body: Bytes,
        limit: usize,
    ) -> Result<Answer, SendError> {
        self.posted(url, kind, body, HeaderMap::new(), limit).await
    }

    async fn posted(
        &self,
        url: &str,
        kind: &'static str,
        body: Bytes,
        mut headers: HeaderMap,
        limit: usize,
    ) -> Result<Answer, SendError> {
        let url = parse(url)?;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        let response = self.request(Method::POST, &url, headers, Some(body), Some(self.message)).await?;
        self.read(&url, response, limit).await
    }

    /// GETs a document of at most `limit` bytes.
    pub async fn get(&self, url: &str, token: Option<&str>, limit: usize) -> Result<Answer, SendError> {
        let url = parse(url)?;
        let mut headers = bearer(token);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json, */*;q=0.1"));
        let response = self.request(Method::GET, &url, headers, None, Some(self.message)).await?;
        self.read(&url, response, limit).await
    }

    /// A guarded request whose answer the caller reads itself, under its own deadline. Silence within the answer is
    /// cut by the idle limit in any case.
    pub async fn open(
        &self,
        method: Method,
        url: &Url,
        headers: HeaderMap,
    ) -> Result<reqwest::Response, SendError> {
        let waited = tokio::time::timeout(self.message, self.request(method, url, headers, None, None));
        waited.await.unwrap_or_else(|_| Err(SendError::Timeout { host: host(url) }))
    }

    /// Sends a body as it comes. The caller watches over its progress and over the wait for the answer.
    pub async fn upload(
        &self,
        method: Method,
        url: &Url,
        mut headers: HeaderMap,
        body: impl Into<reqwest::Body>,
    ) -> Result<reqwest::Response, SendError> {
        self.guard.check_url(url)?;
        telemetry::inject(&mut headers);
        let request = self.uploads.request(method, url.clone()).headers(headers).body(body);
        self.carry(url, request).await
    }

    async fn request(
        &self,
        method: Method,
        url: &Url,
        mut headers: HeaderMap,
        body: Option<Bytes>,
        deadline: Option<Duration>,
    ) -> Result<reqwest::Response, SendError> {
        self.guard.check_url(url)?;
        telemetry::inject(&mut headers);
        let mut request = self.http.request(method, url.clone()).headers(headers);
        if let Some(body) = body {
            request = request.body(body);
        }
        if let Some(deadline) = deadline {
            request = request.timeout(deadline);
        }
        self.carry(url, request).await
    }

    /// Reads an answer to its end or to `limit`, whichever comes first.
    pub async fn read(
        &self,
        url: &Url,
        mut response: reqwest::Response,
        limit: usize,
    ) -> Result<Answer, SendError> {
        let too_large = || SendError::TooLarge { host: host(url), limit };
        if response.content_length().is_some_and(|n| n > limit as u64) {
            return Err(too_large());
        }
        let header =
            |name: HeaderName| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let (status, content_type) = (response.status().as_u16(), header(CONTENT_TYPE));
        let retry_after = header(RETRY_AFTER).and_then(|v| v.trim().parse().ok());
        let seal = header(HeaderName::from_static(contracts::feed::HEADER));
        let links: Vec<&str> =
            response.headers().get_all(LINK).iter().filter_map(|v| v.to_str().ok()).collect();
        let link = (!links.is_empty()).then(|| links.join(", "));
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| failed(url, &e))? {
            if body.len() + chunk.len() > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, content_type, retry_after, link, seal, body: body.freeze() })
    }
}

fn parse(url: &str) -> Result<Url, SendError> {
    Url::parse(url).map_err(|e| SendError::NotAnAddress(url.chars().take(200).collect(), e))
}

/// Host and port, for messages.
pub fn host(url: &Url) -> String {
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (host, _) => host.unwrap_or_default().to_owned(),
    }
}

fn bearer(token: Option<&str>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Some(mut value) = token.and_then(|t| HeaderValue::from_str(&format!("Bearer {t}")).ok()) {
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    headers
}

/// What a failed call means; the guard's refusal is somewhere among the causes.
pub(super) fn failed(url: &Url, error: &reqwest::Error) -> SendError {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(refusal) = inner.downcast_ref::<Refusal>() {
            return SendError::Refused(refusal.clone());
        }
        cause = inner.source();
    }
    match error.is_timeout() {
        true => SendError::Timeout { host: host(url) },
        false => SendError::Io { host: host(url), cause: causes(error) },
    }
}

/// The innermost cause, where the reason is; addresses are left out.
pub(crate) fn causes(error: &reqwest::Error) -> String {
    let mut last: &dyn std::error::Error = error;
    while let Some(inner) = last.source() {
        last = inner;
    }
    last.to_string()
}

/// DID documents are fetched like everything else: TLS, guarded, bounded, not redirected.
impl Fetch for Client {
    fn fetch<'a>(&'a self, url: &'a Url, max_bytes: usize) -> BoxFuture<'a, Result<Vec<u8>, FetchError>> {
        Box::pin(async move {
            let answer = self.get(url.as_str(), None, max_bytes).await.map_err(|e| match e {
                SendError::Refused(refusal) => FetchError::Forbidden(refusal.to_string()),
                SendError::TooLarge { limit, .. } => FetchError::TooLarge(limit),
                other => FetchError::Unreachable(other.to_string()),
            })?;
            match answer.is_success() {
                true => Ok(answer.body.to_vec()),
                false => Err(FetchError::Status(answer.status)),
            }
        })
    }
}
