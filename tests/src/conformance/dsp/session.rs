//! A node under test with all the kit needs of it: its datasets and agreements, its front, its player.

use std::net::TcpListener;
use std::sync::Arc;

use contracts::id::{AgreementId, DatasetId, ParticipantId};
use node::app::{App, Discretion, Error, Hosted, catalogue};
use node::domain::agreement::{Agreement, Standing};
use node::domain::process::Role;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::cases::{self, Addresses};
use super::front::{self, Front, Sockets};
use super::player::Player;
use crate::edc::identity::Identity;
use crate::engine::Engine;
use crate::node::{Setup, TestNode};
use crate::process::free_port;

/// Nobody agrees by itself; agreements without signatures and data without proof of key are what the kit knows.
const CONFIG: &str = "[contracts]\nautomatic = false\naccept_unsigned = true\nforeign_bearer = true\n";

pub struct Session {
    pub addresses: Addresses,
    node: TestNode,
    front: Front,
    player: JoinHandle<()>,
}

impl Session {
    pub async fn start() -> Self {
        let socket = || TcpListener::bind("127.0.0.1:0").unwrap();
        let sockets = Sockets { node: socket(), kit: socket() };
        let at = |socket: &TcpListener| socket.local_addr().unwrap().port();
        let [root, kit] = [&sockets.node, &sockets.kit].map(|s| format!("https://localhost:{}", at(s)));
        let identity = Arc::new(Identity::new(&kit));
        let discretion = Discretion { acts: |_| false, terms: |_| Ok(()) };
        let public = Some(at(&sockets.node));
        let setup =
            Setup { config: CONFIG.into(), public, discretion, ..Setup::new(Engine::Sqlite, "tested") };
        let node = TestNode::start(setup).await;
        let member = node.members[0].clone();
        let (app, hosted) = (node.app().clone(), member.hosted());
        node.put("data.csv", "a,b\n1,2\n");
        publish(&app, &hosted).await;
        let did = ParticipantId::did(identity.did()).unwrap();
        conclude(&app, &hosted, &did, &format!("{kit}/dsp/2025-1")).await;
        let port = free_port();
        let (triggers, triggered) = mpsc::unbounded_channel();
        let host = root.trim_start_matches("https://").to_owned();
        let whom = front::Node { did: member.did.clone(), host, port: node.port };
        let front = Front::start(sockets, identity, whom, format!("http://127.0.0.1:{port}"), triggers);
        let player = tokio::spawn(Player { app, hosted, kit: did }.play(triggered));
        Self { addresses: Addresses { node: member.did, root, kit, port }, node, front, player }
    }

    pub async fn stop(mut self) {
        self.player.abort();
        // It holds the node's state until it has ended.
        let _ = self.player.await;
        self.front.stop().await;
        self.node.stop(false).await;
    }
}

/// The datasets that the kit asks for by name, for everybody.
async fn publish(app: &Arc<App>, hosted: &Arc<Hosted>) {
    for dataset in cases::offered() {
        let permission = json!([{"action": "use"}]);
        let mut described = crate::flow::described(json!({"file": "data.csv"}), permission);
        described["id"] = dataset.as_str().into();
        described["status"] = "interet_general".into();
        described["licence"] = "LO-2.0".into();
        described["rung"] = "ouvert_identifie".into();
        described["offers"][0]["id"] = cases::offer(&dataset).into();
        catalogue::publish(app, hosted, &described).await.unwrap_or_else(|e| panic!("{dataset}: {e:?}"));
    }
}

/// The agreements that the kit names, as if they had been negotiated with it.
async fn conclude(app: &App, hosted: &Hosted, kit: &ParticipantId, endpoint: &str) {
    let provided = cases::provided().map(|id| (id, Role::Provider));
    for (id, role) in provided.chain(cases::consumed().map(|id| (id, Role::Consumer))) {
        let dataset = DatasetId::parse(cases::SHOWN[0]).unwrap();
        insert(app, hosted, &id, role, Parties { peer: kit, callback: endpoint.to_owned(), dataset }).await;
    }
}

/// With whom an agreement is, and about what.
pub struct Parties<'a> {
    pub peer: &'a ParticipantId,
    pub callback: String,
    pub dataset: DatasetId,
}

/// Records an agreement without signatures, as kits know no others.
pub async fn insert(app: &App, hosted: &Hosted, id: &str, role: Role, parties: Parties<'_>) {
    let Parties { peer, callback, dataset } = parties;
    let (assigner, assignee) = match role {
        Role::Provider => (hosted.did(), peer),
        Role::Consumer => (peer, hosted.did()),
    };
    let policy: Value = json!({
        "@id": id, "@type": "Agreement", "target": dataset, "assigner": assigner, "assignee": assignee,
        "permission": [{"action": "use"}],
    });
    let agreement = Agreement {
        id: AgreementId::parse(id).unwrap(),
        role,
        peer: peer.clone(),
        callback,
        dataset,
        shown: None,
        policy: policy.to_string(),
        contract: None,
        standing: Standing::Unsigned,
        revoked: None,
        created: app.now(),
        until: None,
        first_use: None,
        version: 0,
    };
    let written = app.store.write(hosted.id(), move |tx| {
        Box::pin(async move { Ok::<_, Error>(tx.insert_agreement(agreement).await?) })
    });
    written.await.unwrap_or_else(|e| panic!("{id}: {e}"));
}
