//! `/contracts/{id}/twins`: what both members recorded of their exchanges, compared.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json as Answer, Path};
use contracts::api::log::TwinsView;
use contracts::api::{Page, PageQuery, Problem};

use super::{page, rows};
use crate::app::{App, Error, contract, reading, twins};
use crate::http::Failure;
use crate::http::auth::{Operator, Reader};
use crate::http::body::Query;
use crate::store::TwinCheck;

/// Asks the peer for its entries and compares, from the first exchange on.
#[utoipa::path(post, path = "/api/v1/contracts/{id}/twins", tag = "log", params(("id" = String, Path)),
    responses((status = 200, body = TwinsView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn compare(
    app: Data<App>,
    caller: Operator,
    path: Path<String>,
) -> Result<Answer<TwinsView>, Failure> {
    let agreement = contract::named(&app, &caller.hosted, &path).await?;
    Ok(Answer(view(&twins::check(&app, &caller.hosted, &agreement, true).await?)?))
}

/// The last comparison.
#[utoipa::path(get, path = "/api/v1/contracts/{id}/twins", tag = "log", params(("id" = String, Path)),
    responses((status = 200, body = TwinsView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn show(app: Data<App>, caller: Reader, path: Path<String>) -> Result<Answer<TwinsView>, Failure> {
    let agreement = contract::named(&app, &caller.hosted, &path).await?;
    Ok(Answer(view(&twins::last(&app, &caller.hosted, &agreement).await?)?))
}

/// Both sides' entries of an alarm: log extracts under `ours` and `theirs`.
#[utoipa::path(get, path = "/api/v1/contracts/{id}/twins/evidence", tag = "log", params(("id" = String, Path)),
    responses((status = 200, body = Object), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn evidence(app: Data<App>, caller: Reader, path: Path<String>) -> Result<HttpResponse, Failure> {
    let agreement = contract::named(&app, &caller.hosted, &path).await?;
    let kept = twins::last(&app, &caller.hosted, &agreement).await?.evidence;
    let evidence = kept.ok_or(Error::NotFound("evidence of a difference"))?;
    let what = format!("twins of contract {}", agreement.id);
    reading::record(&app, &caller.hosted, &caller.who(None), what).await?;
    Ok(HttpResponse::Ok().content_type("application/json").body(evidence))
}

/// The last comparison of each contract.
#[utoipa::path(get, path = "/api/v1/log/twins", tag = "log", params(PageQuery),
    responses((status = 200, body = Page<TwinsView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    app: Data<App>,
    caller: Reader,
    query: Query<PageQuery>,
) -> Result<Answer<Page<TwinsView>>, Failure> {
    let rows = rows(&app, query.0)?;
    let found = twins::list(&app, &caller.hosted, &rows).await?;
    let cursors: Vec<_> = found.iter().map(|check| Ok((check.agreement.to_string(), view(check)?))).collect();
    let views: Result<Vec<_>, Error> = cursors.into_iter().collect();
    Ok(page(views?, &rows, |(agreement, _)| agreement.clone(), |(_, view)| view.clone()))
}

fn view(check: &TwinCheck) -> Result<TwinsView, Error> {
    Ok(TwinsView {
        contract: check.agreement.to_string(),
        state: check.state.as_str().to_owned(),
        tried: check.tried.rfc3339(),
        answered: check.answered.map(|at| at.rfc3339()),
        report: twins::found(check)?,
    })
}
