//! `/access-requests`: asking for access to a dataset, and answering.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json as Answer, Path};
use contracts::access_request::Opinion;
use contracts::api::access_request::{AccessRequestView, AskAccess, ReviewView};
use contracts::api::{Page, PageQuery, Problem};
use contracts::id::RequestId;

use super::{id, page, peer, rows};
use crate::app::{App, access_request};
use crate::domain::access_request::{AccessRequest, Review, State};
use crate::domain::calendar::Phase;
use crate::http::Failure;
use crate::http::auth::{Operator, Reader};
use crate::http::body::{Json, Query};

/// Lists requests for access: of this member, to it, and those on which its opinion is asked.
#[utoipa::path(get, path = "/api/v1/access-requests", tag = "access-requests", params(PageQuery),
    responses((status = 200, body = Page<AccessRequestView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    app: Data<App>,
    caller: Reader,
    query: Query<PageQuery>,
) -> Result<Answer<Page<AccessRequestView>>, Failure> {
    let rows = rows(&app, query.0)?;
    let found = access_request::list(&app, &caller.hosted, &rows).await?;
    let key = |one: &AccessRequest| format!("{} {}", one.side.as_str(), one.id);
    Ok(page(found, &rows, key, |one| view(&app, one)))
}

/// Shows a request.
#[utoipa::path(get, path = "/api/v1/access-requests/{id}", tag = "access-requests", params(("id" = String, Path)),
    responses((status = 200, body = AccessRequestView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn show(
    app: Data<App>,
    caller: Reader,
    path: Path<String>,
) -> Result<Answer<AccessRequestView>, Failure> {
    let id = id(&path, RequestId::from_segment)?;
    Ok(Answer(view(&app, &access_request::get(&app, &caller.hosted, &id).await?)))
}

/// Asks the owner of a dataset for access to it: signed, and sent. A yes becomes a negotiation that concludes by itself.
#[utoipa::path(post, path = "/api/v1/access-requests", tag = "access-requests", request_body = AskAccess,
    responses((status = 201, body = AccessRequestView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn ask(app: Data<App>, caller: Operator, body: Json<AskAccess>) -> Result<HttpResponse, Failure> {
    let AskAccess { peer: owner, wanted } = body.0;
    let owner = peer(&owner, "/peer")?;
    let sent = access_request::ask(&app, &caller.hosted, owner, wanted).await?;
    Ok(HttpResponse::Created().json(view(&app, &sent)))
}

/// Gives an opinion on a request, with its reasons: signed, and in the log.
#[utoipa::path(post, path = "/api/v1/access-requests/{id}/opinion", tag = "access-requests", params(("id" = String, Path)), request_body = Opinion,
    responses((status = 200, body = AccessRequestView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn opine(
    app: Data<App>,
    caller: Operator,
    path: Path<String>,
    body: Json<Opinion>,
) -> Result<Answer<AccessRequestView>, Failure> {
    let id = id(&path, RequestId::from_segment)?;
    Ok(Answer(view(&app, &access_request::opine(&app, &caller.hosted, &id, body.0).await?)))
}

fn view(app: &App, request: &AccessRequest) -> AccessRequestView {
    let review = |review: &Review| ReviewView {
        role: review.role,
        of: review.of.as_ref().map(ToString::to_string),
        yes: review.given.as_ref().map(|given| given.yes),
        words: review.given.as_ref().map(|given| given.words.clone()),
        word: review.given.as_ref().map(|given| given.word.clone()),
    };
    let remind = i64::from(app.config.duties.remind_days).saturating_mul(86_400);
    let stands =
        request.due.filter(|_| request.state == State::Open).map(|due| match due.phase(app.now(), remind) {
            Phase::Ahead => "pending",
            Phase::Near => "due",
            Phase::Passed => "overdue",
        });
    AccessRequestView {
        id: request.id.to_string(),
        side: request.side.as_str().to_owned(),
        peer: request.peer.to_string(),
        state: request.state.as_str().to_owned(),
        wanted: request.wanted.clone(),
        due: request.due.map(|due| due.0.rfc3339()),
        deadline: stands.map(str::to_owned),
        reviews: request.reviews.iter().map(review).collect(),
        reasons: request.reasons.clone(),
        appeal: request.appeal.clone(),
        negotiation: request.negotiation.as_ref().map(ToString::to_string),
        signed: request.signed.clone(),
        updated: request.updated.rfc3339(),
    }
}
