//! What members do, one method per step, through the management API.

use std::time::{Duration, Instant};

use contracts::api::log::EntryView;
use node::store::Entry;
use serde_json::{Value, json};

use crate::member::Member;

/// How long a step between two nodes may take.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A description of a file or folder under one offer with these permissions.
pub fn described(source: Value, permission: Value) -> Value {
    json!({
        "v": 1,
        "title": "Débits des réservoirs",
        "description": "Débits par pas de cinq minutes, relevés par télégestion.",
        "theme": "ENVI",
        "location": {"kind": "commune", "code": "35238", "label": "Rennes"},
        "format": "text/csv",
        "granularity": {"level": "equipement", "temporal": "P1D"},
        "frequency": "DAILY",
        "producer": {"name": "Régie des eaux"},
        "status": "privee",
        "rung": "partenaires_nommes",
        "source": source,
        "offers": [{"policy": {"permission": permission}}],
    })
}

/// A file for one recipient and one purpose.
pub fn closed(file: &str, recipient: &Member, purpose: &str) -> Value {
    let constraint = json!([
        {"leftOperand": "recipient", "operator": "eq", "rightOperand": recipient.did},
        {"leftOperand": "purpose", "operator": "isA", "rightOperand": purpose},
    ]);
    described(json!({"file": file}), json!([{"action": "use", "constraint": constraint}]))
}

/// The purpose most tests use, and one that is not it.
pub const PURPOSE: &str = "controle_delegation";
pub const OTHER_PURPOSE: &str = "renovation_batiments";

impl Member {
    /// Asks until the answer is as wanted.
    pub async fn until(&self, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let started = Instant::now();
        loop {
            let found = self.get(path).await.ok();
            if wanted(&found) {
                return found;
            }
            assert!(started.elapsed() < PATIENCE, "{}{path} stays {found:#}", self.base);
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
    }

    /// Waits until the catalogue is served: after a start it is read in the background.
    pub async fn catalogued(&self) {
        let started = Instant::now();
        while self.public("/catalog.nt").await.status != 200 {
            assert!(started.elapsed() < PATIENCE, "{}: the catalogue is not served", self.base);
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
    }

    /// Publishes and gives the dataset's identifier.
    pub async fn publish(&self, description: &Value) -> String {
        text(&self.post("/datasets", description).await.ok()["id"])
    }

    /// The catalogue of a peer, as it is shown to this member.
    pub async fn catalogue_of(&self, peer: &Member) -> Value {
        self.post("/catalog", &json!({"peer": peer.did})).await.ok()["catalog"].clone()
    }

    /// Begins a negotiation under the published offer.
    pub async fn negotiate(&self, peer: &Member, dataset: &str, purpose: &str) -> String {
        let body = json!({"peer": peer.did, "dataset": dataset, "purpose": purpose});
        text(&self.post("/negotiations", &body).await.ok()["id"])
    }

    /// Waits until a negotiation is in a state, whatever it waits for.
    pub async fn negotiation(&self, id: &str, state: &str) -> Value {
        self.until(&format!("/negotiations/{}", segment(id)), |n| n["state"] == state).await
    }

    /// Negotiates to the end; gives the agreement's identifier.
    pub async fn contract(&self, peer: &Member, dataset: &str, purpose: &str) -> String {
        let id = self.negotiate(peer, dataset, purpose).await;
        text(&self.negotiation(&id, "FINALIZED").await["agreement"])
    }

    /// Opens a transfer and waits until it has started.
    pub async fn transfer(&self, agreement: &str, purpose: &str) -> String {
        let body = json!({"agreement": agreement, "purpose": purpose});
        let id = text(&self.post("/transfers", &body).await.ok()["id"]);
        self.transfer_in(&id, "STARTED").await;
        id
    }

    /// Asks for a push to this member, under this name.
    pub async fn ask_push(&self, agreement: &str, purpose: &str, to: &str) -> String {
        let body = json!({"agreement": agreement, "purpose": purpose, "format": "HttpData-PUSH", "to": to});
        text(&self.post("/transfers", &body).await.ok()["id"])
    }

    /// The exchanges of bytes under a transfer, in the order they began.
    pub async fn deliveries(&self, transfer: &str) -> Vec<Value> {
        let mut all = self.all(&format!("/transfers/{}/deliveries", segment(transfer))).await;
        all.sort_by_key(|d| (text(&d["opened"]), d["first"].as_u64()));
        all
    }

    pub async fn transfer_in(&self, id: &str, state: &str) -> Value {
        self.until(&format!("/transfers/{}", segment(id)), |t| t["state"] == state).await
    }

    /// Pulls and waits for the end, good or bad.
    pub async fn pull(&self, transfer: &str, body: Value) -> Value {
        let path = format!("/transfers/{}/pull", segment(transfer));
        let job = text(&self.post(&path, &body).await.ok()["id"]);
        self.until(&format!("{path}/{job}"), |p| p["state"] != "running").await
    }

    /// Pulls what must arrive; gives the file's bytes and the pull.
    pub async fn pulled(&self, transfer: &str) -> (Vec<u8>, Value) {
        let pull = self.pull(transfer, json!({})).await;
        assert_eq!(pull["state"], "done", "{pull:#}");
        (std::fs::read(text(&pull["files"][0]["file"])).unwrap(), pull)
    }

    /// The other side's name of a negotiation or transfer.
    pub async fn peer_id(&self, kind: &str, id: &str) -> String {
        text(&self.until(&format!("/{kind}/{}", segment(id)), |p| p["peer_id"].is_string()).await["peer_id"])
    }

    /// Everything of a paged list.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let (mut found, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let next = cursor.map(|c| format!("&cursor={c}")).unwrap_or_default();
            let page = self.get(&format!("{path}?limit=200{next}")).await.ok();
            found.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => return found,
            }
        }
    }

    /// The member's whole log, as it is stored: asking for it would be an entry more.
    pub async fn log(&self) -> Vec<EntryView> {
        let mut reader = self.app().store.read(self.hosted().id()).await.unwrap();
        let entries = reader.entries(0, usize::MAX >> 1).await.unwrap();
        entries.iter().map(view).collect()
    }

    /// How many entries of a kind the log holds.
    pub async fn logged(&self, kind: &str) -> usize {
        self.log().await.iter().filter(|e| e.kind == kind).count()
    }

    /// Waits until the log holds so many entries of a kind.
    pub async fn until_logged(&self, kind: &str, count: usize) {
        let started = Instant::now();
        while self.logged(kind).await < count {
            assert!(started.elapsed() < PATIENCE, "{} never logs {count} × {kind}", self.name);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn view(entry: &Entry) -> EntryView {
    EntryView {
        index: entry.index,
        at: entry.at.rfc3339(),
        kind: entry.kind.clone(),
        leaf: String::from_utf8_lossy(&entry.leaf).into_owned(),
        leaf_hash: hex::encode(entry.leaf_hash),
        body: entry.body.as_ref().map(|b| serde_json::to_value(&b.fields).unwrap()),
        facts: entry.facts.as_ref().map(|f| serde_json::from_str(&f.json).unwrap()),
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// An identifier of ours as the last part of a path.
pub fn segment(id: &str) -> &str {
    id.strip_prefix("urn:uuid:").unwrap_or(id)
}
