//! Data Plane Signaling 1.0-RC3, below `<base>/signaling/v1`: for the member's own control plane, when the
//! configuration names one; and the renewal of tokens, for data clients.

use std::sync::Arc;

use actix_web::http::header::LOCATION;
use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use contracts::dps::{DataFlowMessage, DataFlowStatus, Notice, StartedNotification};
use contracts::id::Pid;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::member::At;
use super::problem::Failure;
use super::{body, plane};
use crate::app::signaling::{self as app, Answer};
use crate::app::{App, Error, Hosted};
use crate::config;
use crate::domain::process::Role;
use crate::domain::transfer::Message;
use crate::identity::token::{TokenError, from_header};
use crate::text::say;

pub(super) const JSON: [&str; 1] = ["application/json"];
const FORM: [&str; 1] = ["application/x-www-form-urlencoded"];

type Told = Result<HttpResponse, Failure>;

pub fn routes(service: &mut ServiceConfig) {
    service.service(
        web::scope("/signaling/v1")
            .route("/token", web::post().to(renew))
            .route("/dataflows/prepare", web::post().to(prepare))
            .route("/dataflows/start", web::post().to(start))
            .route("/dataflows/{id}/started", web::post().to(started))
            .route("/dataflows/{id}/status", web::get().to(status))
            .route("/dataflows/{id}/{act}", web::post().to(act))
            .configure(plane::routes),
    );
}

/// The member's control plane, and nobody else. Without one there is nothing here.
fn authorize(app: &App, request: &HttpRequest) -> Result<(), Failure> {
    if app.config.signaling.control_plane.is_empty() {
        return Err(Failure::NoRoute);
    }
    let expected = config::signaling_token(&app.config).map_err(Error::Unavailable)?;
    let shown = request.headers().get("authorization").and_then(|v| v.to_str().ok());
    let shown = from_header("Bearer", shown).map_err(Error::from)?;
    match same(shown, &expected) {
        true => Ok(()),
        false => Err(Error::Unauthenticated(TokenError::ControlPlane).into()),
    }
}

/// Digests are compared, so that the time it takes says nothing about the token.
pub(super) fn same(shown: &str, expected: &str) -> bool {
    Sha256::digest(shown) == Sha256::digest(expected)
}

async fn message<M: DeserializeOwned>(app: &App, req: &HttpRequest, payload: Payload) -> Result<M, Failure> {
    authorize(app, req)?;
    let bytes = body::read(req, payload.into_inner(), &JSON).await?;
    Ok(body::parse(&bytes, app.config.limits.json_depth)?)
}

fn pid(text: &str) -> Result<Pid, Error> {
    Pid::from_segment(text).map_err(|e| Error::malformed(say("malformed.identifier").with("what", e), "path"))
}

async fn begin(app: Data<App>, hosted: Arc<Hosted>, role: Role, message: DataFlowMessage) -> Told {
    let Answer { later, status } = app::begin(&app.into_inner(), &hosted, role, message).await?;
    if !later {
        return Ok(HttpResponse::Ok().json(status));
    }
    let at = hosted.member.at(&format!("/signaling/v1/dataflows/{}/status", status.data_flow_id));
    Ok(HttpResponse::Accepted().insert_header((LOCATION, at)).json(status))
}

async fn prepare(app: Data<App>, At(hosted): At, req: HttpRequest, body: Payload) -> Told {
    let message = message(&app, &req, body).await?;
    begin(app, hosted, Role::Consumer, message).await
}

async fn start(app: Data<App>, At(hosted): At, req: HttpRequest, body: Payload) -> Told {
    let message = message(&app, &req, body).await?;
    begin(app, hosted, Role::Provider, message).await
}

async fn started(app: Data<App>, At(hosted): At, id: Path<String>, req: HttpRequest, body: Payload) -> Told {
    let message: StartedNotification = message(&app, &req, body).await?;
    let told = app::started(&app.into_inner(), &hosted, &pid(&id)?, message).await?;
    Ok(HttpResponse::Ok().json(told))
}

async fn act(
    app: Data<App>,
    At(hosted): At,
    path: Path<(String, String)>,
    req: HttpRequest,
    body: Payload,
) -> Told {
    let Notice { reason, .. } = message(&app, &req, body).await?;
    let (id, act) = path.into_inner();
    let message = match act.as_str() {
        "suspend" => Message::Suspension { reason },
        "resume" => Message::Start { address: None },
        "terminate" => Message::Termination { code: None, reason },
        "completed" => Message::Completion,
        _ => return Err(Failure::NoRoute),
    };
    let told = app::notice(&app.into_inner(), &hosted, &pid(&id)?, message).await?;
    Ok(HttpResponse::Ok().json(told))
}

async fn status(app: Data<App>, At(hosted): At, id: Path<String>, req: HttpRequest) -> Told {
    authorize(&app, &req)?;
    let DataFlowStatus { data_flow_id, state, .. } = app::state(&app, &hosted, &pid(&id)?).await?;
    Ok(HttpResponse::Ok().json(json!({"dataFlowId": data_flow_id, "state": state})))
}

async fn renew(app: Data<App>, At(hosted): At, req: HttpRequest, payload: Payload) -> Told {
    if app.config.signaling.control_plane.is_empty() {
        return Err(Failure::NoRoute);
    }
    let bytes = body::read(&req, payload.into_inner(), &FORM).await?;
    let fields = url::form_urlencoded::parse(&bytes).into_owned();
    let fields: std::collections::HashMap<String, String> = fields.collect();
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    if field("grant_type") != "refresh_token" {
        return Err(Error::malformed(say("malformed.grant"), "grant_type").into());
    }
    let shown = req.headers().get("authorization").and_then(|v| v.to_str().ok());
    let client = from_header("Bearer", shown).map_err(Error::from)?;
    let renewed = app::renew(&app.into_inner(), &hosted, field("refresh_token"), client).await?;
    let told: Value = json!({
        "access_token": renewed.access, "token_type": "Bearer", "expires_in": renewed.expires_in,
        "refresh_token": renewed.refresh,
    });
    Ok(HttpResponse::Ok().insert_header(("cache-control", "no-store")).json(told))
}
