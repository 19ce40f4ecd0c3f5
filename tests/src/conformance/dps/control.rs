//! A node under test as a control plane: the kit is its data plane, and its peer.
//!
//! The kit speaks plain HTTP and proves nothing; the node speaks TLS to peers that sign and to data planes that show
//! a token. Here each gets what it needs. In one message the kit names the processes wrongly: there its own name for
//! a transfer is put in.

use std::collections::{BTreeMap, HashMap};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App as Web, HttpRequest, HttpResponse, HttpServer};
use contracts::id::{AgreementId, DatasetId, ParticipantId};
use node::app::transfer::request::{Wanted, Way, request};
use node::app::{App, Hosted, catalogue};
use node::domain::process::Role;
use serde_json::{Value, json};

use super::cases::{self, SIGNALED, TAKEN};
use crate::conformance::dsp::session::{Parties, insert};
use crate::edc::identity::Identity;
use crate::engine::Engine;
use crate::member;
use crate::node::{Setup, TestNode};
use crate::process::free_port;
use crate::relay::{self, Asked};
use crate::temporary::Folder;

/// The data plane's name in the configuration.
const PLANE: &str = "kit";
/// The kit says its next message while its last answer is being read, and does not repeat it.
const PACE: Duration = Duration::from_millis(300);

pub struct Control {
    /// Where the kit listens, its https address, and the node's.
    port: u16,
    kit: String,
    root: String,
    node: TestNode,
    handles: [ServerHandle; 2],
    _secrets: Folder,
}

struct Known {
    client: reqwest::Client,
    identity: Identity,
    /// The node, its public host, and the port where it listens itself.
    did: String,
    host: String,
    port: u16,
    /// Where the kit listens.
    kit: String,
    /// What the data plane shows.
    token: String,
    /// The kit's name of each transfer that the node asked it for, by the node's.
    names: Mutex<HashMap<String, String>>,
    app: Arc<App>,
    hosted: Arc<Hosted>,
}

impl Control {
    pub async fn start() -> Self {
        let socket = || TcpListener::bind("127.0.0.1:0").unwrap();
        let (to_kit, to_node) = (socket(), socket());
        let at = |socket: &TcpListener| socket.local_addr().unwrap().port();
        let [kit, root] = [&to_kit, &to_node].map(|s| format!("https://localhost:{}", at(s)));
        let (identity, port) = (Identity::new(&kit), free_port());
        let secrets = Folder::default();
        let token = uuid::Uuid::new_v4().simple().to_string();
        let file = secrets.write("token", &token);
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        let config = format!(
            "[contracts]\naccept_unsigned = true\n[[data_planes]]\nname = \"{PLANE}\"\nurl = \"{kit}\"\n\
             token_file = \"{}\"\n",
            file.display()
        );
        let public = Some(at(&to_node));
        let setup = Setup { config, public, ..Setup::new(Engine::Sqlite, "tested") };
        let node = TestNode::start(setup).await;
        let member = node.members[0].clone();
        let (app, hosted) = (node.app().clone(), member.hosted());
        conclude(&app, &hosted, &identity, &kit).await;
        let known = Data::new(Known {
            client: member::client(),
            identity,
            did: member.did.clone(),
            host: root.trim_start_matches("https://").to_owned(),
            port: node.port,
            kit: format!("http://127.0.0.1:{port}"),
            token,
            names: Mutex::default(),
            app,
            hosted,
        });
        let again = known.clone();
        let nodes = HttpServer::new(move || {
            Web::new()
                .app_data(known.clone())
                .route("/dataflows/trigger", web::post().to(trigger))
                .default_service(web::to(node_asked))
        });
        let kits = HttpServer::new(move || {
            Web::new()
                .app_data(again.clone())
                .route("/.well-known/did.json", web::get().to(document))
                .default_service(web::to(kit_asked))
        });
        let serve = |listener| (listener, crate::authority::server());
        let ((to_node, tls), (to_kit, tls2)) = (serve(to_node), serve(to_kit));
        let handles = [
            relay::run(nodes.workers(2).shutdown_timeout(1).listen_rustls_0_23(to_node, tls).unwrap().run()),
            relay::run(kits.workers(2).shutdown_timeout(1).listen_rustls_0_23(to_kit, tls2).unwrap().run()),
        ];
        Self { port, kit, root, node, handles, _secrets: secrets }
    }

