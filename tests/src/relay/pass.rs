//! One request passed on, and its answer.

use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};

/// Headers that are passed on, besides those of the connection.
const HEADERS: [&str; 8] =
    ["content-type", "link", "location", "dpop", "range", "retry-after", "cache-control", "fiducie-seal"];

/// A request on its way.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: reqwest::Method,
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
            method: request.method().as_str().parse().unwrap(),
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
    let mut request =
        client.request(asked.method.clone(), format!("{base}{}", asked.path)).body(asked.body.clone());
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
