//! `/sparql`: questions about this member's catalogue (SPARQL 1.1 Protocol, query operation), as the caller may know it.

use std::borrow::Cow;

use actix_web::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, VARY};
use actix_web::middleware::{Compat, Compress};
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use contracts::api::Problem;
use utoipa::IntoParams;

use super::body;
use super::catalog::quality;
use super::member::At;
use super::problem::Failure;
use super::search::searcher;
use crate::app::catalogue::search::Searcher;
use crate::app::catalogue::sparql::{Refused, ask};
use crate::app::{App, Error, Hosted};
use crate::graph::Format;
use crate::graph::sparql::{Accepted, ResultFormat};
use crate::text::say;

const FORM: &str = "application/x-www-form-urlencoded";
const QUERY: &str = "application/sparql-query";

/// As documented; read by [`query`].
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters, which are read by hand")]
pub struct Parameters {
    /// A query of SPARQL 1.1 that reads. Neither `SERVICE` nor `FROM`; nothing is fetched.
    #[param(
        example = "SELECT ?dataset ?title { ?dataset a <http://www.w3.org/ns/dcat#Dataset> ; <http://purl.org/dc/terms/title> ?title } LIMIT 10"
    )]
    query: String,
}

pub fn routes(service: &mut ServiceConfig) {
    let resource = web::resource("/sparql").route(web::get().to(get)).route(web::post().to(post));
    service.service(resource.wrap(Compat::new(Compress::default())));
}

/// Answers a query about the catalogue, as far as the caller may know it.
#[utoipa::path(get, path = "/sparql", tag = "catalog", params(Parameters),
    responses((status = 200, content((Object = "application/sparql-results+json"), (String = "application/sparql-results+xml"),
        (String = "text/csv"), (String = "text/tab-separated-values"), (String = "text/turtle"), (Object = "application/ld+json"))),
    (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn get(app: Data<App>, At(hosted): At, req: HttpRequest) -> Result<HttpResponse, Failure> {
    let query = query(req.query_string())?;
    answer(app, hosted, &req, query, b"").await
}

/// As by `GET`, for longer queries: as a form, or as the body itself.
#[utoipa::path(post, path = "/sparql", tag = "catalog",
    request_body(content((String = "application/sparql-query"))),
    responses((status = 200, content((Object = "application/sparql-results+json"), (String = "application/sparql-results+xml"),
        (String = "text/csv"), (String = "text/tab-separated-values"), (String = "text/turtle"), (Object = "application/ld+json"))),
    (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    app: Data<App>,
    At(hosted): At,
    req: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Failure> {
    let bytes = body::read(&req, payload.into_inner(), &[QUERY, FORM]).await?;
    let text = std::str::from_utf8(&bytes);
    let text = text.map_err(|e| Error::malformed(say("malformed.parameter").with("value", e), "body"))?;
    let query = match req.content_type().eq_ignore_ascii_case(FORM) {
        true => query(text)?,
        false => text.to_owned(),
    };
    answer(app, hosted, &req, query, &bytes).await
}

/// The query among the parameters of a request; no other does anything here.
fn query(parameters: &str) -> Result<String, Error> {
    let mut found = None;
    for (name, value) in url::form_urlencoded::parse(parameters.as_bytes()) {
        match (&*name, &found) {
            ("query", None) => found = Some(Cow::into_owned(value)),
            ("default-graph-uri" | "named-graph-uri", _) => {
                return Err(Error::Unsupported(say("sparql.from")));
            }
            ("update" | "using-graph-uri" | "using-named-graph-uri", _) => {
                return Err(Error::Unsupported(say("sparql.update")));
            }
            _ => {
                let name: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
                let said = say("malformed.unknown-parameter").with("name", name);
                return Err(Error::malformed(said.with("known", "query"), "query"));
            }
        }
    }
    found.ok_or_else(|| Error::malformed(say("sparql.missing"), "query"))
}

async fn answer(
    app: Data<App>,
    hosted: std::sync::Arc<Hosted>,
    req: &HttpRequest,
    query: String,
    body: &[u8],
) -> Result<HttpResponse, Failure> {
    let asker = match searcher(&app, &hosted, req, body).await? {
        Searcher::Participant(did) => Some(did),
        Searcher::Anonymous | Searcher::Member => None,
    };
    let private = asker.is_some();
    let answered = ask(&app.into_inner(), &hosted, asker, query, accepted(req)).await;
    let (content_type, bytes) = match answered {
        Ok(answered) => answered,
        Err(Refused::Error(error)) => return Err(error.into()),
        Err(Refused::NotAcceptable) => return Ok(not_acceptable()),
    };
    Ok(HttpResponse::Ok()
        .insert_header((VARY, "Accept, Authorization"))
        .insert_header((CACHE_CONTROL, if private { "private, no-cache" } else { "public, no-cache" }))
        .insert_header((CONTENT_TYPE, content_type))
        .body(bytes))
}

/// The formats that the caller takes; JSON and JSON-LD when it is all the same.
fn accepted(req: &HttpRequest) -> Accepted {
    let accept: Vec<&str> = req.headers().get_all(ACCEPT).filter_map(|value| value.to_str().ok()).collect();
    let accept = if accept.is_empty() { "*/*".to_owned() } else { accept.join(",") };
    Accepted {
        rows: best(&accept, &ResultFormat::ALL, |format| match format {
            ResultFormat::Json => vec![format.media_type(), "application/json"],
            ResultFormat::Xml => vec![format.media_type(), "application/xml"],
            ResultFormat::Csv | ResultFormat::Tsv => vec![format.media_type()],
        }),
        graph: best(&accept, &Format::ALL, |format| format.media_types().to_vec()),
    }
}

fn best<T: Copy>(accept: &str, all: &[T], names: impl Fn(T) -> Vec<&'static str>) -> Option<T> {
    let mut best = (0.0_f32, None);
    for one in all {
        let of_one = names(*one).into_iter().map(|name| quality(accept, name)).fold(0.0, f32::max);
        if of_one > best.0 {
            best = (of_one, Some(*one));
        }
    }
    best.1
}

fn not_acceptable() -> HttpResponse {
    let rows = ResultFormat::ALL.iter().map(|format| format.media_type());
    let graph = Format::ALL.iter().filter_map(|format| format.media_types().first().copied());
    let known: Vec<&str> = rows.chain(graph).collect();
    HttpResponse::NotAcceptable().insert_header((VARY, "Accept")).body(format!("{}\n", known.join("\n")))
}
