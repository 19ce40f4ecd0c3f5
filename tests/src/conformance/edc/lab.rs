//! Nodes of ours, one as `fiducie init` makes it and two that also deal with peers that cannot sign, and EDC.

use std::sync::Arc;
use std::time::Duration;

use contracts::api::negotiation::NegotiationView;
use contracts::api::transfer::TransferView;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::api::segment;
use crate::authority::Authority;
use crate::conformance::maven::Jars;
use crate::edc::gateway::Gateway;
use crate::edc::identity::Identity;
use crate::edc::management::Counterparty;
use crate::edc::participant::{Kit, Participant, Ports, Setup};
use crate::edc::site::{Site, digest};
use crate::process::{Node, Setup as NodeSetup};
use crate::random::Random;
use crate::temporary::Folder;

/// Longest wait for a process to get somewhere.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// What an operator writes to deal with peers that sign nothing.
const OPEN: &str = "[contracts]\naccept_unsigned = true\nforeign_bearer = true\n";

pub struct Lab {
    pub gateway: Gateway,
    /// Deals with peers that cannot sign, because it is told to.
    pub open: Node,
    /// As `open`, but a person agrees.
    pub person: Node,
    /// As `fiducie init` makes it.
    pub strict: Node,
    pub edc: Participant,
    pub edc_did: String,
    scratch: Option<Folder>,
}

impl Lab {
    pub async fn start(jars: &Jars) -> Result<Self, String> {
        let scratch = Folder::named("edc");
        let root = scratch.path();
        let authority = Authority::new(&root.join("authority"));
        let gateway = Gateway::start(root);
        let identity = Arc::new(Identity::new(&gateway.url("edc")));
        let (did, ports) = (identity.did().to_owned(), Ports::free());
        let kit = Kit::prepare(&root.join("edc"), jars, &authority.file())?;
        let mut edc = kit.participant(
            ports,
            &Setup {
                name: "edc",
                id: &did,
                callback: &gateway.url("edc"),
                public: &gateway.url("edc/public"),
                heap: "256m",
                wait_ms: Some(50),
                database: None,
                accept_offers: true,
            },
        );
        gateway.sites.add("edc", Site::Edc { identity, protocol: ports.protocol, public: ports.public });
        let mut nodes = ["open", "person", "strict"].map(|name| {
            let settings = match name {
                "open" => OPEN.to_owned(),
                "person" => format!("{OPEN}automatic = false\n"),
                _ => String::new(),
            };
            let setup = NodeSetup { settings, behind: Some(gateway.url(name)), ..NodeSetup::default() };
            let node = Node::init(root, name, &authority, &setup);
            gateway.sites.add(name, Site::Node { port: node.port, did: node.did.clone() });
            node
        });
        for node in &mut nodes {
            node.start().await;
        }
        edc.start().await?;
        let [open, person, strict] = nodes;
        Ok(Self { gateway, open, person, strict, edc, edc_did: did, scratch: Some(scratch) })
    }

    pub async fn stop(&mut self, keep: bool) {
        self.edc.stop();
        for node in [&mut self.open, &mut self.person, &mut self.strict] {
            node.stop();
        }
        if let Some(scratch) = self.scratch.take().filter(|_| keep) {
            scratch.keep();
        }
    }

    /// One of our members, as EDC names it.
    pub fn party(&self, node: &Node) -> Counterparty {
        Counterparty { id: node.did.clone(), address: format!("{}/dsp/2025-1", node.url) }
    }

    /// A file of random bytes on our node, for EDC; gives the dataset and the bytes' digest.
    pub async fn ours(&self, node: &Node, bytes: usize) -> Result<(String, String), String> {
        let content = bytes_of(bytes);
        let name = format!("{}.bin", &digest(&content)[..12]);
        std::fs::write(node.dir.join("data").join(&name), &content).map_err(|e| e.to_string())?;
        let description = crate::pair::description(&name, &self.edc_did);
        let published = node.api.publish(&description).await.map_err(|e| e.to_string())?;
        Ok((published.id, digest(&content)))
    }

    /// Random bytes behind an asset of EDC; gives the asset and the bytes' digest.
    pub async fn theirs(&self, bytes: usize, permission: &Value) -> Result<(String, String), String> {
        let content = bytes_of(bytes);
        let name = digest(&content)[..12].to_owned();
        let sha256 = self.gateway.sites.put(&name, content);
        let source = self.gateway.url(&format!("files/{name}"));
        self.edc.management.publish(&name, &source, permission).await?;
        Ok((name, sha256))
    }

