//! Between the kit and the node. The kit listens for plain HTTP and proves nothing; the node speaks TLS to peers that
//! sign what they say. Here each gets what it needs, and no message is changed.

use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use crate::authority;
use crate::edc::identity::Identity;
use crate::relay::Asked;
use crate::{member, relay};

/// What the kit asks this node to begin.
#[derive(Debug)]
pub enum Trigger {
    Negotiation(Value),
    Transfer(Value),
}

/// Both listeners.
pub struct Front {
    handles: [ServerHandle; 2],
}

/// What the listeners know.
struct Known {
    client: reqwest::Client,
    identity: Arc<Identity>,
    node: Node,
    /// Where the kit listens.
    kit: String,
    triggers: UnboundedSender<Trigger>,
}

/// The node under test.
pub struct Node {
    pub did: String,
    /// Its public host, which is ours, and the port where it listens itself.
    pub host: String,
    pub port: u16,
}

/// The two sockets, bound before anything is configured with their addresses.
pub struct Sockets {
    /// The node's public address.
    pub node: TcpListener,
    /// The kit's.
    pub kit: TcpListener,
}

impl Front {
    /// Serves both sides until [`Self::stop`].
    pub fn start(
        sockets: Sockets,
        identity: Arc<Identity>,
        node: Node,
        kit: String,
        triggers: UnboundedSender<Trigger>,
    ) -> Self {
        let client = member::client();
        let known = Data::new(Known { client, identity, node, kit, triggers });
        let to_node = {
            let known = known.clone();
            let server = HttpServer::new(move || {
                App::new()
                    .app_data(known.clone())
                    .route("/trigger/negotiation", web::post().to(negotiation))
                    .route("/trigger/transfer", web::post().to(transfer))
                    .default_service(web::to(to_node))
            });
            relay::run(server.workers(2).listen_rustls_0_23(sockets.node, authority::server()).unwrap().run())
        };
        let to_kit = {
            let server = HttpServer::new(move || {
                App::new()
                    .app_data(known.clone())
                    .route("/.well-known/did.json", web::get().to(document))
                    .route("/.well-known/dspace-version", web::get().to(versions))
                    .route("/dsp/2025-1/catalog/datasets/{id}", web::get().to(dataset))
                    .default_service(web::to(to_kit))
            });
            relay::run(server.workers(2).listen_rustls_0_23(sockets.kit, authority::server()).unwrap().run())
        };
        Self { handles: [to_node, to_kit] }
    }

    pub async fn stop(self) {
        for handle in self.handles {
            handle.stop(false).await;
        }
    }
}

async fn negotiation(known: Data<Known>, body: web::Json<Value>) -> HttpResponse {
    let _ = known.triggers.send(Trigger::Negotiation(body.into_inner()));
    HttpResponse::Ok().finish()
}

async fn transfer(known: Data<Known>, body: web::Json<Value>) -> HttpResponse {
    let _ = known.triggers.send(Trigger::Transfer(body.into_inner()));
    HttpResponse::Ok().finish()
}

async fn document(known: Data<Known>) -> HttpResponse {
    HttpResponse::Ok().json(known.identity.document())
}

/// The kit serves one version, and does not list it for others.
async fn versions() -> HttpResponse {
    let version = json!({"version": "2025-1", "path": "/dsp/2025-1", "binding": "HTTPS"});
    HttpResponse::Ok().json(json!({"protocolVersions": [version]}))
}

/// What this node asks for before it negotiates. The kit takes the dataset from the offer's name.
async fn dataset(id: web::Path<String>) -> HttpResponse {
    let policy = json!({"@id": format!("offer{id}"), "@type": "Offer", "permission": [{"action": "use"}]});
    HttpResponse::Ok().json(json!({
        "@context": [contracts::dsp::CONTEXT], "@id": *id, "@type": "Dataset", "hasPolicy": [policy],
        "distribution": [{"@type": "Distribution", "format": super::cases::FORMAT, "accessService": "connector"}],
    }))
}

/// From the kit: with a token that names it and binds it to what it says.
async fn to_node(known: Data<Known>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let mut asked = Asked::of(&request, body);
    asked.authorization = Some(format!("Bearer {}", known.identity.token(&known.node.did, &asked.body)));
    asked.host = Some(known.node.host.clone());
    relay::answer(relay::pass(&known.client, &format!("https://localhost:{}", known.node.port), &asked).await)
}

/// From the node: the kit has no path before its own.
async fn to_kit(known: Data<Known>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let mut asked = Asked::of(&request, body);
    asked.path = asked.path.strip_prefix("/dsp/2025-1").unwrap_or(&asked.path).to_owned();
    asked.authorization = None;
    relay::answer(relay::pass(&known.client, &known.kit, &asked).await)
}
