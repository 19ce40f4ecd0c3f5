//! `/receipts`.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use contracts::api::Problem;

use crate::app::{App, receipt};
use crate::domain::event::Reference;
use crate::http::Failure;
use crate::http::auth::Reader;

/// The signed receipt of an exchange, as a file that `fiducie verify` checks anywhere.
#[utoipa::path(get, path = "/api/v1/receipts/{reference}", tag = "transfers", params(("reference" = String, Path)),
    responses((status = 200, body = Object, description = "Canonical JSON"), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn file(app: Data<App>, caller: Reader, path: Path<String>) -> Result<HttpResponse, Failure> {
    let bytes = receipt::file(&app, &caller.hosted, &Reference(path.into_inner())).await?;
    Ok(HttpResponse::Ok().content_type("application/json").body(bytes))
}
