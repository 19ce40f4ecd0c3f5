//! Between the kit and the node: TLS for the node, plain HTTP for the kit's resolution of DIDs, a trigger for the
//! verifier's cases, and the translations that [`super::relaxed`] names.

use std::net::TcpListener;

use actix_web::dev::ServerHandle;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use contracts::dsp::catalog::CatalogRequestMessage;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::mux;
use super::relaxed::Relaxed;
use crate::relay::{self, Answered, Asked};
use crate::{authority, member};

/// Names of profiles, and what the early kit calls them.
const FORMATS: [(&str, &str); 2] = [("vc11-sl2021/jwt", "VC1_0_JWT"), ("vc20-bssl/jwt", "VC2_0_JOSE")];

/// Both sides' listeners.
pub struct Front {
    handles: Vec<ServerHandle>,
    muxes: [JoinHandle<()>; 2],
}

/// Where everybody is.
#[derive(Clone)]
pub struct Places {
    /// The node's public port, and where it listens itself.
    pub public: u16,
    pub node: u16,
    /// The kit's public port is known by its socket; where it listens itself.
    pub kit: u16,
}

struct Known {
    client: reqwest::Client,
    places: Places,
    relaxed: Relaxed,
}

impl Front {
    /// Stands before the node at one socket and before the kit at the other.
    pub fn start(node: TcpListener, kit: TcpListener, places: Places, relaxed: Relaxed) -> Self {
        let known = Data::new(Known { client: member::client(), places: places.clone(), relaxed });
        let mut handles = Vec::new();
        let mut serve = |to_node: bool, tls: bool| {
            let (known, listener) = (known.clone(), TcpListener::bind("127.0.0.1:0").unwrap());
            let port = listener.local_addr().unwrap().port();
            let server = HttpServer::new(move || {
                let app = App::new().app_data(known.clone());
                match to_node {
                    true => {
                        app.route("/trigger", web::post().to(trigger)).default_service(web::to(pass_to_node))
                    }
                    false => app.default_service(web::to(pass_to_kit)),
                }
            });
            let server = server.workers(1).disable_signals();
            let server = match tls {
                true => server.listen_rustls_0_23(listener, authority::server()).unwrap(),
                false => server.listen(listener).unwrap(),
            };
            handles.push(relay::run(server.run()));
            port
        };
        let muxes = [
            mux::start(node, serve(true, true), serve(true, false)),
            // The kit resolves its own DIDs too: what it says itself needs no translation.
            mux::start(kit, serve(false, true), places.kit),
        ];
        Self { handles, muxes }
    }

    pub async fn stop(self) {
        self.muxes.iter().for_each(JoinHandle::abort);
        for handle in self.handles {
            handle.stop(false).await;
        }
    }
}

async fn pass_to_node(known: Data<Known>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let body = formats(&known, body, |ours, theirs| (theirs, ours));
    relay::answer(to_node(&known, Asked::of(&request, body)).await)
}

/// A call of the protocol with the kit's token. What the kit posts is JSON-LD without a context: the message is ours.
async fn trigger(known: Data<Known>, request: HttpRequest) -> HttpResponse {
    let message = serde_json::to_vec(&CatalogRequestMessage::new()).unwrap();
    let mut asked = Asked::of(&request, message.into());
    asked.path = "/dsp/2025-1/catalog/request".into();
    relay::answer(to_node(&known, asked).await)
}

async fn to_node(known: &Known, mut asked: Asked) -> Option<Answered> {
    asked.host = Some(format!("localhost:{}", known.places.public));
    let mut answered =
        relay::pass(&known.client, &format!("https://localhost:{}", known.places.node), &asked).await?;
    if asked.path.ends_with("/did.json") {
        answered.body = plain(&answered.body);
    }
    Some(answered)
}

async fn pass_to_kit(known: Data<Known>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let body = formats(&known, body, |ours, theirs| (ours, theirs));
    let asked = Asked::of(&request, body);
    let mut answered =
        relay::pass(&known.client, &format!("http://127.0.0.1:{}", known.places.kit), &asked).await;
    if let Some(answered) = answered.as_mut().filter(|_| asked.path.ends_with("/did.json"))
        && known.relaxed.no_relationships()
    {
        answered.body = related(&answered.body);
    }
    // A case that has ended listens no more: what comes late must not be sent again into the next one.
    if asked.method == reqwest::Method::POST
        && asked.path.ends_with("/credentials")
        && answered.as_ref().is_none_or(|a| a.status == 404)
    {
        return HttpResponse::Gone().finish();
    }
    relay::answer(answered)
}

/// A message with the names of profiles of whom it goes to.
fn formats(
    known: &Known,
    body: Bytes,
    order: fn(&'static str, &'static str) -> (&'static str, &'static str),
) -> Bytes {
    if !known.relaxed.own_format_names() {
        return body;
    }
    let Ok(mut message) = serde_json::from_slice::<Value>(&body) else { return body };
    let Some(credentials) = message.get_mut("credentials").and_then(Value::as_array_mut) else { return body };
    for credential in credentials {
        for (ours, theirs) in FORMATS {
            let (from, to) = order(ours, theirs);
            if credential["format"] == from {
                credential["format"] = to.into();
            }
        }
    }
    message.to_string().into()
}

/// A DID document whose keys have no members that the kit's reader stops at.
fn plain(document: &[u8]) -> Bytes {
    let mut document: Value = serde_json::from_slice(document).unwrap_or_default();
    for method in document["verificationMethod"].as_array_mut().into_iter().flatten() {
        method.as_object_mut().map(|members| members.remove("fiducie:validity"));
    }
    document.to_string().into()
}

/// A DID document that says of its keys what they are for: everything.
fn related(document: &[u8]) -> Bytes {
    let mut document: Value = serde_json::from_slice(document).unwrap_or_default();
    let methods = document["verificationMethod"].as_array().cloned().unwrap_or_default();
    let ids: Vec<Value> = methods.iter().map(|method| method["id"].clone()).collect();
    for relationship in ["authentication", "assertionMethod", "capabilityInvocation"] {
        document[relationship] = json!(ids);
    }
    document.to_string().into()
}
