//! `/contracts`.

use actix_web::web::{Data, Json as Answer, Path};
use actix_web::{HttpRequest, HttpResponse};
use contracts::api::contract::{ContractView, RevocationView, Revoke};
use contracts::api::{Page, PageQuery, Problem};

use super::{page, rows};
use crate::app::{App, Error, contract, policy, revocation};
use crate::domain::agreement::Agreement;
use crate::http::auth::{Admin, Reader};
use crate::http::body::{Json, Query};
use crate::http::{Failure, language};
use crate::text::say;

/// Lists contracts, oldest first.
#[utoipa::path(get, path = "/api/v1/contracts", tag = "contracts", params(PageQuery),
    responses((status = 200, body = Page<ContractView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    app: Data<App>,
    caller: Reader,
    query: Query<PageQuery>,
) -> Result<Answer<Page<ContractView>>, Failure> {
    let rows = rows(&app, query.0)?;
    let found = contract::list(&app, &caller.hosted, &rows).await?;
    Ok(page(found, &rows, |a| a.id.to_string(), view))
}

/// Shows a contract.
#[utoipa::path(get, path = "/api/v1/contracts/{id}", tag = "contracts", params(("id" = String, Path)),
    responses((status = 200, body = ContractView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn show(
    app: Data<App>,
    caller: Reader,
    path: Path<String>,
    req: HttpRequest,
) -> Result<Answer<ContractView>, Failure> {
    let mut shown = view(&contract::named(&app, &caller.hosted, &path).await?);
    shown.clauses = policy::graded(&shown.policy, language(req.headers())).clauses;
    Ok(Answer(shown))
}

/// The signed contract as a file that `fiducie verify` checks anywhere.
#[utoipa::path(get, path = "/api/v1/contracts/{id}/file", tag = "contracts", params(("id" = String, Path)),
    responses((status = 200, body = Object, description = "Canonical JSON"), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn file(app: Data<App>, caller: Reader, path: Path<String>) -> Result<HttpResponse, Failure> {
    let agreement = contract::named(&app, &caller.hosted, &path).await?.id;
    let bytes = contract::file(&app, &caller.hosted, &agreement).await?;
    let name = format!("attachment; filename=\"{}.contract.json\"", safe(agreement.segment()));
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header(("content-disposition", name))
        .body(bytes))
}

/// Revokes a contract: bytes in flight stop, the peer is told.
#[utoipa::path(post, path = "/api/v1/contracts/{id}/revoke", tag = "contracts", params(("id" = String, Path)),
    request_body = Revoke,
    responses((status = 200, body = ContractView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn revoke(
    app: Data<App>,
    caller: Admin,
    path: Path<String>,
    body: Json<Revoke>,
) -> Result<Answer<ContractView>, Failure> {
    let agreement = contract::named(&app, &caller.hosted, &path).await?.id;
    let ground = body.0.ground.trim();
    if ground.is_empty() {
        return Err(Error::malformed(say("malformed.no-ground"), "/ground").into());
    }
    Ok(Answer(view(&revocation::revoke(&app, &caller.hosted, &agreement, ground).await?)))
}

/// An identifier as a file name.
pub(super) fn safe(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect()
}

fn view(a: &Agreement) -> ContractView {
    ContractView {
        id: a.id.to_string(),
        role: a.role.as_str().into(),
        peer: a.peer.to_string(),
        dataset: a.dataset.to_string(),
        standing: a.standing.as_str().into(),
        revoked: a.revoked.as_ref().map(|r| RevocationView {
            by: r.by.to_string(),
            ground: r.ground.clone(),
            at: r.at.rfc3339(),
        }),
        policy: serde_json::from_str(&a.policy).unwrap_or_default(),
        text: a.contract.as_ref().map(|c| c.text.clone()),
        clauses: Vec::new(),
        created: a.created.rfc3339(),
    }
}
