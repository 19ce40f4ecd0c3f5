//! One https address before everything: our nodes behind it as behind any reverse proxy, EDC, files, sinks and events.
//!
//! A message from EDC to a node carries EDC's stand-in for an identity; it goes on with a token of the participant's
//! DID. A message from a node to EDC carries our token; it is verified and goes on with the stand-in. Bodies go
//! through as they are.

use std::path::Path;
use std::sync::{Arc, PoisonError};

use actix_web::body::{BoxBody, SizedStream};
use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use futures_util::StreamExt;
use reqwest::header::{AUTHORIZATION, CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};

use super::identity::Mock;
use super::site::{Passed, Site, Sites};
use crate::authority;

/// Largest body passed on.
const LARGEST: usize = 512 << 20;

/// The gateway, listening.
pub struct Gateway {
    pub port: u16,
    /// Where the same is served without TLS, for what EDC reads on its own machine.
    pub plain: u16,
    pub sites: Arc<Sites>,
    server: ServerHandle,
}

struct State {
    sites: Arc<Sites>,
    http: reqwest::Client,
    host: String,
}

impl Gateway {
    pub fn start(folder: &Path) -> Self {
        let _already = rustls::crypto::aws_lc_rs::default_provider().install_default();
        std::fs::create_dir_all(folder).unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let inner = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let plain = inner.local_addr().unwrap().port();
        let sites = Arc::new(Sites::default());
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let state = Data::new(State {
            sites: Arc::clone(&sites),
            http: http.build().unwrap(),
            host: format!("localhost:{port}"),
        });
        let server =
            HttpServer::new(move || App::new().app_data(state.clone()).default_service(web::to(serve)))
                .workers(2)
                .disable_signals()
                .listen_rustls_0_23(listener, authority::server())
                .unwrap()
                .listen(inner)
                .unwrap()
                .run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { port, plain, sites, server: handle }
    }

    /// The address of a name, or of `files`, `sink` and `events`.
    pub fn url(&self, path: &str) -> String {
        format!("https://localhost:{}/{path}", self.port)
    }

    pub async fn stop(self) {
        self.server.stop(false).await;
    }
}

async fn serve(state: Data<State>, request: HttpRequest, body: web::Payload) -> HttpResponse {
    let path = request.path().to_owned();
    let (name, rest) = path[1..].split_once('/').unwrap_or((&path[1..], ""));
    if name == "drain" {
        return match drain(body).await {
            Ok(bytes) => {
                state.sites.keep(&path, Bytes::from(bytes.to_string()), Vec::new());
                HttpResponse::Ok().finish()
            }
            Err(why) => HttpResponse::BadRequest().body(why),
        };
    }
    let Ok(Ok(body)) = body.to_bytes_limited(LARGEST).await else {
        return HttpResponse::PayloadTooLarge().finish();
    };
    match name {
        "zeros" => zeros(rest.parse().unwrap_or(0)),
        "events" => {
            state.sites.happened(&body);
            HttpResponse::Ok().finish()
        }
        "files" => match state.sites.file(rest) {
            Some(content) => HttpResponse::Ok().content_type("application/octet-stream").body(content),
            None => HttpResponse::NotFound().finish(),
        },
        "sink" => {
            let headers = request.headers().iter();
            let headers =
                headers.map(|(n, v)| (n.to_string(), v.to_str().unwrap_or_default().to_owned())).collect();
            state.sites.keep(&path, body, headers);
            HttpResponse::Ok().finish()
        }
        name => match forward(&state, name, rest, &request, body).await {
            Ok(answer) => answer,
            Err((status, why)) => HttpResponse::build(status).body(why),
        },
    }
}

/// Takes everything and keeps nothing but how much it was.
async fn drain(mut body: web::Payload) -> Result<u64, String> {
    let mut bytes = 0;
    while let Some(piece) = body.next().await {
        bytes += piece.map_err(|e| e.to_string())?.len() as u64;
    }
    Ok(bytes)
}

/// So many million bytes.
fn zeros(megabytes: u64) -> HttpResponse {
    let piece = Bytes::from(vec![0; 1_000_000]);
    let pieces =
        futures_util::stream::iter(0..megabytes).map(move |_| Ok::<_, std::io::Error>(piece.clone()));
    HttpResponse::Ok().body(BoxBody::new(SizedStream::new(megabytes * 1_000_000, pieces)))
}

type Failure = (StatusCode, String);

