//! `/log/entries/{index}/decision`.

use actix_web::HttpRequest;
use actix_web::web::{Data, Json as Answer, Path};
use contracts::api::Problem;
use contracts::api::decision::ReplayView;

use super::log::number;
use crate::app::{App, replay};
use crate::http::auth::Reader;
use crate::http::{Failure, language};

/// Makes the decision that an entry records again, from the facts kept with it.
#[utoipa::path(get, path = "/api/v1/log/entries/{index}/decision", tag = "log", params(("index" = u64, Path)),
    responses((status = 200, body = ReplayView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn replayed(
    app: Data<App>,
    caller: Reader,
    index: Path<String>,
    req: HttpRequest,
) -> Result<Answer<ReplayView>, Failure> {
    let index = number(&index, "path")?;
    Ok(Answer(replay::decision(&app, &caller.hosted, index, language(req.headers())).await?))
}
