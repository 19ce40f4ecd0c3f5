//! A page of fifty, asked for by the same peer of both: the provider's own time, without a consumer's node between.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};

use super::load;
use super::theirs::Theirs;
use crate::edc::identity::{Identity, Mock};
use crate::pair::{Pair, description};

const TIMES: usize = 15;
const PAGE: usize = 50;

/// The peer that asks, and its HTTP client.
pub struct Peer {
    pub identity: Arc<Identity>,
    pub http: reqwest::Client,
}

fn request() -> Vec<u8> {
    let message = json!({
        "@context": ["https://w3id.org/dspace/2025/1/context.jsonld", "https://w3id.org/edc/dspace/v0.0.1"],
        "@type": "CatalogRequestMessage",
        "filter": [{"@type": "QuerySpec", "limit": PAGE, "offset": 0, "sortOrder": "ASC", "filterExpression": []}],
    });
    serde_json::to_vec(&message).unwrap()
}

impl Peer {
    /// Milliseconds until the whole page is here.
    async fn page(&self, url: &str, authorization: String, body: Vec<u8>) -> f64 {
        let begun = Instant::now();
        let asked = self.http.post(url).header("authorization", authorization);
        let answer = asked.header("content-type", "application/json").body(body).send().await.unwrap();
        let status = answer.status();
        let text = answer.bytes().await.unwrap();
        let took = begun.elapsed().as_secs_f64() * 1e3;
        let page: Value = serde_json::from_slice(&text).unwrap_or_default();
        let shown = page["dataset"].as_array().map_or(0, Vec::len);
        assert_eq!((status.as_u16(), shown), (200, PAGE), "{url}: {}", String::from_utf8_lossy(&text));
        took
    }

    pub async fn ours(&self, pair: &Pair) -> f64 {
        let url = format!("{}/dsp/2025-1/catalog/request", pair.provider.url);
        let one = async || {
            let body = request();
            let token = self.identity.token(&pair.provider.did, &body);
            Some(self.page(&url, format!("Bearer {token}"), body).await)
        };
        load::median(3, TIMES, one).await
    }

    pub async fn theirs(&self, theirs: &Theirs<'_>) -> f64 {
        let url =
            format!("http://localhost:{}/protocol/2025-1/catalog/request", theirs.provider.ports().protocol);
        let one = async || Some(self.page(&url, Mock::header("bench", "provider"), request()).await);
        load::median(3, TIMES, one).await
    }
}

/// Publishes ours from the one number up to the other, each with an offer of its own.
pub async fn publish_ours(pair: &Pair, peer: &Peer, from: usize, to: usize) {
    load::all(to - from, 16, async |number| {
        let mut described = description("small.csv", peer.identity.did());
        described["title"] = format!("Jeu {}", from + number).into();
        pair.provider.api.publish(&described).await.unwrap_or_else(|e| panic!("dataset {number}: {e}"));
    })
    .await;
}

/// Publishes assets of EDC, all under one definition, which is the best case for it.
pub async fn publish_theirs(theirs: &Theirs<'_>, from: usize, to: usize) {
    let context = json!({"@vocab": "https://w3id.org/edc/v0.0.1/ns/"});
    let management = &theirs.provider.management;
    if from == 0 {
        let definition = json!({
            "@context": context, "@id": "all", "accessPolicyId": "small", "contractPolicyId": "small",
            "assetsSelector": [],
        });
        management.post("/contractdefinitions", &definition).await.unwrap_or_else(|e| panic!("{e}"));
    }
    load::all(to - from, 16, async |number| {
        let id = format!("asset-{}", from + number);
        let asset = json!({
            "@context": context, "@id": id, "properties": {"name": id, "contenttype": "text/csv"},
            "dataAddress": {"@type": "DataAddress", "type": "HttpData", "baseUrl": theirs.source(1)},
        });
        management.post("/assets", &asset).await.unwrap_or_else(|e| panic!("{id}: {e}"));
    })
    .await;
}