    /// The offer of our dataset as EDC is shown it.
    pub async fn offer(&self, node: &Node, dataset: &str) -> Result<Value, String> {
        let catalogue = self.edc.management.catalogue(&self.party(node), 500).await?;
        let datasets = catalogue["dataset"].as_array().cloned().unwrap_or_default();
        let found = datasets.iter().find(|d| d["@id"] == dataset);
        let found = found.ok_or_else(|| format!("EDC does not see {dataset} in {catalogue}"))?;
        Ok(found["hasPolicy"][0].clone())
    }

    /// EDC asks for a contract on our dataset; gives EDC's name for the negotiation.
    pub async fn asked(&self, node: &Node, dataset: &str) -> Result<String, String> {
        let offer = self.offer(node, dataset).await?;
        let events = self.gateway.url("events/edc");
        self.edc.management.negotiate(&self.party(node), dataset, &offer, &events).await
    }

    /// EDC gets a contract on our dataset.
    pub async fn sold(&self, node: &Node, dataset: &str) -> Result<Sold, String> {
        let negotiation = self.asked(node, dataset).await?;
        self.concluded(node, &negotiation).await
    }

    /// A negotiation that EDC began is final on both sides; gives its agreement.
    pub async fn concluded(&self, node: &Node, negotiation: &str) -> Result<Sold, String> {
        let ended = self.edc.management.reaches("contractnegotiations", negotiation, "FINALIZED").await?;
        let theirs = ended["contractAgreementId"].as_str().unwrap_or_default().to_owned();
        // Our side is final once EDC has acknowledged it.
        let ours = self.our_negotiation(node, negotiation).await?;
        let ours = self.ours_reaches(node, &ours.id, "FINALIZED").await?;
        let agreement = ours.agreement.ok_or("a contract without agreement")?;
        same("agreement", &self.agreement_of(&theirs).await?, &agreement)?;
        Ok(Sold { agreement, theirs })
    }

    /// What both sides call an agreement that EDC calls so: 0.15 keeps a name of its own beside it.
    async fn agreement_of(&self, theirs: &str) -> Result<String, String> {
        let found = self.edc.management.get(&format!("/contractagreements/{theirs}")).await?;
        let name = found["agreementId"].as_str().or(found["@id"].as_str());
        Ok(name.unwrap_or_default().to_owned())
    }

    /// EDC's agreement of that common name.
    pub async fn their_agreement(&self, agreement: &str) -> Result<Value, String> {
        let query = json!({
            "@context": {"@vocab": "https://w3id.org/edc/v0.0.1/ns/"}, "@type": "QuerySpec", "limit": 1000,
        });
        let all = self.edc.management.post("/contractagreements/request", &query).await?;
        let named = |a: &&Value| a["agreementId"] == agreement || a["@id"] == agreement;
        let found = all.as_array().into_iter().flatten().find(named).cloned();
        found.ok_or_else(|| format!("EDC has no agreement {agreement} among {all}"))
    }

    /// We ask for a contract on EDC's asset; gives our name for the negotiation.
    pub async fn ask(&self, node: &Node, asset: &str) -> Result<String, String> {
        let asked = node.api.negotiate(&self.edc_did, asset).await.map_err(|e| e.to_string())?;
        Ok(asked.id)
    }

    /// We get a contract on EDC's asset; gives its agreement.
    pub async fn bought(&self, node: &Node, asset: &str) -> Result<String, String> {
        let negotiation = self.ask(node, asset).await?;
        let ended = self.ours_reaches(node, &negotiation, "FINALIZED").await?;
        ended.agreement.ok_or_else(|| "a contract without agreement".into())
    }

    /// Our side of a negotiation that EDC began.
    pub async fn our_negotiation(&self, node: &Node, theirs: &str) -> Result<NegotiationView, String> {
        self.ours_of(node, "/negotiations", |n: &NegotiationView| n.peer_id.as_deref() == Some(theirs)).await
    }

    /// Our side of a transfer that EDC began.
    pub async fn our_transfer(&self, node: &Node, theirs: &str) -> Result<TransferView, String> {
        self.ours_of(node, "/transfers", |t: &TransferView| t.peer_id.as_deref() == Some(theirs)).await
    }

