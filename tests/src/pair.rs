//! Two nodes that exchange: a provider with datasets, and a consumer.

use std::path::{Path, PathBuf};
use std::time::Duration;

use contracts::api::negotiation::NegotiationView;
use contracts::api::transfer::TransferView;
use serde_json::{Value, json};

use crate::api::segment;
use crate::authority::Authority;
use crate::process::{Node, Setup};

/// Longest wait for one negotiation or transfer to get there.
const PATIENCE: Duration = Duration::from_secs(30);

/// Both nodes, and the authority both trust.
pub struct Pair {
    pub root: PathBuf,
    pub authority: Authority,
    pub provider: Node,
    pub consumer: Node,
}

impl Pair {
    /// Two new nodes below `root`, not started.
    pub fn init(root: &Path, provider: &Setup, consumer: &Setup) -> Self {
        let authority = Authority::new(&root.join("authority"));
        let provider = Node::init(root, "provider", &authority, provider);
        let consumer = Node::init(root, "consumer", &authority, consumer);
        Self { root: root.to_owned(), authority, provider, consumer }
    }

    pub async fn start(&mut self) {
        self.provider.start().await;
        self.consumer.start().await;
    }

    /// Publishes a file of the provider's folder `data`; gives the dataset's identifier.
    pub async fn publish(&self, file: &str) -> String {
        let description = description(file, &self.consumer.did);
        match self.provider.api.publish(&description).await {
            Ok(published) => published.id,
            Err(failure) => panic!("{failure}"),
        }
    }

    /// A contract under the published offer; gives its identifier.
    pub async fn contract(&self, dataset: &str) -> String {
        let api = &self.consumer.api;
        let asked = api.negotiate(&self.provider.did, dataset).await.unwrap_or_else(|e| panic!("{e}"));
        let path = format!("/negotiations/{}", segment(&asked.id));
        let done = |n: &NegotiationView| matches!(n.state.as_str(), "FINALIZED" | "TERMINATED");
        let agreed: NegotiationView =
            api.until(&path, PATIENCE, done).await.unwrap_or_else(|e| panic!("{e}"));
        agreed
            .agreement
            .filter(|_| agreed.state == "FINALIZED")
            .unwrap_or_else(|| panic!("{:?}", agreed.reason))
    }

    /// A started transfer under a contract; gives the consumer's name for it.
    pub async fn transfer(&self, agreement: &str) -> String {
        let api = &self.consumer.api;
        let asked = api.start(agreement).await.unwrap_or_else(|e| panic!("{e}"));
        let path = format!("/transfers/{}", segment(&asked.id));
        let begun = |t: &TransferView| t.state != "REQUESTED";
        let started: TransferView = api.until(&path, PATIENCE, begun).await.unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(started.state, "STARTED", "{:?}", started.reason);
        started.id
    }

    /// A file of the provider's folder `data`.
    pub fn data(&self, name: &str) -> PathBuf {
        self.provider.dir.join("data").join(name)
    }
}

/// A closed dataset of one file, for one recipient.
pub fn description(file: &str, recipient: &str) -> Value {
    json!({
        "title": format!("Volumes distribués ({file})"),
        "description": "Volumes distribués par secteur, relevés par télégestion.",
        "theme": ["ENVI"],
        "location": { "kind": "epci", "code": "243500139", "label": "Rennes Métropole" },
        "format": "text/csv",
        "granularity": { "level": "bassin", "temporal": "PT15M" },
        "frequency": "DAILY",
        "producer": { "name": "Eau du Bassin", "siren": "552100554" },
        "status": "interet_general",
        "rung": "partenaires_nommes",
        "source": { "file": file },
        "offers": [{
            "policy": { "permission": [{ "action": "use", "constraint": [
                { "leftOperand": "recipient", "operator": "eq", "rightOperand": recipient }
            ] }] },
            "term": { "for": "P1Y" }
        }],
    })
}
