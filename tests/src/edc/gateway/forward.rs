//! A request passed on, with the identity that the other side understands.

use actix_web::body::{BoxBody, SizedStream};
use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::StreamExt;
use reqwest::header::{AUTHORIZATION, CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};

use super::State;
use super::whom::{Goes, verified, whom};
use crate::edc::identity::Mock;
use crate::edc::site::Passed;

/// Status and cause.
pub(super) type Failure = (StatusCode, String);

pub(super) async fn forward(
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
