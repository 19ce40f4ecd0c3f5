//! `/log/erasures`: what opens entries, erased.

use actix_web::web::{Data, Json as Answer};
use contracts::api::Problem;
use contracts::api::log::{EraseOpenings, ErasedView};

use crate::app::{App, erasure};
use crate::http::Failure;
use crate::http::auth::Admin;
use crate::http::body::Json;

/// Erases what opens the entries about one person in one year. The log and its proofs stay whole.
#[utoipa::path(post, path = "/api/v1/log/erasures", tag = "log", request_body = EraseOpenings,
    responses((status = 200, body = ErasedView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn erase(
    app: Data<App>,
    caller: Admin,
    body: Json<EraseOpenings>,
) -> Result<Answer<ErasedView>, Failure> {
    let EraseOpenings { subject, year, ground } = body.0;
    let scrubbed = erasure::erase(&app, &caller.hosted, subject, year, ground).await?;
    Ok(Answer(ErasedView { year, scrubbed }))
}
