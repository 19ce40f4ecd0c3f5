//! `/conventions`.

use actix_web::web::{Data, Json as Answer, Path};
use actix_web::{HttpRequest, HttpResponse};
use contracts::api::convention::{ConventionView, NewConvention};
use contracts::api::{Page, PageQuery, Problem};
use contracts::jcs;
use serde_json::Value;

use super::contract::safe;
use super::{page, peer, rows};
use crate::app::convention::{self, Shown};
use crate::app::{App, Error};
use crate::http::auth::{Admin, Reader};
use crate::http::body::{Json, Query};
use crate::http::{Failure, language};
use crate::text::{Lang, say};

/// Lists conventions of hosting, oldest first.
#[utoipa::path(get, path = "/api/v1/conventions", tag = "conventions", params(PageQuery),
    responses((status = 200, body = Page<ConventionView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    app: Data<App>,
    caller: Reader,
    query: Query<PageQuery>,
    req: HttpRequest,
) -> Result<Answer<Page<ConventionView>>, Failure> {
    let (rows, lang) = (rows(&app, query.0)?, language(req.headers()));
    let found = convention::list(&app, &caller.hosted, &rows).await?;
    Ok(page(found, &rows, |c| c.convention.id.to_string(), |c| view(c, lang)))
}

/// Draws up a convention with a member of this node and signs it for the host. Only the host's own administrators can.
#[utoipa::path(post, path = "/api/v1/conventions", tag = "conventions", request_body = NewConvention,
    responses((status = 201, body = ConventionView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn draw_up(
    app: Data<App>,
    caller: Admin,
    body: Json<NewConvention>,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let with = peer(&body.0.with, "/with")?;
    let drawn = convention::draw_up(&app, &caller.hosted, &with, body.0).await?;
    Ok(HttpResponse::Created().json(view(&drawn, language(req.headers()))))
}

/// Takes a convention signed by the other side: the member checks and signs what its host drew up, the host keeps what the
/// member signed.
#[utoipa::path(post, path = "/api/v1/conventions/signed", tag = "conventions",
    request_body(content = Object, description = "A file of `/conventions/{id}/file`"),
    responses((status = 200, body = ConventionView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn sign(
    app: Data<App>,
    caller: Admin,
    body: Json<Value>,
    req: HttpRequest,
) -> Result<Answer<ConventionView>, Failure> {
    let bytes = jcs::canonical_value(&body.0)
        .map_err(|e| Error::malformed(say("malformed.convention").with("what", e), "/"))?;
    let signed = convention::sign(&app, &caller.hosted, &bytes).await?;
    Ok(Answer(view(&signed, language(req.headers()))))
}

/// Shows a convention.
#[utoipa::path(get, path = "/api/v1/conventions/{id}", tag = "conventions", params(("id" = String, Path)),
    responses((status = 200, body = ConventionView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn show(
    app: Data<App>,
    caller: Reader,
    path: Path<String>,
    req: HttpRequest,
) -> Result<Answer<ConventionView>, Failure> {
    let found = convention::get(&app, &caller.hosted, &path).await?;
    Ok(Answer(view(&found, language(req.headers()))))
}

/// The convention as a file that `fiducie verify` checks anywhere, with the signatures so far.
#[utoipa::path(get, path = "/api/v1/conventions/{id}/file", tag = "conventions", params(("id" = String, Path)),
    responses((status = 200, body = Object, description = "Canonical JSON"), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn file(app: Data<App>, caller: Reader, path: Path<String>) -> Result<HttpResponse, Failure> {
    let found = convention::get(&app, &caller.hosted, &path).await?.convention;
    let name = format!("attachment; filename=\"{}.convention.json\"", safe(found.id.segment()));
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header(("content-disposition", name))
        .body(found.file))
}

fn view(shown: &Shown, lang: Lang) -> ConventionView {
    let Shown { convention, until, texts } = shown;
    ConventionView {
        id: convention.id.to_string(),
        side: convention.side,
        peer: convention.peer.to_string(),
        standing: convention.standing.as_str().into(),
        created: convention.created.rfc3339(),
        until: until.map(|at| at.rfc3339()),
        text: lang.pick(&texts.fr, &texts.en).to_owned(),
    }
}
