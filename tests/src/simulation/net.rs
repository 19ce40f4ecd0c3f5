//! The network as a node sees it: what it calls waits for an answer that the simulation gives, or not.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use node::peer::{SendError, Transport};
use reqwest::{Body, Request, Response};
use tokio::sync::{mpsc, oneshot};

/// A request on its way, as bytes.
#[derive(Debug, Clone)]
pub struct Sent {
    pub method: String,
    pub host: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Sent {
    fn of(request: &Request) -> Self {
        let url = request.url();
        let headers = request.headers().iter();
        Self {
            method: request.method().to_string(),
            host: url.host_str().unwrap_or_default().to_owned(),
            path: url[url::Position::BeforePath..url::Position::AfterQuery].to_owned(),
            headers: headers
                .map(|(n, v)| (n.to_string(), v.to_str().unwrap_or_default().to_owned()))
                .collect(),
            body: request.body().and_then(Body::as_bytes).unwrap_or_default().to_vec(),
        }
    }
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }
    /// A request for bytes of a dataset.
    pub fn is_data(&self) -> bool {
        self.path.starts_with("/data/")
    }
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answered {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answered {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
    /// Whether the same may succeed later: as `peer::client::Answer::is_transient`.
    pub fn is_transient(&self) -> bool {
        matches!(self.status, 408 | 425 | 429 | 500..=599)
    }
    pub fn response(self) -> Response {
        let mut made = ::http::Response::builder().status(self.status);
        for (name, value) in self.headers {
            made = made.header(name, value);
        }
        Response::from(made.body(Body::from(self.body)).expect("headers were headers before"))
    }
}

/// A call that waits for its answer.
#[derive(Debug)]
pub struct Call {
    pub sent: Sent,
    pub reply: oneshot::Sender<Result<Response, SendError>>,
}

/// DID documents by host: public, the same for everybody, answered at once.
pub type Documents = Arc<Mutex<HashMap<String, Vec<u8>>>>;

#[derive(Debug)]
pub struct Wire {
    calls: mpsc::UnboundedSender<Call>,
    documents: Documents,
}

impl Wire {
    pub fn new(documents: Documents) -> (Self, mpsc::UnboundedReceiver<Call>) {
        let (calls, waiting) = mpsc::unbounded_channel();
        (Self { calls, documents }, waiting)
    }
}

impl Transport for Wire {
    fn carry(&self, request: Request) -> BoxFuture<'static, Result<Response, SendError>> {
        let sent = Sent::of(&request);
        let host = sent.host.clone();
        if sent.path.ends_with("/did.json") {
            let known = self.documents.lock().unwrap_or_else(PoisonError::into_inner).get(&host).cloned();
            let headers = vec![("content-type".into(), "application/json".into())];
            let (status, body) = known.map_or((404, Vec::new()), |body| (200, body));
            return Box::pin(async move { Ok(Answered { status, headers, body }.response()) });
        }
        let (reply, answer) = oneshot::channel();
        let _ = self.calls.send(Call { sent, reply });
        // Nobody answers: the connection is gone.
        Box::pin(async move { answer.await.unwrap_or(Err(SendError::Timeout { host })) })
    }
}
