//! `/memberships` and what of `/frameworks/{id}` is about members.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json as Answer, Path};
use contracts::api::membership::{Because, Leaving, LeftView, MembershipView};
use contracts::api::{Page, PageQuery, Problem};
use contracts::id::{FrameworkId, ParticipantId};
use contracts::membership::{Application, DirectoryEntry};

use super::{id, page, peer, rows};
use crate::app::App;
use crate::app::membership::{self, Act};
use crate::domain::membership::Membership;
use crate::http::Failure;
use crate::http::auth::{Admin, Reader};
use crate::http::body::{Json, Query};

/// Lists memberships of trust frameworks: of others in this member's, and its own in others'.
#[utoipa::path(get, path = "/api/v1/memberships", tag = "memberships", params(PageQuery),
    responses((status = 200, body = Page<MembershipView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    app: Data<App>,
    caller: Reader,
    query: Query<PageQuery>,
) -> Result<Answer<Page<MembershipView>>, Failure> {
    let rows = rows(&app, query.0)?;
    let found = membership::list(&app, &caller.hosted, &rows).await?;
    let key =
        |(one, _): &(Membership, _)| format!("{} {} {}", one.framework, one.side.as_str(), one.applicant);
    let listed = |(one, credential): &(Membership, _)| MembershipView {
        credential: Clone::clone(credential),
        ..view(one)
    };
    Ok(page(found, &rows, key, listed))
}

/// Applies for membership of a framework: signed, and sent to who runs it.
#[utoipa::path(post, path = "/api/v1/frameworks/{id}/application", tag = "memberships", params(("id" = String, Path)), request_body = Application,
    responses((status = 201, body = MembershipView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn apply(
    app: Data<App>,
    caller: Admin,
    path: Path<String>,
    body: Json<Application>,
) -> Result<HttpResponse, Failure> {
    let framework = id(&path, FrameworkId::from_segment)?;
    let sent = membership::apply(&app, &caller.hosted, &framework, body.0).await?;
    Ok(HttpResponse::Created().json(view(&sent)))
}

/// Signs the charter of a framework that has admitted this member.
#[utoipa::path(post, path = "/api/v1/frameworks/{id}/charter", tag = "memberships", params(("id" = String, Path)),
    responses((status = 200, body = MembershipView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn sign(
    app: Data<App>,
    caller: Admin,
    path: Path<String>,
) -> Result<Answer<MembershipView>, Failure> {
    let framework = id(&path, FrameworkId::from_segment)?;
    Ok(Answer(view(&membership::sign_charter(&app, &caller.hosted, &framework).await?)))
}

/// Contests a refusal, suspension or exclusion.
#[utoipa::path(post, path = "/api/v1/frameworks/{id}/appeal", tag = "memberships", params(("id" = String, Path)), request_body = Because,
    responses((status = 200, body = MembershipView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn appeal(
    app: Data<App>,
    caller: Admin,
    path: Path<String>,
    body: Json<Because>,
) -> Result<Answer<MembershipView>, Failure> {
    let framework = id(&path, FrameworkId::from_segment)?;
    let words = body.0.reason.unwrap_or_default();
    Ok(Answer(view(&membership::appeal(&app, &caller.hosted, &framework, words).await?)))
}

/// Leaves a framework.
#[utoipa::path(post, path = "/api/v1/frameworks/{id}/exit", tag = "memberships", params(("id" = String, Path)), request_body = Leaving,
    responses((status = 200, body = LeftView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn leave(
    app: Data<App>,
    caller: Admin,
    path: Path<String>,
    body: Json<Leaving>,
) -> Result<Answer<LeftView>, Failure> {
    let framework = id(&path, FrameworkId::from_segment)?;
    let Leaving { reason, contracts } = body.0;
    let (left, ended) = membership::leave(&app, &caller.hosted, &framework, reason, contracts).await?;
    let ended = ended.iter().map(ToString::to_string).collect();
    Ok(Answer(LeftView { membership: view(&left), ended }))
}

/// Suspends a member, which may contest it.
#[utoipa::path(post, path = "/api/v1/frameworks/{id}/members/{did}/suspend", tag = "memberships",
    params(("id" = String, Path), ("did" = String, Path)), request_body = Because,
    responses((status = 200, body = MembershipView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn suspend(
    app: Data<App>,
    caller: Admin,
    path: Path<(String, String)>,
    body: Json<Because>,
) -> Result<Answer<MembershipView>, Failure> {
    act(&app, &caller, &path, Act::Suspend, body.0).await
}

/// Takes a suspension back.
#[utoipa::path(post, path = "/api/v1/frameworks/{id}/members/{did}/resume", tag = "memberships",
    params(("id" = String, Path), ("did" = String, Path)), request_body = Because,
    responses((status = 200, body = MembershipView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn resume(
    app: Data<App>,
    caller: Admin,
    path: Path<(String, String)>,
    body: Json<Because>,
) -> Result<Answer<MembershipView>, Failure> {
    act(&app, &caller, &path, Act::Resume, body.0).await
}

/// Asks the body that admits whether a member is to be excluded.
#[utoipa::path(post, path = "/api/v1/frameworks/{id}/members/{did}/exclude", tag = "memberships",
    params(("id" = String, Path), ("did" = String, Path)), request_body = Because,
    responses((status = 202, body = Object, description = "The question"), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn exclude(
    app: Data<App>,
    caller: Admin,
    path: Path<(String, String)>,
    body: Json<Because>,
) -> Result<HttpResponse, Failure> {
    let (framework, member) = named(&path)?;
    let reason = body.0.reason.unwrap_or_default();
    let question = membership::exclude(&app, &caller.hosted, &framework, &member, reason).await?;
    Ok(HttpResponse::Accepted().json(serde_json::json!({ "question": question })))
}

/// The members of a framework, as its operator listed them when they were last read.
#[utoipa::path(get, path = "/api/v1/frameworks/{id}/directory", tag = "memberships", params(("id" = String, Path)),
    responses((status = 200, body = Vec<DirectoryEntry>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn directory(
    app: Data<App>,
    caller: Reader,
    path: Path<String>,
) -> Result<Answer<Vec<DirectoryEntry>>, Failure> {
    let framework = id(&path, FrameworkId::from_segment)?;
    Ok(Answer(membership::listed(&app, &caller.hosted, &framework).await?))
}

/// Reads the members of a framework at its operator.
#[utoipa::path(post, path = "/api/v1/frameworks/{id}/directory", tag = "memberships", params(("id" = String, Path)),
    responses((status = 200, body = Vec<DirectoryEntry>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn refresh(
    app: Data<App>,
    caller: Admin,
    path: Path<String>,
) -> Result<Answer<Vec<DirectoryEntry>>, Failure> {
    let framework = id(&path, FrameworkId::from_segment)?;
    Ok(Answer(membership::refresh(&app, &caller.hosted, &framework).await?))
}

async fn act(
    app: &App,
    caller: &Admin,
    path: &(String, String),
    what: Act,
    because: Because,
) -> Result<Answer<MembershipView>, Failure> {
    let (framework, member) = named(path)?;
    let done = membership::act(app, &caller.hosted, &framework, &member, what, because.reason).await?;
    Ok(Answer(view(&done)))
}

fn named(path: &(String, String)) -> Result<(FrameworkId, ParticipantId), Failure> {
    Ok((id(&path.0, FrameworkId::from_segment)?, peer(&path.1, "path")?))
}

fn view(one: &Membership) -> MembershipView {
    let held = &one.held;
    MembershipView {
        framework: one.framework.to_string(),
        version: one.version.to_string(),
        side: one.side.as_str().into(),
        operator: one.operator.to_string(),
        applicant: one.applicant.to_string(),
        state: one.state.as_str().into(),
        kind: held.kind.clone(),
        name: held.name.clone(),
        siren: held.siren.clone(),
        siret: held.siret.clone(),
        reasons: held.reasons.clone(),
        question: one.state.question().map(ToString::to_string),
        charter_signed: held.charter.is_some(),
        credential: None,
        updated: one.updated.rfc3339(),
    }
}