async fn forward(
    state: &State,
    name: &str,
    rest: &str,
    request: &HttpRequest,
    body: Bytes,
) -> Result<HttpResponse, Failure> {
    let said = request.headers().get("authorization").and_then(|v| v.to_str().ok()).map(str::to_owned);
    let query = request.uri().query().map(|q| format!("?{q}")).unwrap_or_default();
    let whole = request.uri().path();
    let (url, authorization) = match whom(state, name, rest, said.as_deref(), &body)? {
        Goes::Document(document) => return Ok(document),
        Goes::Node { port, authorization } => {
            (format!("http://127.0.0.1:{port}{whole}{query}"), authorization)
        }
        Goes::Proxy { port } => {
            let below = whole.strip_prefix(&format!("/{name}/public")).unwrap_or_default();
            (format!("http://127.0.0.1:{port}/public{below}{query}"), said)
        }
        Goes::Edc { port, did } => {
            let authorization = match &said {
                Some(header) => Some(Mock::header(&verified(state, name, header, &body).await?, &did)),
                None => None,
            };
            let below = whole.strip_prefix(&format!("/{name}")).unwrap_or_default();
            (format!("http://127.0.0.1:{port}/protocol{below}{query}"), authorization)
        }
    };
    let method = reqwest::Method::from_bytes(request.method().as_str().as_bytes())
        .map_err(|e| (StatusCode::BAD_REQUEST, e.to_string()))?;
    let message = (request.method() == "POST").then(|| serde_json::from_slice(&body).ok()).flatten();
    let mut onward = state.http.request(method, url).body(body);
    for (name, value) in request.headers() {
        if [HOST, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING]
            .iter()
            .all(|left| left.as_str() != name.as_str())
        {
            onward = onward.header(name.as_str(), value.as_bytes());
        }
    }
    onward = onward.header("x-forwarded-host", &state.host);
    if let Some(authorization) = authorization {
        onward = onward.header("authorization", authorization);
    }
    let answer = onward.send().await.map_err(|e| (StatusCode::BAD_GATEWAY, e.to_string()))?;
    if let Some(body) = message {
        let status = answer.status().as_u16();
        state.sites.note(Passed { to: name.to_owned(), path: rest.to_owned(), body, status });
    }
    Ok(back(answer))
}

enum Goes {
    Document(HttpResponse),
    Node { port: u16, authorization: Option<String> },
    Edc { port: u16, did: String },
    Proxy { port: u16 },
}

/// Where a request goes on to, with which authorization. EDC's word for itself is taken only for names it has here.
fn whom(state: &State, name: &str, rest: &str, said: Option<&str>, body: &[u8]) -> Result<Goes, Failure> {
    let sites = state.sites.named.read().unwrap_or_else(PoisonError::into_inner);
    let site = sites.get(name).ok_or_else(|| (StatusCode::NOT_FOUND, format!("nothing at {name}")))?;
    Ok(match site {
        Site::Node { port, did } => {
            let mock =
                said.filter(|said| said.starts_with('{')).map(|said| Mock::caller(said).unwrap_or_default());
            let authorization = match mock {
                None => said.map(str::to_owned),
                Some(caller) => {
                    let identity = sites.values().find_map(|site| match site {
                        Site::Edc { identity, .. } if identity.did() == caller => Some(identity),
                        _ => None,
                    });
                    let identity =
                        identity.ok_or_else(|| (StatusCode::UNAUTHORIZED, format!("no `{caller}` here")))?;
                    Some(format!("Bearer {}", identity.token(did, body)))
                }
            };
            Goes::Node { port: *port, authorization }
        }
        Site::Edc { identity, .. } if rest == "did.json" => {
            Goes::Document(HttpResponse::Ok().json(identity.document()))
        }
        Site::Edc { public, .. } if rest.starts_with("public") => Goes::Proxy { port: *public },
        Site::Edc { identity, protocol, .. } => Goes::Edc { port: *protocol, did: identity.did().to_owned() },
    })
}

/// The sender of a message to EDC, by its token.
async fn verified(state: &State, name: &str, header: &str, body: &[u8]) -> Result<String, Failure> {
    let refused = |why: String| (StatusCode::UNAUTHORIZED, why);
    let token = header.strip_prefix("Bearer ").ok_or_else(|| refused("no bearer token".into()))?;
    let nodes: Vec<String> = {
        let sites = state.sites.named.read().unwrap_or_else(PoisonError::into_inner);
        let nodes = sites.iter().filter_map(|(name, site)| match site {
            Site::Node { port, .. } => Some(format!("http://127.0.0.1:{port}/{name}/did.json")),
            Site::Edc { .. } => None,
        });
        nodes.collect()
    };
    let mut why = "no member with that DID".to_owned();
    for url in nodes {
        let asked = state.http.get(url).header("x-forwarded-host", &state.host).send().await;
        let Ok(document) = (match asked {
            Ok(answer) => answer.bytes().await,
            Err(e) => Err(e),
        }) else {
            continue;
        };
        let sites = state.sites.named.read().unwrap_or_else(PoisonError::into_inner);
        let Some(Site::Edc { identity, .. }) = sites.get(name) else { continue };
        match identity.caller(token, body, &document) {
            Ok(caller) => return Ok(caller),
            Err(said) => why = said,
        }
    }
    Err(refused(why))
}

/// An answer on its way back, piece by piece; when it breaks off, so does ours.
fn back(answer: reqwest::Response) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status().as_u16()).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut response = HttpResponse::build(status);
    for (name, value) in answer.headers() {
        if ![CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING].contains(name) {
            response.append_header((name.as_str(), value.as_bytes()));
        }
    }
    let length = answer.content_length();
    let pieces = answer.bytes_stream().map(|piece| piece.map_err(std::io::Error::other));
    match length {
        Some(length) => response.body(BoxBody::new(SizedStream::new(length, pieces))),
        None => response.streaming(pieces),
    }
}
