//! EDC's management API (v3), as far as an operator needs it here.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

/// Speaks to the management API of one participant.
#[derive(Clone)]
pub struct Management {
    http: reqwest::Client,
    base: String,
    /// Events that EDC posts about the processes begun here.
    watched: Vec<String>,
}

/// The other side of an exchange, as EDC wants it named.
#[derive(Clone)]
pub struct Counterparty {
    pub id: String,
    /// Base address of its protocol endpoint, with the version.
    pub address: String,
}

impl Counterparty {
    fn fields(&self) -> Value {
        json!({
            "@context": {"@vocab": "https://w3id.org/edc/v0.0.1/ns/"},
            "counterPartyId": self.id,
            "counterPartyAddress": self.address,
            "protocol": "dataspace-protocol-http:2025-1",
        })
    }
}

const ODRL: &str = "http://www.w3.org/ns/odrl.jsonld";

fn with(mut base: Value, more: Value) -> Value {
    if let (Some(base), Value::Object(more)) = (base.as_object_mut(), more) {
        base.extend(more);
    }
    base
}

impl Management {
    pub fn new(port: u16) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60)).build().unwrap();
        let watched = ["contract.negotiation", "transfer.process"].map(str::to_owned).into();
        Self { http, base: format!("http://127.0.0.1:{port}/management/v3"), watched }
    }

    /// The same, told of these events only.
    pub fn watching(&self, events: &[&str]) -> Self {
        Self { watched: events.iter().map(|event| (*event).to_owned()).collect(), ..self.clone() }
    }

    /// Where EDC posts its events about a process.
    fn callback(&self, events: &str) -> Value {
        json!([{"transactional": false, "uri": events, "events": self.watched}])
    }

    /// # Errors
    /// Status and what was said.
    pub async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, String> {
        let url = format!("{}{path}", self.base);
        let mut request = self.http.request(method.clone(), &url);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.map_err(|e| format!("{method} {url}: {e}"))?;
        let status = answer.status();
        let text = answer.text().await.map_err(|e| format!("{method} {url}: {e}"))?;
        if !status.is_success() {
            return Err(format!("{method} {path}: {status} {text}"));
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, String> {
        self.call(Method::POST, path, Some(body)).await
    }

    pub async fn get(&self, path: &str) -> Result<Value, String> {
        self.call(Method::GET, path, None).await
    }

    /// Publishes an asset under a policy's permissions: asset, policy and definition of the same name.
    pub async fn publish(&self, id: &str, source: &str, permission: &Value) -> Result<(), String> {
        let context = json!({"@vocab": "https://w3id.org/edc/v0.0.1/ns/"});
        let address =
            json!({"@type": "DataAddress", "type": "HttpData", "baseUrl": source, "proxyPath": "true"});
        let asset = json!({
            "@context": context, "@id": id, "dataAddress": address,
            "properties": {"name": id, "contenttype": "application/octet-stream"},
        });
        self.post("/assets", &asset).await?;
        let policy = json!({
            "@context": ODRL, "@type": "Set", "permission": permission, "prohibition": [], "obligation": [],
        });
        self.post("/policydefinitions", &json!({"@context": context, "@id": id, "policy": policy})).await?;
        let selector = json!([{
            "@type": "Criterion", "operandLeft": "https://w3id.org/edc/v0.0.1/ns/id", "operator": "=",
            "operandRight": id,
        }]);
        let definition = json!({
            "@context": context, "@id": id, "accessPolicyId": id, "contractPolicyId": id,
            "assetsSelector": selector,
        });
        self.post("/contractdefinitions", &definition).await?;
        Ok(())
    }

    /// The counterparty's catalogue, as it came.
    pub async fn catalogue(&self, of: &Counterparty, limit: usize) -> Result<Value, String> {
        let query = json!({"querySpec": {"@type": "QuerySpec", "offset": 0, "limit": limit}});
        self.post("/catalog/request", &with(of.fields(), query)).await
    }

    /// Asks for a contract on an offer as the catalogue shows it; gives EDC's name for the negotiation.
    pub async fn negotiate(
        &self,
        with_whom: &Counterparty,
        dataset: &str,
        offer: &Value,
        events: &str,
    ) -> Result<String, String> {
        let named = json!({"@context": ODRL, "@type": "Offer", "assigner": with_whom.id, "target": dataset});
        let body = json!({
            "@type": "ContractRequest", "policy": with(offer.clone(), named),
            "callbackAddresses": self.callback(events),
        });
        identifier(self.post("/contractnegotiations", &with(with_whom.fields(), body)).await?)
    }

    /// Asks for the data of an agreement; a push names where to.
    pub async fn transfer(
        &self,
        from: &Counterparty,
        agreement: &str,
        kind: &str,
        to: Option<&str>,
        events: &str,
    ) -> Result<String, String> {
        let mut body = json!({
            "@type": "TransferRequest", "contractId": agreement, "transferType": kind,
            "callbackAddresses": self.callback(events),
        });
        if let Some(to) = to {
            body["dataDestination"] = json!({"@type": "DataAddress", "type": "HttpData", "baseUrl": to});
        }
        identifier(self.post("/transferprocesses", &with(from.fields(), body)).await?)
    }

    /// An act on a process that takes a reason.
    pub async fn act(&self, what: &str, process: &str, act: &str, reason: &str) -> Result<(), String> {
        let kind = match (what, act) {
            ("contractnegotiations", _) => "TerminateNegotiation",
            (_, "suspend") => "SuspendTransfer",
            (_, _) => "TerminateTransfer",
        };
        let body = json!({
            "@context": {"@vocab": "https://w3id.org/edc/v0.0.1/ns/"}, "@type": kind, "@id": process,
            "reason": reason,
        });
        self.post(&format!("/{what}/{process}/{act}"), &body).await.map(drop)
    }

    /// Asks until a process is as wanted.
    ///
    /// # Errors
    /// How it was at last.
    pub async fn until(
        &self,
        what: &str,
        process: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Result<Value, String> {
        let end = tokio::time::Instant::now() + Duration::from_secs(30);
        loop {
            let found = self.get(&format!("/{what}/{process}")).await?;
            if wanted(&found) {
                return Ok(found);
            }
            if tokio::time::Instant::now() > end {
                return Err(format!("EDC stays at {found}"));
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// As [`Self::until`] for a state.
    pub async fn reaches(&self, what: &str, process: &str, state: &str) -> Result<Value, String> {
        let found = self.until(what, process, |p| p["state"] == state || p["state"] == "TERMINATED").await?;
        if found["state"] == state { Ok(found) } else { Err(format!("EDC ended it: {found}")) }
    }
}

fn identifier(answer: Value) -> Result<String, String> {
    let id = answer["@id"].as_str();
    id.map(str::to_owned).ok_or_else(|| format!("EDC gave no identifier: {answer}"))
}
