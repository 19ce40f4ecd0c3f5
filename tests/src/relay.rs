//! Stands before a node at its public address, passes everything on, and remembers what was said.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::dev::{Server, ServerHandle};
use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use serde_json::Value;

use crate::{authority, member};

/// Headers that are passed on, besides those of the connection.
const HEADERS: [&str; 5] = ["content-type", "link", "dpop", "range", "retry-after"];

/// A request on its way.
#[derive(Debug, Clone)]
pub struct Asked {
    pub post: bool,
    /// With its query.
    pub path: String,
    pub host: Option<String>,
    pub authorization: Option<String>,
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answered {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
}

impl Asked {
    pub fn of(request: &HttpRequest, body: Bytes) -> Self {
        let header =
            |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        Self {
            post: request.method() == actix_web::http::Method::POST,
            path: request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            host: None,
            authorization: header("authorization"),
            headers: HEADERS.into_iter().filter_map(|name| Some((name, header(name)?))).collect(),
            body,
        }
    }
}

/// Asks the same below another address; nothing when nobody answers there.
pub async fn pass(client: &reqwest::Client, base: &str, asked: &Asked) -> Option<Answered> {
    let method = if asked.post { reqwest::Method::POST } else { reqwest::Method::GET };
    let mut request = client.request(method, format!("{base}{}", asked.path)).body(asked.body.clone());
    let named = asked.headers.iter().map(|(name, value)| (*name, value));
    let more = [("host", &asked.host), ("authorization", &asked.authorization)];
    for (name, value) in named.chain(more.into_iter().filter_map(|(n, v)| Some((n, v.as_ref()?)))) {
        request = request.header(name, value);
    }
    let answer = request.send().await.ok()?;
    let header = |name: &str| answer.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let headers = HEADERS.into_iter().filter_map(|name| Some((name, header(name)?))).collect();
    let status = answer.status().as_u16();
    Some(Answered { status, headers, body: answer.bytes().await.ok()? })
}

/// The answer as a server gives it.
pub fn answer(answered: Option<Answered>) -> HttpResponse {
    let Some(answered) = answered else { return HttpResponse::BadGateway().finish() };
    let status = StatusCode::from_u16(answered.status).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut response = HttpResponse::build(status);
    for (name, value) in answered.headers {
        response.insert_header((name, value));
    }
    response.body(answered.body)
}

/// Runs a server beside everything else.
pub fn run(server: Server) -> ServerHandle {
    let handle = server.handle();
    tokio::spawn(server);
    handle
}

/// A question and its answer, as JSON where they are.
#[derive(Debug, Clone)]
pub struct Exchange {
    pub path: String,
    pub asked: Value,
    pub status: u16,
    pub answered: Value,
}

/// Before one node.
pub struct Relay {
    said: Arc<Mutex<Vec<Exchange>>>,
    handle: ServerHandle,
}

struct Known {
    client: reqwest::Client,
    host: String,
    base: String,
    said: Arc<Mutex<Vec<Exchange>>>,
}

impl Relay {
    /// `listener` is at the node's public address; the node itself listens on `port`.
    pub fn start(listener: TcpListener, port: u16) -> Self {
        let said = Arc::default();
        let host = format!("localhost:{}", listener.local_addr().unwrap().port());
        let known = Known {
            client: member::client(),
            host,
            base: format!("https://localhost:{port}"),
            said: Arc::clone(&said),
        };
        let known = Data::new(known);
        let server =
            HttpServer::new(move || App::new().app_data(known.clone()).default_service(web::to(pass_on)));
        let handle = run(server.workers(1).listen_rustls_0_23(listener, authority::server()).unwrap().run());
        Self { said, handle }
    }

    /// All so far.
    pub fn said(&self) -> Vec<Exchange> {
        self.said.lock().unwrap().clone()
    }

    pub async fn stop(&self) {
        self.handle.stop(false).await;
    }
}

async fn pass_on(known: Data<Known>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let asked = Asked { host: Some(known.host.clone()), ..Asked::of(&request, body) };
    let answered = pass(&known.client, &known.base, &asked).await;
    if let Some(answered) = &answered {
        let json = |bytes: &[u8]| serde_json::from_slice(bytes).unwrap_or(Value::Null);
        known.said.lock().unwrap().push(Exchange {
            path: asked.path,
            asked: json(&asked.body),
            status: answered.status,
            answered: json(&answered.body),
        });
    }
    answer(answered)
}