    async fn ours_of<T: DeserializeOwned>(
        &self,
        node: &Node,
        list: &str,
        wanted: impl Fn(&T) -> bool,
    ) -> Result<T, String> {
        let end = tokio::time::Instant::now() + PATIENCE;
        loop {
            let all: Vec<T> = node.api.all(list).await.map_err(|e| e.to_string())?;
            if let Some(found) = all.into_iter().find(&wanted) {
                return Ok(found);
            }
            if tokio::time::Instant::now() > end {
                return Err(format!("EDC's request never came to {list}"));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// EDC was sent, and took, a message of this type with this reason.
    pub async fn told(&self, kind: &str, reason: &str) -> Result<(), String> {
        if reason.is_empty() {
            return Err("ended without a reason".into());
        }
        let mut sent = Vec::new();
        for _ in 0..200 {
            sent = self.gateway.sites.passed("edc", |passed| passed.body["@type"] == kind);
            let named = |reasons: &Vec<Value>| reasons.iter().any(|said| said == reason);
            if sent.iter().any(|p| p.status == 200 && p.body["reason"].as_array().is_some_and(named)) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        let seen: Vec<String> = sent.iter().map(|p| format!("{} {}", p.status, p.body)).collect();
        Err(format!("EDC was not told `{reason}`: {}", seen.join("; ")))
    }

    /// Waits until our negotiation is there; fails when it ends elsewhere.
    pub async fn ours_reaches(&self, node: &Node, id: &str, state: &str) -> Result<NegotiationView, String> {
        let path = format!("/negotiations/{}", segment(id));
        let done = |n: &NegotiationView| n.state == state || n.state == "TERMINATED";
        let found = node.api.until(&path, PATIENCE, done).await.map_err(|e| e.to_string())?;
        if found.state == state { Ok(found) } else { Err(format!("ours ended: {:?}", found.reason)) }
    }

    /// As [`Self::ours_reaches`], of a transfer.
    pub async fn transfer_reaches(&self, node: &Node, id: &str, state: &str) -> Result<TransferView, String> {
        let path = format!("/transfers/{}", segment(id));
        let done = |t: &TransferView| t.state == state || t.state == "TERMINATED";
        let found = node.api.until(&path, PATIENCE, done).await.map_err(|e| e.to_string())?;
        if found.state == state { Ok(found) } else { Err(format!("ours ended: {:?}", found.reason)) }
    }

    /// EDC asks to pull; gives its name for the transfer, and the address and token it was given.
    pub async fn pulling(&self, node: &Node, sold: &Sold) -> Result<(String, Access), String> {
        let events = self.gateway.url("events/edc");
        let management = &self.edc.management;
        let transfer =
            management.transfer(&self.party(node), &sold.theirs, "HttpData-PULL", None, &events).await?;
        let access = self.access(&transfer).await?;
        Ok((transfer, access))
    }

    /// The address and token of a pull that has just (again) started at EDC.
    pub async fn access(&self, transfer: &str) -> Result<Access, String> {
        let event = self.gateway.sites.event("TransferProcessStarted", transfer, PATIENCE).await;
        let Some((_, event)) = event else {
            let state = self.edc.management.get(&format!("/transferprocesses/{transfer}")).await?;
            return Err(format!("EDC's transfer did not start: {state}"));
        };
        let properties = &event["payload"]["dataAddress"]["properties"];
        let text = |name: &str| properties[name].as_str().or(properties[format!("{EDC}{name}")].as_str());
        match (text("endpoint"), text("authorization")) {
            (Some(endpoint), Some(token)) => Ok(Access { endpoint: endpoint.into(), token: token.into() }),
            _ => Err(format!("EDC was given no address that it can use: {event}")),
        }
    }
}

const EDC: &str = "https://w3id.org/edc/v0.0.1/ns/";

/// A contract that EDC holds: what both sides call its agreement, and what EDC does.
pub struct Sold {
    pub agreement: String,
    pub theirs: String,
}

/// Where a consumer of EDC fetches, and with what.
pub struct Access {
    pub endpoint: String,
    pub token: String,
}

impl Access {
    /// A request as EDC's user makes it.
    pub async fn get(&self, lab: &Lab) -> Result<reqwest::Response, String> {
        let http = crate::api::http(lab.open.authority());
        let asked = http.get(&self.endpoint).bearer_auth(&self.token).send().await;
        asked.map_err(|e| format!("{}: {e}", self.endpoint))
    }

    /// Digest of all bytes.
    pub async fn digest(&self, lab: &Lab) -> Result<String, String> {
        let answer = self.get(lab).await?;
        let status = answer.status();
        let bytes = answer.bytes().await.map_err(|e| e.to_string())?;
        if !status.is_success() {
            return Err(format!("{} answered {status}: {}", self.endpoint, String::from_utf8_lossy(&bytes)));
        }
        Ok(digest(&bytes))
    }
}

/// Bytes never seen before.
fn bytes_of(length: usize) -> Vec<u8> {
    let (seed, _) = uuid::Uuid::new_v4().as_u64_pair();
    Random::new(seed).bytes(length)
}

/// Everybody may do everything.
pub fn free() -> Value {
    json!([{"action": "use"}])
}

/// The same, or what differs.
pub fn same(what: &str, found: &str, expected: &str) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found}, expected {expected}")) }
}
