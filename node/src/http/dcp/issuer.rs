//! The issuer service, and the status lists of what it issued.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use super::{caller, receive};
use crate::app::App;
use crate::app::credential::{request, status as lists};
use crate::http::At;
use crate::http::problem::Failure;

/// Seconds that others may keep a status list.
const FRESH: u32 = 30;

/// `POST <base>/dcp/issuer/credentials`.
pub async fn credentials(
    req: HttpRequest,
    At(hosted): At,
    app: Data<App>,
    payload: Payload,
) -> Result<HttpResponse, Failure> {
    let (from, value, bytes) = receive(&app, &hosted, &req, payload).await?;
    let answer = request::receive(&app, &hosted, &from.caller, value, &bytes).await?;
    let said: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let id = said["issuerPid"].as_str().unwrap_or_default();
    let location = hosted.member.at(&format!("/dcp/issuer/requests/{id}"));
    Ok(HttpResponse::Created().insert_header(("location", location)).finish())
}

/// `GET <base>/dcp/issuer/requests/{id}`.
pub async fn progress(
    req: HttpRequest,
    At(hosted): At,
    app: Data<App>,
    id: Path<String>,
) -> Result<HttpResponse, Failure> {
    let from = caller(&app, &hosted, &req).await?;
    Ok(HttpResponse::Ok().json(request::progress(&app, &hosted, &from.caller, &id).await?))
}

/// `GET <base>/dcp/issuer/metadata`.
pub async fn metadata(At(hosted): At, app: Data<App>) -> Result<HttpResponse, Failure> {
    Ok(HttpResponse::Ok().json(request::metadata(&app, &hosted)?))
}

/// `GET <base>/dcp/issuer/schemas/{type}`.
pub async fn schema(At(hosted): At, app: Data<App>, kind: Path<String>) -> Result<HttpResponse, Failure> {
    let schema = request::schema(&app, &hosted, &kind)?.to_string();
    Ok(HttpResponse::Ok().content_type("application/schema+json").body(schema))
}

/// `GET <base>/dcp/status/{list}/{purpose}/{form}`.
pub async fn status(
    At(hosted): At,
    app: Data<App>,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, Failure> {
    let (list, purpose, form) = path.into_inner();
    let jwt = lists::show(&app, &hosted, &list, &purpose, &form).await?;
    Ok(HttpResponse::Ok()
        .content_type("application/vc+jwt")
        .insert_header(("cache-control", format!("max-age={FRESH}")))
        .body(jwt))
}
