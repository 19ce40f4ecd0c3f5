//! `/log/entries/{index}/decision`.

use actix_web::HttpRequest;
use actix_web::web::{Data, Json as Answer, Path};
use contracts::api::Problem;
use contracts::api::decision::ReplayView;

use super::log::number;
use crate::app::{App, log, reading, replay};
use crate::http::auth::Auditor;
use crate::http::{Failure, language};

/// Makes the decision that an entry records again, from the facts kept with it.
#[utoipa::path(get, path = "/api/v1/log/entries/{index}/decision", tag = "log", params(("index" = u64, Path)),
    responses((status = 200, body = ReplayView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn replayed(
    app: Data<App>,
    caller: Auditor,
    index: Path<String>,
    req: HttpRequest,
) -> Result<Answer<ReplayView>, Failure> {
    let index = number(&index, "path")?;
    log::within(&app, &caller.hosted, index, caller.scope()?).await?;
    let found = replay::decision(&app, &caller.hosted, index, language(req.headers())).await?;
    reading::record(&app, &caller.hosted, &caller.who(None), format!("decision of entry {index}")).await?;
    Ok(Answer(found))
}
