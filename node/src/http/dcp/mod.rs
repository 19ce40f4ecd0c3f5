//! The Decentralized Claims Protocol, below `<base>/dcp`: token service, credential service, issuer service, status lists.

mod holder;
mod issuer;
mod sts;

use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use bytes::Bytes;
use serde_json::Value;

use super::body;
use super::problem::Failure;
use crate::app::credential::{Authenticated, authenticate};
use crate::app::peer::Answer;
use crate::app::{App, Error, Hosted};
use crate::identity::token::from_header;

/// Content types of messages.
const TYPES: [&str; 2] = ["application/json", "application/ld+json"];

/// Routes of the three services.
pub fn routes(service: &mut ServiceConfig) {
    service
        .route("/dcp/sts/token", web::post().to(sts::token))
        .route("/dcp/holder/presentations/query", web::post().to(holder::query))
        .route("/dcp/holder/credentials", web::post().to(holder::credentials))
        .route("/dcp/holder/offers", web::post().to(holder::offers))
        .route("/dcp/issuer/credentials", web::post().to(issuer::credentials))
        .route("/dcp/issuer/requests/{id}", web::get().to(issuer::progress))
        .route("/dcp/issuer/metadata", web::get().to(issuer::metadata))
        .route("/dcp/issuer/schemas/{type}", web::get().to(issuer::schema))
        .route("/dcp/status/{list}/{purpose}/{form}", web::get().to(issuer::status));
}

/// Who calls, by its self-issued token.
async fn caller(app: &App, hosted: &Hosted, req: &HttpRequest) -> Result<Authenticated, Failure> {
    let header = req.headers().get("authorization").and_then(|v| v.to_str().ok());
    let token = from_header("Bearer", header).map_err(Error::from)?;
    Ok(authenticate(app, hosted, token).await?)
}

/// A message: who sends it, what it is, and its bytes.
async fn receive(
    app: &Data<App>,
    hosted: &Hosted,
    req: &HttpRequest,
    payload: Payload,
) -> Result<(Authenticated, Value, Bytes), Failure> {
    let bytes = body::read(req, payload.into_inner(), &TYPES).await?;
    let from = caller(app, hosted, req).await?;
    let value = body::parse(&bytes, app.config.limits.json_depth)?;
    Ok((from, value, bytes))
}

fn answer(answer: Answer) -> Result<HttpResponse, Failure> {
    let status = actix_web::http::StatusCode::from_u16(answer.status)
        .map_err(|e| Error::Internal(format!("an answer's status: {e}")))?;
    Ok(HttpResponse::build(status).content_type("application/json").body(answer.body))
}
