//! Stands before a node at its public address, passes everything on, and remembers what was said.

mod pass;

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::dev::{Server, ServerHandle};
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use serde_json::Value;

pub use pass::{Answered, Asked, answer, pass};

use crate::{authority, member};

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
