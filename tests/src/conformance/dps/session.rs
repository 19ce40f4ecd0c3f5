//! A node under test with all the kit needs of it: its datasets and agreements, its front, and one act of its operator.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::Duration;

use contracts::id::{DatasetId, ParticipantId};
use node::app::transfer::act;
use node::app::{App, Hosted, catalogue};
use node::domain::process::Role;
use node::domain::transfer::StateKind;
use node::store::Page;
use serde_json::json;
use tokio::task::JoinHandle;

use super::cases::{self, CONSUMED, PROVIDED};
use super::front::Front;
use crate::conformance::dsp::session::{Parties, insert};
use crate::engine::Engine;
use crate::node::{Setup, TestNode};
use crate::process::free_port;
use crate::temporary::Folder;

/// Before the operator completes a flow: the kit looks at it first.
const PACE: Duration = Duration::from_millis(1_500);

pub struct Session {
    /// Where the kit listens, its https address, and the door to the node.
    port: u16,
    kit: String,
    gateway: String,
    /// The token both present.
    token: String,
    did: String,
    counterparty: String,
    node: TestNode,
    front: Front,
    operator: JoinHandle<()>,
    _secrets: Folder,
}

impl Session {
    /// `slow`: the kit's identity is slow to look up.
    pub async fn start(slow: bool) -> Self {
        let socket = || TcpListener::bind("127.0.0.1:0").unwrap();
        let (to_kit, to_node) = (socket(), socket());
        let at = |socket: &TcpListener| socket.local_addr().unwrap().port();
        let (kit_at, gateway_at, port) = (at(&to_kit), at(&to_node), free_port());
        let (kit, counterparty) =
            (format!("https://localhost:{kit_at}"), format!("did:web:localhost%3A{kit_at}"));
        let secrets = Folder::default();
        let token = uuid::Uuid::new_v4().simple().to_string();
        let file = secrets.write("token", &token);
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        let config = format!(
            "[contracts]\naccept_unsigned = true\nforeign_bearer = true\n\
             [signaling]\ncontrol_plane = \"{kit}\"\ntoken_file = \"{}\"\n",
            file.display()
        );
        let node = TestNode::start(Setup { config, ..Setup::new(Engine::Sqlite, "tested") }).await;
        let member = node.members[0].clone();
        let (app, hosted) = (node.app().clone(), member.hosted());
        for (_, dataset) in PROVIDED {
            // The sink knows by the first word what it takes at once.
            node.put(&format!("{dataset}.csv"), format!("{dataset}\n1\n"));
            let mut described =
                crate::flow::described(json!({"file": format!("{dataset}.csv")}), json!([{"action": "use"}]));
            described["id"] = dataset.into();
            described["status"] = "interet_general".into();
            described["licence"] = "LO-2.0".into();
            described["rung"] = "ouvert_identifie".into();
            catalogue::publish(&app, &hosted, &described)
                .await
                .unwrap_or_else(|e| panic!("{dataset}: {e:?}"));
        }
        let peer = ParticipantId::parse(&counterparty).unwrap();
        let provided = PROVIDED.map(|one| (one, Role::Provider));
        for ((id, dataset), role) in provided.into_iter().chain(CONSUMED.map(|one| (one, Role::Consumer))) {
            let dataset = DatasetId::parse(dataset).unwrap();
            let parties = Parties { peer: &peer, callback: kit.clone(), dataset };
            insert(&app, &hosted, id, role, parties).await;
        }
        let node_at = format!("https://localhost:{}/signaling/v1", node.port);
        let front = Front::start(to_kit, to_node, format!("http://127.0.0.1:{port}"), node_at, slow);
        let operator = tokio::spawn(complete(app, hosted));
        let gateway = format!("http://127.0.0.1:{gateway_at}");
        let did = member.did.clone();
        Self { port, kit, gateway, token, did, counterparty, node, front, operator, _secrets: secrets }
    }

    /// What the kit is told.
    pub fn properties(&self, of: &[&str], debug: bool) -> BTreeMap<String, String> {
        let mut all = cases::common(self.port, &self.kit, debug);
        let mut set =
            |name: &str, value: String| all.insert(format!("dataspacetck.dps.dataplane.{name}"), value);
        set("url", self.gateway.clone());
        set("authorization", format!("Bearer {}", self.token));
        set("provider.id", self.did.clone());
        set("counterparty.id", self.counterparty.clone());
        cases::agreements(&mut all, of);
        all
    }

    pub async fn stop(mut self) {
        self.operator.abort();
        // It holds the node's state until it has ended.
        let _ = self.operator.await;
        self.front.stop().await;
        self.node.stop(false).await;
    }
}

/// The consumer's operator says that one flow's data have come, as no kit can.
async fn complete(app: Arc<App>, hosted: Arc<Hosted>) {
    loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let Ok(mut reader) = app.store.read(hosted.id()).await else { continue };
        let started = reader.transfers(Some(StateKind::Started), &Page::first(100)).await.unwrap_or_default();
        drop(reader);
        for flow in started.iter().filter(|t| t.agreement.as_str() == CONSUMED[1].0) {
            tokio::time::sleep(PACE).await;
            let _ = act::complete(&app, &hosted, &flow.pid).await;
        }
    }
}
