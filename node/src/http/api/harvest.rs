//! `/harvest`: datasets of others, imported and harvested.

use actix_web::web::{Data, Json as Answer, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use contracts::api::harvest::{HarvestedView, ImportQuery, ImportUrl, RecordQuery, SourceView};
use contracts::api::{Page, PageQuery, Problem};
use contracts::harvest::{Fault, Report};

use super::wanted;
use crate::app::{App, harvest};
use crate::domain::freshness;
use crate::domain::harvest::Source;
use crate::domain::time::Timestamp;
use crate::graph::import::Wire;
use crate::http::auth::{Operator, Reader};
use crate::http::body::{Json, Query, plain};
use crate::http::{Failure, language};
use crate::text::Lang;

/// Takes in a catalogue in Turtle, TriG, N-Triples, RDF/XML or JSON-LD. What cannot be read is left out, with line, column
/// and reason; nothing that it names is fetched.
#[utoipa::path(post, path = "/api/v1/harvest/imports", tag = "harvest", params(ImportQuery), request_body(content = String, content_type = "text/turtle"),
    responses((status = 200, body = Report), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn import(
    app: Data<App>,
    caller: Operator,
    query: Query<ImportQuery>,
    req: HttpRequest,
    payload: Payload,
) -> Result<Answer<Report>, Failure> {
    let body = plain(&req, payload.into_inner(), app.config.limits.import_bytes).await?;
    let ImportQuery { name, base } = query.0;
    let given = base.as_deref().unwrap_or(&name);
    let wire = req.headers().get("content-type").and_then(|value| Wire::of_media_type(value.to_str().ok()?));
    let wire = wire.or_else(|| Wire::of_name(given));
    let end: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let base = base.unwrap_or_else(|| caller.hosted.member.at(&format!("/catalog/harvested/{end}")));
    let origin = harvest::import::Origin { name, base, wire };
    let report = harvest::import::import(&app, &caller.hosted, origin, body).await?;
    Ok(Answer(said(report, language(req.headers()))))
}

/// Takes in a catalogue from an address, once.
#[utoipa::path(post, path = "/api/v1/harvest/urls", tag = "harvest", request_body = ImportUrl,
    responses((status = 200, body = Report), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn import_url(
    app: Data<App>,
    caller: Operator,
    req: HttpRequest,
    body: Json<ImportUrl>,
) -> Result<Answer<Report>, Failure> {
    let report = harvest::import::from_url(&app, &caller.hosted, &body.0.name, &body.0.url).await?;
    Ok(Answer(said(report, language(req.headers()))))
}

/// Lists the sources: those configured, and those that were imported.
#[utoipa::path(get, path = "/api/v1/harvest/sources", tag = "harvest", params(PageQuery),
    responses((status = 200, body = Page<SourceView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn sources(
    app: Data<App>,
    caller: Reader,
    query: Query<PageQuery>,
    req: HttpRequest,
) -> Result<Answer<Page<SourceView>>, Failure> {
    let (limit, lang) = (wanted(&app, &query.0)?, language(req.headers()));
    let after = query.0.cursor.unwrap_or_default();
    let mut items: Vec<SourceView> = harvest::sources(&app, &caller.hosted)
        .await?
        .into_iter()
        .filter(|(source, _)| source.name > after)
        .map(|(source, datasets)| view(source, datasets, lang))
        .collect();
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|source| source.name.clone());
    Ok(Answer(Page { items, next }))
}

/// Reads a configured source now.
#[utoipa::path(post, path = "/api/v1/harvest/sources/{name}", tag = "harvest", params(("name" = String, Path)),
    responses((status = 200, body = Report), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn run(
    app: Data<App>,
    caller: Operator,
    path: Path<String>,
    req: HttpRequest,
) -> Result<Answer<Report>, Failure> {
    let report = harvest::run::run(&app, &caller.hosted, &path).await?;
    Ok(Answer(said(report, language(req.headers()))))
}

/// Forgets a source and every dataset that it brought.
#[utoipa::path(delete, path = "/api/v1/harvest/sources/{name}", tag = "harvest", params(("name" = String, Path)),
    responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn forget(app: Data<App>, caller: Operator, path: Path<String>) -> Result<HttpResponse, Failure> {
    harvest::forget(&app, &caller.hosted, &path).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Lists datasets of others, each once.
#[utoipa::path(get, path = "/api/v1/harvest/records", tag = "harvest", params(RecordQuery),
    responses((status = 200, body = Page<HarvestedView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn records(
    app: Data<App>,
    caller: Reader,
    query: Query<RecordQuery>,
) -> Result<Answer<Page<HarvestedView>>, Failure> {
    let RecordQuery { source, cursor, limit } = query.0;
    let limit = wanted(&app, &PageQuery { cursor: None, limit })?;
    let (source, after) = (source.unwrap_or_default(), cursor.unwrap_or_default());
    let (found, next) = harvest::records(&app, &caller.hosted, &source, &after, limit).await?;
    let now = app.now();
    let items = found.into_iter().map(|kept| HarvestedView {
        stale: freshness::of_record(&kept.record, now).map(Timestamp::rfc3339),
        source: kept.source,
        taken: kept.created.rfc3339(),
        changed: kept.updated.rfc3339(),
        record: kept.record,
    });
    Ok(Answer(Page { items: items.collect(), next }))
}

fn view(source: Source, datasets: u64, lang: Lang) -> SourceView {
    SourceView {
        name: source.name,
        kind: source.kind.as_str().to_owned(),
        url: source.url,
        datasets,
        read: source.succeeded.map(Timestamp::rfc3339),
        tried: Some(source.tried).filter(|tried| *tried > Timestamp(0)).map(Timestamp::rfc3339),
        fault: source.fault,
        report: said(source.report, lang),
    }
}

/// A report whose faults say in words what is wrong.
fn said(mut report: Report, lang: Lang) -> Report {
    let words = |fault: &mut Fault| fault.reason = harvest::reason(&fault.code, lang).to_owned();
    report.faults.iter_mut().chain(&mut report.warnings).for_each(words);
    report
}
