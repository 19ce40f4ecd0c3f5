//! The management API of the node in the folder, or of the one named by `FIDUCIE_URL` and `FIDUCIE_TOKEN`.

use std::net::ToSocketAddrs;
use std::time::Duration;

use contracts::api::Problem;
use reqwest::{Certificate, Method, RequestBuilder, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::Global;
use super::access::{self, Access};
use super::exit::Failed;
use crate::config::{self, Config, ListenAddress};
use crate::text::{self, Lang};

/// A connection to one member's management API.
pub struct Client {
    http: reqwest::Client,
    /// Where requests go: below the member's address.
    base: String,
    /// The name the member is called by, when requests go to a local plain listener instead.
    host: Option<String>,
    token: String,
    lang: Lang,
}

impl Client {
    /// Connects to the node of the folder, at the address it listens on.
    pub fn open(global: &Global) -> Result<Self, Failed> {
        let lang = global.output().lang;
        if let (Ok(url), Ok(token)) = (std::env::var("FIDUCIE_URL"), std::env::var("FIDUCIE_TOKEN")) {
            let http = builder().https_only(true).build().map_err(|e| Failed::Internal(e.to_string()))?;
            return Ok(Self { http, base: url.trim_end_matches('/').to_owned(), host: None, token, lang });
        }
        let config = config::load(&global.dir).map_err(|e| Failed::Setup(e.to_string()))?;
        let access = access::load(&global.dir, global.member.as_deref(), &config.members.default, lang)?;
        Self::to(&config, access, lang)
    }

    /// Goes to another member's public address, trusting whom the node of the folder trusts, if there is one.
    pub fn outside(global: &Global, url: &str, token: String) -> Result<Self, Failed> {
        let mut builder = builder().https_only(true);
        if let Ok(config) = config::load(&global.dir) {
            builder = trust(builder, &config)?;
        }
        let http = builder.build().map_err(|e| Failed::Internal(e.to_string()))?;
        let lang = global.output().lang;
        Ok(Self { http, base: url.trim_end_matches('/').to_owned(), host: None, token, lang })
    }

    /// Connects to a member of the node with this configuration, whatever the environment says.
    pub fn to(config: &Config, access: Access, lang: Lang) -> Result<Self, Failed> {
        let builder = builder();
        let url =
            Url::parse(&access.url).map_err(|e| Failed::Setup(format!("address {}: {e}", access.url)))?;
        let base = url.as_str().trim_end_matches('/').to_owned();
        let host = url.host_str().unwrap_or_default().to_owned();
        let listen = ListenAddress::parse(&config.listen.address).map_err(Failed::Setup)?;
        let (builder, base, host) = match (&listen, config.tls()) {
            (ListenAddress::Tcp(_), true) => (trust(builder, config)?, base, Some(host)),
            (ListenAddress::Tcp(all), false) => {
                let address = all.first().map(ToString::to_string).unwrap_or_default();
                (builder, format!("http://{address}{}", url.path().trim_end_matches('/')), Some(host))
            }
            (ListenAddress::Unix(path), _) => {
                let plain = format!("http://localhost{}", url.path().trim_end_matches('/'));
                (builder.unix_socket(path.clone()), plain, Some(host))
            }
        };
        let (builder, base, host) = match (listen, config.tls()) {
            (ListenAddress::Tcp(all), true) => route(builder, base, host, all, &url)?,
            _ => (builder, base, host.map(|_| authority(&url))),
        };
        let http = builder.build().map_err(|e| Failed::Internal(e.to_string()))?;
        Ok(Self { http, base, host, token: access.token, lang })
    }

    /// The language that is spoken here.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    pub async fn get<A: DeserializeOwned>(&self, path: &str) -> Result<A, Failed> {
        self.parse(self.send(Method::GET, path, None::<&()>).await?).await
    }
    pub async fn post<B: Serialize, A: DeserializeOwned>(&self, path: &str, body: &B) -> Result<A, Failed> {
        self.parse(self.send(Method::POST, path, Some(body)).await?).await
    }
    pub async fn put<B: Serialize, A: DeserializeOwned>(&self, path: &str, body: &B) -> Result<A, Failed> {
        self.parse(self.send(Method::PUT, path, Some(body)).await?).await
    }
    pub async fn delete(&self, path: &str) -> Result<(), Failed> {
        self.send(Method::DELETE, path, None::<&()>).await.map(drop)
    }
    /// Sends bytes of another type than JSON.
    pub async fn send_bytes<A: DeserializeOwned>(
        &self,
        path: &str,
        kind: &str,
        body: Vec<u8>,
    ) -> Result<A, Failed> {
        let request =
            self.request(Method::POST, &format!("/api/v1{path}")).header("content-type", kind).body(body);
        let response = request.send().await.map_err(|e| unreachable(e, self.lang))?;
        if response.status().is_success() {
            self.parse(response).await
        } else {
            Err(self.refused(response).await?)
        }
    }
    /// An answer that is not JSON, or whose exact bytes matter.
    pub async fn bytes(&self, path: &str) -> Result<Vec<u8>, Failed> {
        let response = self.send(Method::GET, path, None::<&()>).await?;
        Ok(response.bytes().await.map_err(|e| unreachable(e, self.lang))?.to_vec())
    }

    async fn parse<A: DeserializeOwned>(&self, response: Response) -> Result<A, Failed> {
        let text = response.bytes().await.map_err(|e| unreachable(e, self.lang))?;
        let text: &[u8] = if text.is_empty() { b"null" } else { &text };
        serde_json::from_slice(text).map_err(|e| {
            let what = e.to_string();
            Failed::Internal(text::fill(self.lang, "cli.node-unread", &[("what", &what)]))
        })
    }

    /// A resource below the member's address, outside the API; `None` when there is none.
    pub async fn file(&self, path: &str) -> Result<Option<Vec<u8>>, Failed> {
        let response = self.request(Method::GET, path).send().await.map_err(|e| unreachable(e, self.lang))?;
        match response.status() {
            StatusCode::NOT_FOUND => Ok(None),
            status if status.is_success() => {
                Ok(Some(response.bytes().await.map_err(|e| unreachable(e, self.lang))?.to_vec()))
            }
            _ => Err(self.refused(response).await?),
        }
    }

    /// What an answer that is no success means.
    async fn refused(&self, response: Response) -> Result<Failed, Failed> {
        let status = response.status();
        let text = response.bytes().await.map_err(|e| unreachable(e, self.lang))?;
        Ok(match serde_json::from_slice::<Problem>(&text) {
            Ok(problem) => Failed::Answered(Box::new(problem)),
            Err(_) => {
                let status = status.to_string();
                Failed::Internal(text::fill(self.lang, "cli.node-other", &[("status", &status)]))
            }
        })
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.base))
            .timeout(Duration::from_secs(120))
            .header("accept-language", self.lang.pick("fr", "en"));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if let Some(host) = &self.host {
            request = request.header("host", host).header("x-forwarded-host", host);
        }
        request
    }

    async fn send<B: Serialize>(
        &self,
        method: Method,
        path: &str,
        body: Option<&B>,
    ) -> Result<Response, Failed> {
        let mut request = self.request(method, &format!("/api/v1{path}"));
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.map_err(|e| unreachable(e, self.lang))?;
        if response.status().is_success() { Ok(response) } else { Err(self.refused(response).await?) }
    }
}

fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .https_only(false)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
}

/// `host[:port]` as it stands in the address.
fn authority(url: &Url) -> String {
    match url.port() {
        Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
        None => url.host_str().unwrap_or_default().to_owned(),
    }
}

/// Trusts the node's own certificate, besides the public authorities.
fn trust(builder: reqwest::ClientBuilder, config: &Config) -> Result<reqwest::ClientBuilder, Failed> {
    // The node's own certificate may be self-signed, or come from an authority that the node trusts for its peers.
    let files = std::iter::once(&config.listen.certificate).chain(&config.outgoing.authorities);
    let mut trusted = Vec::new();
    for file in files {
        let path = config.path(file);
        let failed = |e: String| Failed::Setup(format!("{}: {e}", path.display()));
        let pem = std::fs::read(&path).map_err(|e| failed(e.to_string()))?;
        trusted.extend(Certificate::from_pem_bundle(&pem).map_err(|e| failed(e.to_string()))?);
    }
    Ok(builder.tls_certs_merge(trusted))
}

/// Goes to the address the node listens on, whatever its public name resolves to from here.
fn route(
    builder: reqwest::ClientBuilder,
    base: String,
    host: Option<String>,
    listen: Vec<std::net::SocketAddr>,
    url: &Url,
) -> Result<(reqwest::ClientBuilder, String, Option<String>), Failed> {
    let Some(address) = listen.first() else { return Ok((builder, base, None)) };
    let mut local = url.clone();
    let _always_has_host = local.set_port(Some(address.port()));
    let reached = match address.ip() {
        ip if ip.is_unspecified() => format!("localhost:{}", address.port())
            .to_socket_addrs()
            .ok()
            .and_then(|mut found| found.find(|a| a.is_ipv4() == ip.is_ipv4()))
            .unwrap_or(*address),
        _ => *address,
    };
    let name = host.unwrap_or_default();
    let base = local.as_str().trim_end_matches('/').to_owned();
    Ok((builder.resolve(&name, reached), base, Some(authority(url))))
}

fn unreachable(error: reqwest::Error, lang: Lang) -> Failed {
    let mut cause: &dyn std::error::Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let key = if error.is_timeout() { "cli.node-silent" } else { "cli.node-unreachable" };
    Failed::Unreachable(text::fill(lang, key, &[("cause", &cause.to_string())]))
}

/// One segment of a path.
pub fn segment(id: &str) -> String {
    url::form_urlencoded::byte_serialize(id.strip_prefix("urn:uuid:").unwrap_or(id).as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}
