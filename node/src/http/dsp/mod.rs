//! The Dataspace Protocol over HTTPS (2025-1), below `<base>/dsp/2025-1`. Both roles share one set of routes.

pub mod catalog;
mod negotiation;
mod transfer;

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use contracts::dsp::{self, Message, version::VersionResponse};
use contracts::id::Pid;
use serde_json::{Value, json};

use super::body;
use super::member::At;
use super::problem::Failure;
use crate::app::peer::{Answer, Caller, MessageKey};
use crate::app::{App, Error, Hosted};
use crate::text::{Lang, say};

/// Content types of messages (2025-1, 4.1: `application/json`; JSON-LD peers name theirs).
const TYPES: [&str; 2] = ["application/json", "application/ld+json"];

/// The protocol's routes; POST statics come before `{pid}`.
pub fn routes(service: &mut ServiceConfig) {
    service.route("/.well-known/dspace-version", web::get().to(version)).service(
        web::scope("/dsp/2025-1")
            .configure(catalog::routes)
            .configure(negotiation::routes)
            .configure(transfer::routes),
    );
}

async fn version(At(hosted): At) -> HttpResponse {
    HttpResponse::Ok().json(VersionResponse::ours(hosted.did().as_str()))
}

/// Who is calling, from the token and the body it is bound to. Its single use is spent with the first write.
pub async fn authenticate(
    app: &App,
    hosted: &Hosted,
    request: &HttpRequest,
    body: &[u8],
) -> Result<Caller, Failure> {
    Ok(super::peer::caller(request, app, hosted, body, false).await?)
}

/// A message received: who sent it, what it is, and how it is known when it is repeated.
struct Received<M> {
    app: Arc<App>,
    hosted: Arc<Hosted>,
    caller: Caller,
    message: M,
    key: MessageKey,
}

/// What every POST shares: body within limits, caller, message, repetition key.
async fn receive<M: Message>(
    app: Data<App>,
    hosted: Arc<Hosted>,
    request: &HttpRequest,
    payload: Payload,
    process: &str,
) -> Result<Received<M>, Failure> {
    let bytes = body::read(request, payload.into_inner(), &TYPES).await?;
    let caller = authenticate(&app, &hosted, request, &bytes).await?;
    let value: Value = body::parse(&bytes, app.config.limits.json_depth)?;
    let id = value.get("@id").and_then(Value::as_str).map(ToOwned::to_owned);
    let process = match process {
        "" => value.get("consumerPid").and_then(Value::as_str).unwrap_or_default().to_owned(),
        pid => pid.to_owned(),
    };
    let message = dsp::read_value::<M>(value)
        .map_err(|e| Error::malformed(say("malformed.message").with("what", e.what), "body"))?;
    let key = MessageKey::new(&process, id.as_deref(), &bytes);
    Ok(Received { app: app.into_inner(), hosted, caller, message, key })
}

/// Reads a process name of a path.
fn pid(text: &str) -> Result<Pid, Error> {
    Pid::from_segment(text).map_err(|e| Error::malformed(say("malformed.identifier").with("what", e), "path"))
}

/// The path and the body name the same process; peers must not act on one and mean another.
fn same_process(path: &Pid, named: [&Pid; 2]) -> Result<(), Error> {
    if named.contains(&path) {
        return Ok(());
    }
    Err(Error::malformed(say("malformed.other-process"), "/providerPid"))
}

fn answer(answer: Answer) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    HttpResponse::build(status).content_type("application/json").body(answer.body)
}

/// Stands in a refusal for a process that there is not: the schemas want both names.
const NO_PROCESS: &str = "urn:uuid:00000000-0000-0000-0000-000000000000";

/// A refusal in the protocol's own form: type, process names as far as they are known, code, reasons.
fn refusal(kind: &str, names: Option<(&str, &str)>, failure: &Failure) -> HttpResponse {
    let problem = failure.problem(Lang::En);
    // Section 7.3: an illegal transition is a 400.
    let status = match failure {
        Failure::App(Error::NotNow { .. }) => 400,
        _ => problem.status,
    };
    let mut reasons: Vec<Value> = problem.detail.iter().map(|d| json!(d)).collect();
    reasons.extend(problem.reasons.iter().map(|r| json!(r)));
    if reasons.is_empty() {
        reasons.push(json!(problem.title));
    }
    let mut body = json!({
        "@context": [dsp::CONTEXT],
        "@type": kind,
        "code": problem.kind.rsplit(':').next().unwrap_or_default(),
        "reason": reasons,
    });
    if let (Some(members), false) = (body.as_object_mut(), kind == catalog::ERROR) {
        let (provider, consumer) = names.unwrap_or((NO_PROCESS, NO_PROCESS));
        members.insert("providerPid".into(), provider.into());
        members.insert("consumerPid".into(), consumer.into());
    }
    let mut response = HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST));
    if let Some(seconds) = problem.retry_after {
        response.insert_header(("retry-after", seconds.to_string()));
    }
    if status == 401 {
        response.insert_header(("www-authenticate", "Bearer"));
    }
    response.json(body)
}
