//! `/frameworks`.

use actix_web::web::{Data, Json as Answer, Path};
use actix_web::{HttpRequest, HttpResponse};
use contracts::api::framework::{Adoption, EditionView, FrameworkView, VersionQuery};
use contracts::api::{Page, PageQuery, Problem};
use contracts::framework::Version;
use contracts::id::FrameworkId;
use contracts::jcs;
use serde_json::Value;

use super::contract::safe;
use super::{id, page, rows};
use crate::app::framework::{self, Edition, Shown};
use crate::app::{App, Error};
use crate::http::auth::{Admin, Reader};
use crate::http::body::{Json, Query};
use crate::http::{Failure, language};
use crate::text::{Lang, say};

/// Lists versions of trust frameworks that are here, published or taken.
#[utoipa::path(get, path = "/api/v1/frameworks", tag = "frameworks", params(PageQuery),
    responses((status = 200, body = Page<FrameworkView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    app: Data<App>,
    caller: Reader,
    query: Query<PageQuery>,
    req: HttpRequest,
) -> Result<Answer<Page<FrameworkView>>, Failure> {
    let (rows, lang) = (rows(&app, query.0)?, language(req.headers()));
    let found = framework::list(&app, &caller.hosted, &rows).await?;
    Ok(page(found, &rows, |one| format!("{} {}", one.kept.id, one.kept.version), |one| view(one, lang)))
}

/// Publishes a draft as a version of the member's own framework: signed, for everybody to see.
#[utoipa::path(post, path = "/api/v1/frameworks", tag = "frameworks",
    request_body(content = Object, description = "A draft, see `fiducie framework new`"),
    responses((status = 201, body = FrameworkView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn publish(
    app: Data<App>,
    caller: Admin,
    body: Json<Value>,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let published = framework::publish(&app, &caller.hosted, &body.0).await?;
    Ok(HttpResponse::Created().json(view(&published, language(req.headers()))))
}

/// Takes a version that somebody else published, when its publisher signed it.
#[utoipa::path(post, path = "/api/v1/frameworks/imports", tag = "frameworks",
    request_body(content = Object, description = "A file of `/frameworks/{id}/file`"),
    responses((status = 200, body = FrameworkView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn import(
    app: Data<App>,
    caller: Admin,
    body: Json<Value>,
    req: HttpRequest,
) -> Result<Answer<FrameworkView>, Failure> {
    let bytes = jcs::canonical_value(&body.0)
        .map_err(|e| Error::malformed(say("trust.altered").with("what", e), "/"))?;
    let taken = framework::take(&app, &caller.hosted, &bytes).await?;
    Ok(Answer(view(&taken, language(req.headers()))))
}

/// Shows a framework.
#[utoipa::path(get, path = "/api/v1/frameworks/{id}", tag = "frameworks", params(("id" = String, Path), VersionQuery),
    responses((status = 200, body = FrameworkView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn show(
    app: Data<App>,
    caller: Reader,
    path: Path<String>,
    query: Query<VersionQuery>,
    req: HttpRequest,
) -> Result<Answer<FrameworkView>, Failure> {
    let found = one(&app, &caller, &path, query.0).await?;
    Ok(Answer(view(&found, language(req.headers()))))
}

/// The framework as a file that `fiducie verify` checks anywhere.
#[utoipa::path(get, path = "/api/v1/frameworks/{id}/file", tag = "frameworks", params(("id" = String, Path), VersionQuery),
    responses((status = 200, body = Object, description = "Canonical JSON"), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn file(
    app: Data<App>,
    caller: Reader,
    path: Path<String>,
    query: Query<VersionQuery>,
) -> Result<HttpResponse, Failure> {
    let found = one(&app, &caller, &path, query.0).await?.kept;
    let name = format!("attachment; filename=\"{}.framework.json\"", safe(found.id.segment()));
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header(("content-disposition", name))
        .body(found.file))
}

/// The versions of a framework that are here, oldest first, each with what it changed.
#[utoipa::path(get, path = "/api/v1/frameworks/{id}/versions", tag = "frameworks", params(("id" = String, Path)),
    responses((status = 200, body = Vec<EditionView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn versions(
    app: Data<App>,
    caller: Reader,
    path: Path<String>,
    req: HttpRequest,
) -> Result<Answer<Vec<EditionView>>, Failure> {
    let id = id(&path, FrameworkId::from_segment)?;
    let lang = language(req.headers());
    let all = framework::history(&app, &caller.hosted, &id).await?;
    match all.is_empty() {
        true => Err(Error::NotFound("framework").into()),
        false => Ok(Answer(all.iter().map(|one| edition(one, lang)).collect())),
    }
}

/// Follows a version: its rules are the member's from now on.
#[utoipa::path(post, path = "/api/v1/frameworks/{id}/adopt", tag = "frameworks", params(("id" = String, Path)), request_body = Adoption,
    responses((status = 200, body = FrameworkView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn adopt(
    app: Data<App>,
    caller: Admin,
    path: Path<String>,
    body: Json<Adoption>,
    req: HttpRequest,
) -> Result<Answer<FrameworkView>, Failure> {
    let id = id(&path, FrameworkId::from_segment)?;
    let version = version(body.0.version, "/version")?;
    let adopted = framework::adopt(&app, &caller.hosted, &id, version).await?;
    Ok(Answer(view(&adopted, language(req.headers()))))
}

async fn one(app: &App, caller: &Reader, path: &str, query: VersionQuery) -> Result<Shown, Failure> {
    let id = id(path, FrameworkId::from_segment)?;
    let version = version(query.version, "version")?;
    Ok(framework::get(app, &caller.hosted, &id, version).await?)
}

fn version(text: Option<String>, at: &'static str) -> Result<Option<Version>, Error> {
    let read = |text: String| {
        Version::parse(&text).ok_or_else(|| Error::malformed(say("trust.version").with("found", &text), at))
    };
    text.map(read).transpose()
}

/// A version as persons and programs see it.
pub fn view(shown: &Shown, lang: Lang) -> FrameworkView {
    let Shown { kept, file } = shown;
    let framework = &file.framework;
    let charter = &framework.parts.rules.charter;
    FrameworkView {
        id: kept.id.to_string(),
        version: kept.version.to_string(),
        name: framework.name.in_lang(lang).to_owned(),
        standing: kept.standing.as_str().into(),
        publisher: kept.publisher.to_string(),
        publisher_name: framework.publisher.name.clone(),
        digest: kept.digest.clone(),
        published: framework.published_at.to_string(),
        in_force: framework.in_force.to_string(),
        sunset: framework.sunset.map(|at| at.to_string()),
        derived_from: framework.derived_from.as_ref().map(|one| format!("{} {}", one.id, one.version)),
        adopted: kept.adopted.map(|at| at.rfc3339()),
        charter: format!("{}@{}", charter.id, charter.version),
    }
}

pub fn edition(edition: &Edition, lang: Lang) -> EditionView {
    EditionView { framework: view(&edition.shown, lang), changes: edition.changes.clone() }
}
