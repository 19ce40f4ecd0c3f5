//! `/use-cases`, and what of `/frameworks/{id}` is about them.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json as Answer, Path};
use contracts::api::membership::{Because, CastView};
use contracts::api::use_case::{AuditView, StepWanted, UseCaseView};
use contracts::api::{Page, PageQuery, Problem};
use contracts::id::{FrameworkId, UseCaseId};
use contracts::use_case::{Audit, Proposal};

use super::{id, page, rows};
use crate::app::App;
use crate::app::use_case::{self, Act};
use crate::domain::use_case::UseCase;
use crate::http::Failure;
use crate::http::auth::{Admin, Reader};
use crate::http::body::{Json, Query};

/// Lists use cases: of this member's frameworks, and those that it proposed or that give data to it.
#[utoipa::path(get, path = "/api/v1/use-cases", tag = "use-cases", params(PageQuery),
    responses((status = 200, body = Page<UseCaseView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    app: Data<App>,
    caller: Reader,
    query: Query<PageQuery>,
) -> Result<Answer<Page<UseCaseView>>, Failure> {
    let rows = rows(&app, query.0)?;
    let found = use_case::list(&app, &caller.hosted, &rows).await?;
    Ok(page(found, &rows, |one| format!("{} {}", one.side.as_str(), one.id), view))
}

/// Shows a use case.
#[utoipa::path(get, path = "/api/v1/use-cases/{id}", tag = "use-cases", params(("id" = String, Path)),
    responses((status = 200, body = UseCaseView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn show(
    app: Data<App>,
    caller: Reader,
    path: Path<String>,
) -> Result<Answer<UseCaseView>, Failure> {
    let id = id(&path, UseCaseId::from_segment)?;
    Ok(Answer(view(&use_case::get(&app, &caller.hosted, &id).await?)))
}

/// Proposes a use case under a framework: signed, and sent to who runs it.
#[utoipa::path(post, path = "/api/v1/frameworks/{id}/use-cases", tag = "use-cases", params(("id" = String, Path)), request_body = Proposal,
    responses((status = 201, body = UseCaseView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn propose(
    app: Data<App>,
    caller: Admin,
    path: Path<String>,
    body: Json<Proposal>,
) -> Result<HttpResponse, Failure> {
    let framework = id(&path, FrameworkId::from_segment)?;
    let sent = use_case::propose(&app, &caller.hosted, &framework, body.0).await?;
    Ok(HttpResponse::Created().json(view(&sent)))
}

/// Asks the bodies for the next phase, as who proposed it.
#[utoipa::path(post, path = "/api/v1/use-cases/{id}/step", tag = "use-cases", params(("id" = String, Path)), request_body = StepWanted,
    responses((status = 202, body = UseCaseView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn step(
    app: Data<App>,
    caller: Admin,
    path: Path<String>,
    body: Json<StepWanted>,
) -> Result<HttpResponse, Failure> {
    let StepWanted { to, reason } = body.0;
    let id = id(&path, UseCaseId::from_segment)?;
    let found = use_case::act(&app, &caller.hosted, &id, Act::Step(to), reason).await?;
    Ok(HttpResponse::Accepted().json(view(&found)))
}

/// Ends a use case, as who proposed it.
#[utoipa::path(post, path = "/api/v1/use-cases/{id}/abandon", tag = "use-cases", params(("id" = String, Path)), request_body = Because,
    responses((status = 202, body = UseCaseView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn abandon(
    app: Data<App>,
    caller: Admin,
    path: Path<String>,
    body: Json<Because>,
) -> Result<HttpResponse, Failure> {
    let id = id(&path, UseCaseId::from_segment)?;
    let reason = body.0.reason.unwrap_or_default();
    let found = use_case::act(&app, &caller.hosted, &id, Act::Abandon, reason).await?;
    Ok(HttpResponse::Accepted().json(view(&found)))
}

/// Asks the bodies whether a use case is to end, as who runs the framework.
#[utoipa::path(post, path = "/api/v1/use-cases/{id}/withdraw", tag = "use-cases", params(("id" = String, Path)), request_body = Because,
    responses((status = 200, body = UseCaseView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn withdraw(
    app: Data<App>,
    caller: Admin,
    path: Path<String>,
    body: Json<Because>,
) -> Result<Answer<UseCaseView>, Failure> {
    let id = id(&path, UseCaseId::from_segment)?;
    let reason = body.0.reason.unwrap_or_default();
    Ok(Answer(view(&use_case::withdraw(&app, &caller.hosted, &id, reason).await?)))
}

/// Attests that a use case passed an ethical audit, as who sits in a body that decides on it: signed, and sent.
#[utoipa::path(post, path = "/api/v1/frameworks/{id}/use-cases/{case}/audit", tag = "use-cases",
    params(("id" = String, Path), ("case" = String, Path)), request_body = Audit,
    responses((status = 202, body = CastView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn audit(
    app: Data<App>,
    caller: Admin,
    path: Path<(String, String)>,
    body: Json<Audit>,
) -> Result<HttpResponse, Failure> {
    let framework = id(&path.0, FrameworkId::from_segment)?;
    let case = id(&path.1, UseCaseId::from_segment)?;
    let ballot = use_case::audit(&app, &caller.hosted, &framework, &case, body.0).await?;
    Ok(HttpResponse::Accepted().json(CastView { ballot }))
}

/// A use case as everybody may read it.
pub fn view(case: &UseCase) -> UseCaseView {
    let put = case.state.pending().into_iter().flat_map(|pending| &pending.put);
    UseCaseView {
        id: case.id.to_string(),
        framework: case.framework.to_string(),
        version: case.version.to_string(),
        side: case.side.as_str().to_owned(),
        operator: case.operator.to_string(),
        proposer: case.proposer.to_string(),
        state: case.state.as_str().to_owned(),
        approved: case.approved,
        ending: case.state.ending().map(|ending| ending.as_str().to_owned()),
        questions: put.map(|put| put.question.to_string()).collect(),
        audit: case.audit.as_ref().map(|audit| AuditView {
            by: audit.by.to_string(),
            until: audit.until.rfc3339(),
            word: audit.word.clone(),
        }),
        proposal: case.proposal.clone(),
        signed: case.signed.clone(),
        reasons: case.reasons.clone(),
        since: case.since.rfc3339(),
        updated: case.updated.rfc3339(),
    }
}
