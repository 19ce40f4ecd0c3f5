//! What a peer says when it does not do what it was asked.

use reqwest::header::RETRY_AFTER;
use url::Url;

use super::Client;

/// Longest refusal read, in bytes, and kept, in characters.
const READ: usize = 64 << 10;
const KEPT: usize = 500;

/// A refusal: its status and its reason.
#[derive(Debug, Clone)]
pub struct Told {
    pub status: u16,
    pub detail: String,
    pub retry_after: Option<u32>,
}

impl Client {
    /// Reads a refusal.
    pub async fn told(&self, url: &Url, response: reqwest::Response) -> Told {
        let status = response.status().as_u16();
        let header = response.headers().get(RETRY_AFTER).and_then(|v| v.to_str().ok());
        let retry_after = header.and_then(|v| v.trim().parse().ok());
        let said = self.read(url, response, READ).await.ok();
        let problem = said.and_then(|a| serde_json::from_slice::<serde_json::Value>(&a.body).ok());
        let text = |name: &str| problem.as_ref()?.get(name)?.as_str().map(str::to_owned);
        let detail = text("detail").or_else(|| text("title")).unwrap_or_else(|| "no reason given".to_owned());
        Told { status, detail: detail.chars().take(KEPT).collect(), retry_after }
    }
}
