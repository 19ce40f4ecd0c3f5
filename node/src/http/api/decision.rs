//! `/log/entries/{index}/decision`, and the report of it.

use actix_web::HttpRequest;
use actix_web::web::{Data, Json as Answer, Path};
use contracts::api::Problem;
use contracts::api::decision::{DecisionReportView, ReplayView};

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

/// Explains the decision that an entry records, under the four headings that French law asks for.
#[utoipa::path(get, path = "/api/v1/log/entries/{index}/decision/report", tag = "log", params(("index" = u64, Path)),
    responses((status = 200, body = DecisionReportView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn report(
    app: Data<App>,
    caller: Auditor,
    index: Path<String>,
    req: HttpRequest,
) -> Result<Answer<DecisionReportView>, Failure> {
    let index = number(&index, "path")?;
    log::within(&app, &caller.hosted, index, caller.scope()?).await?;
    let found = replay::report(&app, &caller.hosted, index, language(req.headers())).await?;
    reading::record(&app, &caller.hosted, &caller.who(None), format!("report of entry {index}")).await?;
    Ok(Answer(found))
}
