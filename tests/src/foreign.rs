//! A peer of another make: it proves who it is by its DID, and signs, binds and numbers nothing else.
//!
//! It answers each message as it was told to, else with an empty 200, and keeps what it received.

use std::collections::HashMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::authority;
use crate::edc::identity::Identity;
use crate::member::Member;

const CONTEXT: &str = "https://w3id.org/dspace/2025/1/context.jsonld";

/// What it answers once.
#[derive(Clone)]
pub enum Says {
    Json(u16, Value),
    /// A page, and the address of the next one.
    Page(Value, String),
    /// Bytes in pieces, without saying how many there will be.
    Pieces(Vec<Bytes>),
}

#[derive(Default)]
struct Script {
    answers: HashMap<String, Vec<Says>>,
    received: Vec<(String, Value)>,
    authorizations: Vec<(String, String)>,
}

/// The peer, listening.
pub struct Foreign {
    pub base: String,
    identity: Arc<Identity>,
    script: Arc<Mutex<Script>>,
}

struct State {
    identity: Arc<Identity>,
    script: Arc<Mutex<Script>>,
}

impl Foreign {
    pub fn start() -> Self {
        let _already = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let identity = Arc::new(Identity::new(&base));
        let script = Arc::new(Mutex::new(Script::default()));
        let state = Data::new(State { identity: Arc::clone(&identity), script: Arc::clone(&script) });
        let server =
            HttpServer::new(move || App::new().app_data(state.clone()).default_service(web::to(serve)))
                .workers(1)
                .disable_signals()
                .listen_rustls_0_23(listener, authority::server())
                .unwrap()
                .run();
        tokio::spawn(server);
        Self { base, identity, script }
    }

    pub fn did(&self) -> &str {
        self.identity.did()
    }

    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Where messages are sent to it.
    pub fn callback(&self) -> String {
        format!("{}/2025-1", self.base)
    }

    /// Answers the next request to a path that ends so.
    pub fn answers(&self, path: &str, says: Says) {
        self.script.lock().unwrap().answers.entry(path.to_owned()).or_default().push(says);
    }

    /// Messages received so far at paths that end so.
    pub fn received(&self, path: &str) -> Vec<Value> {
        let script = self.script.lock().unwrap();
        script.received.iter().filter(|(at, _)| at.ends_with(path)).map(|(_, body)| body.clone()).collect()
    }

    /// What requests to paths that end so proved their right with.
    pub fn authorizations(&self, path: &str) -> Vec<String> {
        let script = self.script.lock().unwrap();
        script.authorizations.iter().filter(|(at, _)| at.ends_with(path)).map(|(_, a)| a.clone()).collect()
    }

    /// Waits for the nth message to paths that end so.
    pub async fn wait(&self, path: &str, nth: usize) -> Value {
        for _ in 0..1500 {
            if let Some(found) = self.received(path).get(nth - 1) {
                return found.clone();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no {nth}. message to {path}; received: {:?}", self.script.lock().unwrap().received)
    }

    /// A message to a member of ours; `@context` is added.
    pub async fn say(&self, to: &Member, path: &str, mut message: Value) -> Answer {
        message["@context"] = json!([CONTEXT]);
        let body = serde_json::to_vec(&message).unwrap();
        let bearer = format!("Bearer {}", self.identity.token(&to.did, &body));
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        to.raw(Method::POST.as_str().parse().unwrap(), &format!("/dsp/2025-1{path}"), &headers, body).await
    }

    /// Shows one dataset with one free offer, under these names; gives the offer.
    pub fn offers(&self, dataset: &str, offer: &str) -> Value {
        let policy = json!({"@id": offer, "@type": "Offer", "permission": [{"action": "use"}]});
        let shown = json!({
            "@context": [CONTEXT], "@id": dataset, "@type": "Dataset", "hasPolicy": [policy],
            "distribution": [{"@type": "Distribution", "format": "HttpData-PULL", "accessService": "s"}],
        });
        self.answers(&format!("/catalog/datasets/{dataset}"), Says::Json(200, shown));
        policy
    }
}

async fn serve(state: Data<State>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let path = request.path().to_owned();
    match path.as_str() {
        "/.well-known/did.json" => return HttpResponse::Ok().json(state.identity.document()),
        "/.well-known/dspace-version" if !state.script.lock().unwrap().answers.contains_key(&path) => {
            let versions = json!([{"version": "2025-1", "path": "/2025-1", "binding": "HTTPS"}]);
            return HttpResponse::Ok().json(json!({"protocolVersions": versions}));
        }
        _ => {}
    }
    let mut script = state.script.lock().unwrap();
    script.received.push((path.clone(), serde_json::from_slice(&body).unwrap_or_default()));
    let said = request.headers().get("authorization").and_then(|v| v.to_str().ok()).unwrap_or_default();
    script.authorizations.push((path.clone(), said.to_owned()));
    let told = script.answers.iter_mut().find(|(at, says)| path.ends_with(at.as_str()) && !says.is_empty());
    let says = told.map(|(_, says)| says.remove(0));
    drop(script);
    match says {
        None if request.method() == Method::GET => HttpResponse::NotFound().finish(),
        None => HttpResponse::Ok().finish(),
        Some(Says::Json(status, body)) => {
            HttpResponse::build(StatusCode::from_u16(status).unwrap()).json(body)
        }
        Some(Says::Page(body, next)) => {
            HttpResponse::Ok().insert_header(("link", format!("<{next}>; rel=\"next\""))).json(body)
        }
        Some(Says::Pieces(pieces)) => {
            let pieces = futures_util::stream::iter(pieces.into_iter().map(Ok::<_, std::io::Error>));
            HttpResponse::Ok().streaming(pieces.boxed())
        }
    }
}

/// A claim of a token, which is not verified.
pub fn claim(jwt: &str, name: &str) -> String {
    let payload = jwt.split('.').nth(1).unwrap_or_default();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    claims[name].as_str().unwrap_or_default().to_owned()
}