    /// What the kit is told.
    pub fn properties(&self, of: &[&str], debug: bool) -> BTreeMap<String, String> {
        let mut all = cases::common(self.port, &self.kit, debug);
        let mut set = |name: &str, value: String| all.insert(format!("dataspacetck.dps.{name}"), value);
        set("controlplane.webhook.url", self.root.clone());
        set("controlplane.protocol.url", format!("{}/dsp/2025-1", self.root));
        set("controlplane.signaling.url", format!("{}/signaling/v1", self.root));
        cases::agreements(&mut all, of);
        all
    }

    pub async fn stop(mut self) {
        for handle in self.handles {
            handle.stop(false).await;
        }
        self.node.stop(false).await;
    }
}

/// A dataset that is not here, and an agreement with the kit in each role.
async fn conclude(app: &Arc<App>, hosted: &Arc<Hosted>, identity: &Identity, kit: &str) {
    let mut described = crate::flow::described(json!({"data_plane": PLANE}), json!([{"action": "use"}]));
    described["id"] = SIGNALED.1.into();
    described["status"] = "interet_general".into();
    described["licence"] = "LO-2.0".into();
    described["rung"] = "ouvert_identifie".into();
    catalogue::publish(app, hosted, &described).await.unwrap_or_else(|e| panic!("{e:?}"));
    let peer = ParticipantId::parse(identity.did()).unwrap();
    for ((id, dataset), role) in [(SIGNALED, Role::Provider), (TAKEN, Role::Consumer)] {
        let dataset = DatasetId::parse(dataset).unwrap();
        insert(app, hosted, id, role, Parties { peer: &peer, callback: kit.to_owned(), dataset }).await;
    }
}

async fn document(known: Data<Known>) -> HttpResponse {
    HttpResponse::Ok().json(known.identity.document())
}

/// The operator of the node asks for data that its other data plane takes.
async fn trigger(known: Data<Known>, body: web::Json<Value>) -> HttpResponse {
    let agreement = AgreementId::parse(body["agreementId"].as_str().unwrap_or_default()).unwrap();
    let wanted = Wanted { agreement, purpose: None, way: Way::Pull, plane: Some(PLANE.into()) };
    match request(&known.app, &known.hosted, wanted).await {
        Ok(transfer) => HttpResponse::Ok().json(json!({"id": transfer.pid.segment()})),
        Err(error) => HttpResponse::BadRequest().body(error.to_string()),
    }
}

/// From the kit, as the data plane or as the peer.
async fn node_asked(known: Data<Known>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let mut asked = Asked::of(&request, body);
    asked.host = Some(known.host.clone());
    if asked.path.starts_with("/signaling/") {
        asked.authorization = Some(format!("Bearer {}", known.token));
    } else {
        if asked.method == reqwest::Method::POST {
            tokio::time::sleep(PACE).await;
            name(&known, &mut asked);
        }
        asked.authorization = Some(format!("Bearer {}", known.identity.token(&known.did, &asked.body)));
    }
    relay::answer(relay::pass(&known.client, &format!("https://localhost:{}", known.port), &asked).await)
}

/// As a provider too, the kit gives the node's name for the transfer as the provider's, and a new name in each message
/// as the consumer's: that tells one message from the next, as `@id` does.
fn name(known: &Known, asked: &mut Asked) {
    let Ok(mut message) = serde_json::from_slice::<Value>(&asked.body) else { return };
    let Some(ours) = message["providerPid"].as_str().map(str::to_owned) else { return };
    if let Some(theirs) = known.names.lock().unwrap().get(&ours) {
        message["@id"] = message["consumerPid"].take();
        message["providerPid"] = theirs.as_str().into();
        message["consumerPid"] = ours.into();
        asked.body = message.to_string().into();
    }
}

/// From the node, to its data plane or its peer.
async fn kit_asked(known: Data<Known>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let asked = Asked { authorization: None, ..Asked::of(&request, body) };
    let answered = relay::pass(&known.client, &known.kit, &asked).await;
    if let (true, Some(answered)) = (asked.path == "/transfers/request", &answered) {
        let said: Value = serde_json::from_slice(&answered.body).unwrap_or_default();
        if let (Some(ours), Some(theirs)) = (said["consumerPid"].as_str(), said["providerPid"].as_str()) {
            known.names.lock().unwrap().insert(ours.to_owned(), theirs.to_owned());
        }
    }
    relay::answer(answered)
}
