//! One https address before everything: our nodes behind it as behind any reverse proxy, EDC, files, sinks and events.
//!
//! A message from EDC to a node carries EDC's stand-in for an identity; it goes on with a token of the participant's
//! DID. A message from a node to EDC carries our token; it is verified and goes on with the stand-in. Bodies go
//! through as they are.

mod forward;
mod own;
mod whom;

use std::path::Path;
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};

use forward::forward;
use own::{drain, zeros};

use super::site::Sites;
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
