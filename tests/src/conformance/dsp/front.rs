//! Between the kit and the node. The kit listens for plain HTTP and proves nothing; the node speaks TLS to peers that
//! sign what they say. Here each gets what it needs, and no message is changed.

use std::net::TcpListener;

use actix_web::dev::{Server, ServerHandle};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;

use super::participant::Participant;
use crate::{member, pki};

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
    participant: Participant,
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
        participant: Participant,
        node: Node,
        kit: String,
        triggers: UnboundedSender<Trigger>,
    ) -> Self {
        let client = member::client();
        let known = Data::new(Known { client, participant, node, kit, triggers });
        let to_node = {
            let known = known.clone();
            let server = HttpServer::new(move || {
                App::new()
                    .app_data(known.clone())
                    .route("/trigger/negotiation", web::post().to(negotiation))
                    .route("/trigger/transfer", web::post().to(transfer))
                    .default_service(web::to(to_node))
            });
            run(server.workers(2).listen_rustls_0_23(sockets.node, tls()).unwrap().run())
        };
        let to_kit = {
            let server = HttpServer::new(move || {
                App::new()
                    .app_data(known.clone())
                    .route("/.well-known/did.json", web::get().to(identity))
                    .route("/dsp/2025-1/catalog/datasets/{id}", web::get().to(dataset))
                    .default_service(web::to(to_kit))
            });
            run(server.workers(2).listen_rustls_0_23(sockets.kit, tls()).unwrap().run())
        };
        Self { handles: [to_node, to_kit] }
    }

    pub async fn stop(self) {
        for handle in self.handles {
            handle.stop(false).await;
        }
    }
}

fn run(server: Server) -> ServerHandle {
    let handle = server.handle();
    tokio::spawn(server);
    handle
}

/// With a certificate that the tests' nodes trust.
pub fn tls() -> ServerConfig {
    let (certificate, key) = pki::issue(&["localhost"]);
    let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap()
}

async fn negotiation(known: Data<Known>, body: web::Json<Value>) -> HttpResponse {
    let _ = known.triggers.send(Trigger::Negotiation(body.into_inner()));
    HttpResponse::Ok().finish()
}

async fn transfer(known: Data<Known>, body: web::Json<Value>) -> HttpResponse {
    let _ = known.triggers.send(Trigger::Transfer(body.into_inner()));
    HttpResponse::Ok().finish()
}

async fn identity(known: Data<Known>) -> HttpResponse {
    HttpResponse::Ok().json(known.participant.document())
}

async fn dataset(known: Data<Known>, id: web::Path<String>) -> HttpResponse {
    HttpResponse::Ok().json(known.participant.dataset(&id))
}

/// From the kit: with a token that names it and binds it to what it says.
async fn to_node(known: Data<Known>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let url = format!("https://localhost:{}{path}", known.node.port);
    let token = known.participant.token(&known.node.did, &body);
    pass(&known.client, &request, url, body, Some((&known.node.host, token))).await
}

/// From the node: the kit has no path before its own.
async fn to_kit(known: Data<Known>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let path = request.uri().path().strip_prefix("/dsp/2025-1").unwrap_or(request.uri().path());
    let url = format!("{}{path}", known.kit);
    pass(&known.client, &request, url, body, None).await
}

async fn pass(
    client: &reqwest::Client,
    request: &HttpRequest,
    url: String,
    body: Bytes,
    named: Option<(&str, String)>,
) -> HttpResponse {
    let method = if request.method() == Method::GET { reqwest::Method::GET } else { reqwest::Method::POST };
    let mut asked = client.request(method, &url).body(body);
    if let Some(kind) = request.headers().get("content-type").and_then(|v| v.to_str().ok()) {
        asked = asked.header("content-type", kind);
    }
    if let Some((host, token)) = named {
        asked = asked.header("host", host).bearer_auth(token);
    }
    let answer = match asked.send().await {
        Ok(answer) => answer,
        Err(_) => return HttpResponse::BadGateway().finish(),
    };
    let status = StatusCode::from_u16(answer.status().as_u16()).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut response = HttpResponse::build(status);
    for name in ["content-type", "link"] {
        if let Some(value) = answer.headers().get(name).and_then(|v| v.to_str().ok()) {
            response.insert_header((name, value));
        }
    }
    match answer.bytes().await {
        Ok(body) => response.body(body),
        Err(_) => HttpResponse::BadGateway().finish(),
    }
}
