//! Between the kit and the node. The kit speaks plain HTTP; the node calls TLS only. And the kit's cases expect a
//! pace: a name that is slow to look up where they want an answer later, a sink that is slow to take bytes.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};

use crate::authority;
use crate::member;

/// What a dataset begins with whose bytes the sink takes at once, or only much later.
pub const FREE: &str = "free";
/// How long the kit looks at a flow before it may end.
const PACE: Duration = Duration::from_millis(1_500);
const HELD: Duration = Duration::from_secs(25);
/// Longer than the node waits with its answer for a name to be looked up.
const SLOW: Duration = Duration::from_secs(4);

struct Known {
    client: reqwest::Client,
    /// Where the kit listens, and the node.
    kit: String,
    node: String,
    /// Look-ups of the kit's identity take their time.
    slow: bool,
}

/// Both listeners.
pub struct Front {
    handles: [ServerHandle; 2],
}

impl Front {
    /// Serves the kit's https address, and a plain door to the node.
    pub fn start(to_kit: TcpListener, to_node: TcpListener, kit: String, node: String, slow: bool) -> Self {
        let known = Data::new(Known { client: member::client(), kit, node, slow });
        let again = known.clone();
        let kits = HttpServer::new(move || {
            App::new()
                .app_data(known.clone())
                .app_data(web::PayloadConfig::new(1 << 20))
                .route("/", web::post().to(sink))
                .default_service(web::to(kit_asked))
        });
        let nodes =
            HttpServer::new(move || App::new().app_data(again.clone()).default_service(web::to(node_asked)));
        let kits = run(kits
            .workers(2)
            .shutdown_timeout(1)
            .listen_rustls_0_23(to_kit, authority::server())
            .unwrap()
            .run());
        let nodes = run(nodes.workers(2).shutdown_timeout(1).listen(to_node).unwrap().run());
        Self { handles: [kits, nodes] }
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

/// A push to the kit's address, which has nothing there.
async fn sink(body: Bytes) -> HttpResponse {
    tokio::time::sleep(if body.starts_with(FREE.as_bytes()) { PACE } else { HELD }).await;
    HttpResponse::NoContent().finish()
}

async fn kit_asked(known: Data<Known>, request: HttpRequest, body: Bytes) -> HttpResponse {
    if known.slow && request.path().ends_with("/did.json") {
        tokio::time::sleep(SLOW).await;
    }
    pass(&known, &known.kit, &request, body).await
}

async fn node_asked(known: Data<Known>, request: HttpRequest, body: Bytes) -> HttpResponse {
    pass(&known, &known.node, &request, body).await
}

async fn pass(known: &Known, to: &str, request: &HttpRequest, body: Bytes) -> HttpResponse {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let method = reqwest::Method::from_bytes(request.method().as_str().as_bytes()).unwrap();
    let mut asked = known.client.request(method, format!("{to}{path}")).body(body);
    for name in ["content-type", "authorization"] {
        if let Some(value) = request.headers().get(name).and_then(|v| v.to_str().ok()) {
            asked = asked.header(name, value);
        }
    }
    let Ok(answer) = asked.send().await else { return HttpResponse::BadGateway().finish() };
    let status = StatusCode::from_u16(answer.status().as_u16()).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut response = HttpResponse::build(status);
    for name in ["content-type", "location"] {
        if let Some(value) = answer.headers().get(name).and_then(|v| v.to_str().ok()) {
            response.insert_header((name, value));
        }
    }
    match answer.bytes().await {
        Ok(body) => response.body(body),
        Err(_) => HttpResponse::BadGateway().finish(),
    }
}
