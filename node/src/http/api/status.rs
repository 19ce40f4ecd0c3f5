//! `/status`.

use actix_web::web::{Data, Json as Answer};
use contracts::api::Problem;
use contracts::api::status::Status;

use crate::app::epoch::stand;
use crate::app::statement::renew;
use crate::app::{App, Counts, cosigning};
use crate::http::Failure;
use crate::http::auth::Reader;
use crate::identity::signer;

/// How the node and the member are doing.
#[utoipa::path(get, path = "/api/v1/status", tag = "status",
    responses((status = 200, body = Status), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn show(app: Data<App>, caller: Reader) -> Result<Answer<Status>, Failure> {
    let Counts { log_size, outbox, commits } = app.counts(&caller.hosted).await?;
    let mut checks = app.health().await;
    checks.extend(stand::check(&app, &caller.hosted).filter(|check| check.ok));
    checks.extend(renew::check(&app, &caller.hosted).await?);
    checks.extend(cosigning::checks(&app, &caller.hosted).await?);
    Ok(Answer(Status {
        version: env!("CARGO_PKG_VERSION").into(),
        started: app.started.rfc3339(),
        checks,
        log_size,
        outbox,
        commits: Some(commits),
        signatures: Some(signer::signatures()),
    }))
}
