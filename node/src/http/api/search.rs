//! `/search`: searching the member's own catalogue, hidden datasets included.

use actix_web::HttpRequest;
use actix_web::web::{Data, Json as Answer};
use contracts::api::Problem;
use contracts::api::search::SearchPage;

use crate::app::App;
use crate::app::catalogue::search::{Searcher, search};
use crate::http::auth::Reader;
use crate::http::search::{Parameters, read, view};
use crate::http::{Failure, language};

/// Searches all datasets of the member, those that others may not know of too.
#[utoipa::path(get, path = "/api/v1/search", tag = "catalog", params(Parameters),
    responses((status = 200, body = SearchPage), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn find(app: Data<App>, caller: Reader, req: HttpRequest) -> Result<Answer<SearchPage>, Failure> {
    let asked = read(&app, req.query_string())?;
    let (found, next) =
        search(&app, &caller.hosted, Searcher::Member, asked.question, asked.from, asked.limit).await?;
    let next = next.map(|next| next.cursor());
    Ok(Answer(view(&app, &caller.hosted, found, next, language(req.headers()))))
}
