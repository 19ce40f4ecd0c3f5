//! A consumer of the data plane outside any node: it reads with a consumer node's own token and key, so that a test
//! decides when each request leaves and sees each byte arrive.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::id::Pid;
use node::domain::time::Clock;
use node::identity::dpop;
use node::identity::keys::Keyring;
use node::identity::seal::MasterSecret;
use node::store::{Options, Store};
use serde_json::Value;

use crate::api::http;
use crate::process::Node;

/// Reads one transfer.
pub struct Reader {
    http: reqwest::Client,
    keys: Keyring,
    endpoint: String,
    token: String,
    thumbprint: String,
}

impl Reader {
    /// Takes token and key of a started transfer out of a consumer's folder. The node must be stopped: its database
    /// has one user at a time.
    pub async fn of(node: &Node, authority: &str, transfer: &str) -> Self {
        assert!(node.pid().is_none(), "{} runs", node.name);
        let text = std::fs::read_to_string(node.dir.join("secret")).unwrap();
        let secret = MasterSecret::from_text(&text).unwrap();
        let url = format!("sqlite://{}", node.dir.join("fiducie.sqlite").display());
        let store = Store::open(Options::new(url)).await.unwrap();
        let member = store.members().await.unwrap().remove(0);
        let mut reader = store.read(&member.id).await.unwrap();
        let keys = Keyring::open(&member, &secret, &reader.keys().await.unwrap()).unwrap();
        let pid = Pid::parse(transfer).unwrap();
        let found = reader.transfer(&pid).await.unwrap().unwrap_or_else(|| panic!("no transfer {transfer}"));
        let address = found.address.unwrap_or_else(|| panic!("transfer {transfer} has no address yet"));
        drop(reader);
        store.close().await;
        let payload = address.token.split('.').nth(1).unwrap();
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
        let thumbprint = claims["cnf"]["jkt"].as_str().unwrap().to_owned();
        Self { http: http(authority), keys, endpoint: address.endpoint, token: address.token, thumbprint }
    }

    /// One request with a proof of its own.
    pub async fn ask(&self) -> reqwest::Result<reqwest::Response> {
        let request = dpop::Request { method: "GET", url: &self.endpoint, token: &self.token };
        let proof = dpop::make(&self.keys, &self.thumbprint, &request, Clock::System.now()).unwrap();
        let asked = self.http.get(&self.endpoint).header("authorization", format!("DPoP {}", self.token));
        asked.header("dpop", proof).send().await
    }

    /// The same, for a request that must be answered with bytes.
    ///
    /// # Panics
    /// With what the provider said when it refuses.
    pub async fn read(&self) -> reqwest::Response {
        let answer = self.ask().await.unwrap_or_else(|e| panic!("{}: {e:?}", self.endpoint));
        if answer.status().is_success() {
            return answer;
        }
        let status = answer.status();
        panic!("{}: {status}: {}", self.endpoint, answer.text().await.unwrap_or_default());
    }
}
