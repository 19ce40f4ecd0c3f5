//! A client of one node's management API, for tests that look at a node from outside.

use std::time::Duration;

use contracts::api::contract::ContractView;
use contracts::api::dataset::Published;
use contracts::api::log::{EntryView, EventView};
use contracts::api::negotiation::{NegotiationView, StartNegotiation};
use contracts::api::transfer::{Pull, PullView, StartTransfer, TransferView};
use contracts::api::{Page, Problem};
use reqwest::{Certificate, Method};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Why a call brought nothing.
#[derive(Debug)]
pub enum Failure {
    /// No answer, or none that could be read: whether it was done is unknown.
    Lost(String),
    /// The node said no.
    Refused(u16, Box<Problem>),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Lost(why) => write!(f, "no answer: {why}"),
            Self::Refused(status, problem) => {
                write!(f, "{status} {}: {}", problem.title, problem.detail.as_deref().unwrap_or_default())?;
                problem.reasons.iter().try_for_each(|reason| write!(f, "; {reason}"))?;
                problem.faults.iter().try_for_each(|fault| write!(f, "; {}: {}", fault.field, fault.remedy))
            }
        }
    }
}

pub type Answer<T> = Result<T, Failure>;

/// Speaks to the management API of one member.
#[derive(Clone)]
pub struct Api {
    http: reqwest::Client,
    base: String,
    token: String,
}

/// An HTTP client that trusts one authority only.
pub fn http(authority: &str) -> reqwest::Client {
    let roots = Certificate::from_pem_bundle(authority.as_bytes()).unwrap();
    reqwest::Client::builder()
        .tls_backend_rustls()
        .tls_certs_only(roots)
        .no_proxy()
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(90))
        .pool_max_idle_per_host(256)
        .build()
        .unwrap()
}

/// An identifier as one segment of a path.
pub fn segment(id: &str) -> String {
    url::form_urlencoded::byte_serialize(id.as_bytes()).collect()
}

impl Api {
    pub fn new(authority: &str, base: &str, token: &str) -> Self {
        let base = base.trim_end_matches('/').to_owned();
        Self { http: http(authority), base, token: token.to_owned() }
    }

    /// The member's address, without a slash at its end.
    pub fn base(&self) -> &str {
        &self.base
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer<Vec<u8>> {
        let url = format!("{}/api/v1{path}", self.base);
        let mut request = self.http.request(method, url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let lost = |e: reqwest::Error| Failure::Lost(format!("{e:?}"));
        let answer = request.send().await.map_err(lost)?;
        let status = answer.status();
        let bytes = answer.bytes().await.map_err(lost)?;
        if status.is_success() {
            return Ok(bytes.to_vec());
        }
        match serde_json::from_slice(&bytes) {
            Ok(problem) => Err(Failure::Refused(status.as_u16(), problem)),
            Err(e) => Err(Failure::Lost(format!("{status}, {e}: {}", String::from_utf8_lossy(&bytes)))),
        }
    }

    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Answer<T> {
        read(&self.send(Method::GET, path, None).await?)
    }

    pub async fn bytes(&self, path: &str) -> Answer<Vec<u8>> {
        self.send(Method::GET, path, None).await
    }

    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Answer<T> {
        let body = serde_json::to_value(body).unwrap();
        read(&self.send(Method::POST, path, Some(body)).await?)
    }

    /// Every item of a list.
    pub async fn all<T: DeserializeOwned>(&self, path: &str) -> Answer<Vec<T>> {
        let (mut items, mut cursor) = (Vec::new(), String::new());
        loop {
            let page: Page<T> = self.get(&format!("{path}?limit=500{cursor}")).await?;
            items.extend(page.items);
            match page.next {
                Some(next) => cursor = format!("&cursor={}", segment(&next)),
                None => return Ok(items),
            }
        }
    }

    pub async fn publish(&self, description: &Value) -> Answer<Published> {
        self.post("/datasets", description).await
    }

    /// Asks for the published offer of a dataset as it is.
    pub async fn negotiate(&self, peer: &str, dataset: &str) -> Answer<NegotiationView> {
        let start = StartNegotiation {
            peer: peer.into(),
            dataset: dataset.into(),
            offer: None,
            purpose: None,
            policy: None,
        };
        self.post("/negotiations", &start).await
    }

    pub async fn negotiation(&self, id: &str) -> Answer<NegotiationView> {
        self.get(&format!("/negotiations/{}", segment(id))).await
    }

    pub async fn contract(&self, id: &str) -> Answer<ContractView> {
        self.get(&format!("/contracts/{}", segment(id))).await
    }

    pub async fn start(&self, agreement: &str) -> Answer<TransferView> {
        self.post("/transfers", &StartTransfer { agreement: agreement.into(), ..StartTransfer::default() })
            .await
    }

    pub async fn transfer(&self, id: &str) -> Answer<TransferView> {
        self.get(&format!("/transfers/{}", segment(id))).await
    }

    pub async fn pull(&self, transfer: &str, to: &str) -> Answer<PullView> {
        let pull = Pull { path: None, to: Some(to.into()) };
        self.post(&format!("/transfers/{}/pull", segment(transfer)), &pull).await
    }

    pub async fn pulled(&self, job: &PullView) -> Answer<PullView> {
        self.get(&format!("/transfers/{}/pull/{}", segment(&job.transfer), segment(&job.id))).await
    }

    pub async fn entries(&self) -> Answer<Vec<EntryView>> {
        self.all("/log/entries").await
    }

    /// Events from a cursor on; waits up to `wait` seconds for the first one.
    pub async fn events(&self, cursor: u64, wait: u64) -> Answer<Page<EventView>> {
        self.get(&format!("/events?cursor={cursor}&limit=500&wait={wait}")).await
    }

    /// The newest checkpoint, as text.
    pub async fn checkpoint(&self) -> Answer<String> {
        Ok(String::from_utf8_lossy(&self.bytes("/log/checkpoint").await?).into_owned())
    }

    /// Asks again until `done`, every few milliseconds.
    ///
    /// # Errors
    /// The last failure, or [`Failure::Lost`] with what was seen last when the time is over.
    pub async fn until<T: DeserializeOwned + Serialize>(
        &self,
        path: &str,
        patience: Duration,
        done: impl Fn(&T) -> bool,
    ) -> Answer<T> {
        let end = tokio::time::Instant::now() + patience;
        loop {
            let seen: T = self.get(path).await?;
            if done(&seen) {
                return Ok(seen);
            }
            if tokio::time::Instant::now() > end {
                let seen = serde_json::to_string(&seen).unwrap();
                return Err(Failure::Lost(format!("{path} after {patience:?}: {seen}")));
            }
            tokio::time::sleep(Duration::from_millis(4)).await;
        }
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Answer<T> {
    serde_json::from_slice(bytes)
        .map_err(|e| Failure::Lost(format!("{e}: {}", String::from_utf8_lossy(bytes))))
}
