//! `/datasets`.

use actix_web::web::{Data, Json as Answer, Path};
use actix_web::{HttpRequest, HttpResponse};
use contracts::api::dataset::{DatasetView, Mend, Published, QualityView, RevisionQuery, RevisionView};
use contracts::api::{Page, PageQuery, Problem};
use contracts::id::DatasetId;
use serde_json::Value;

use super::{id, wanted};
use crate::app::{App, Error, catalogue};
use crate::domain::dataset::Revision;
use crate::http::auth::{Operator, Reader};
use crate::http::body::{Json, Query};
use crate::http::{Failure, language};
use crate::text::{self, say};
use crate::views::quality;

/// Publishes a dataset, or a new revision of one. Every fault of the description comes back.
#[utoipa::path(post, path = "/api/v1/datasets", tag = "datasets", request_body = Object,
    responses((status = 201, body = Published), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn publish(app: Data<App>, caller: Operator, body: Json<Value>) -> Result<HttpResponse, Failure> {
    let published = catalogue::publish(&app, &caller.hosted, &body.0).await?;
    Ok(HttpResponse::Created().json(Published {
        id: published.dataset.to_string(),
        revision: published.number,
        digest: published.digest,
    }))
}

/// Lists the member's datasets, withdrawn ones too, each at its newest revision.
#[utoipa::path(get, path = "/api/v1/datasets", tag = "datasets", params(PageQuery),
    responses((status = 200, body = Page<DatasetView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    app: Data<App>,
    caller: Reader,
    query: Query<PageQuery>,
) -> Result<Answer<Page<DatasetView>>, Failure> {
    let size = wanted(&app, &query.0)?;
    let after = query.0.cursor.as_deref().map(|c| id(c, |c| DatasetId::parse(c))).transpose()?;
    let (found, next) = catalogue::list(&app, &caller.hosted, after.as_ref(), size).await?;
    let items = found.iter().map(view).collect::<Result<_, _>>()?;
    Ok(Answer(Page { items, next: next.map(|n| n.to_string()) }))
}

/// Shows a dataset, at its newest revision or the one asked for.
#[utoipa::path(get, path = "/api/v1/datasets/{id}", tag = "datasets", params(("id" = String, Path), RevisionQuery),
    responses((status = 200, body = DatasetView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn show(
    app: Data<App>,
    caller: Reader,
    path: Path<String>,
    query: Query<RevisionQuery>,
) -> Result<Answer<DatasetView>, Failure> {
    let dataset = id(&path, DatasetId::from_segment)?;
    Ok(Answer(view(&catalogue::get(&app, &caller.hosted, &dataset, query.0.revision).await?)?))
}

/// Lists the revisions of a dataset, oldest first.
#[utoipa::path(get, path = "/api/v1/datasets/{id}/revisions", tag = "datasets", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<RevisionView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn revisions(
    app: Data<App>,
    caller: Reader,
    path: Path<String>,
    query: Query<PageQuery>,
) -> Result<Answer<Page<RevisionView>>, Failure> {
    let dataset = id(&path, DatasetId::from_segment)?;
    let size = wanted(&app, &query.0)?;
    let cursor = query.0.cursor.as_deref().unwrap_or("0");
    let after = cursor
        .parse()
        .map_err(|_| Error::malformed(say("malformed.cursor").with("found", cursor), "cursor"))?;
    let (lines, next) = catalogue::history(&app, &caller.hosted, &dataset, after, size).await?;
    let items = lines
        .into_iter()
        .map(|l| RevisionView {
            revision: l.number,
            digest: l.digest,
            at: l.at.rfc3339(),
            withdrawn: l.withdrawn,
        })
        .collect();
    Ok(Answer(Page { items, next: next.map(|n| n.to_string()) }))
}

/// Measures how well a dataset is described, and says what to mend, in the caller's language.
#[utoipa::path(get, path = "/api/v1/datasets/{id}/quality", tag = "datasets", params(("id" = String, Path)),
    responses((status = 200, body = QualityView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn quality(
    app: Data<App>,
    caller: Reader,
    path: Path<String>,
    req: HttpRequest,
) -> Result<Answer<QualityView>, Failure> {
    let dataset = id(&path, DatasetId::from_segment)?;
    let revision = catalogue::get(&app, &caller.hosted, &dataset, None).await?;
    let described = revision.described().ok_or(Error::NotFound("dataset"))?;
    let (items, lang) = (quality::items(described), language(req.headers()));
    let mut mend: Vec<Mend> = items
        .iter()
        .filter_map(|item| {
            let remedy = text::get(lang, item.remedy?).to_owned();
            Some(Mend { code: item.code.to_owned(), points: item.of, remedy })
        })
        .collect();
    mend.sort_by_key(|mend| std::cmp::Reverse(mend.points));
    let points = quality::points(&items);
    Ok(Answer(QualityView { points, of: quality::MOST, rating: quality::rating(points).to_owned(), mend }))
}

/// Withdraws a dataset; its revisions stay readable, its contracts stand.
#[utoipa::path(delete, path = "/api/v1/datasets/{id}", tag = "datasets", params(("id" = String, Path)),
    responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn withdraw(app: Data<App>, caller: Operator, path: Path<String>) -> Result<HttpResponse, Failure> {
    let dataset = id(&path, DatasetId::from_segment)?;
    catalogue::withdraw(&app, &caller.hosted, &dataset).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn view(revision: &Revision) -> Result<DatasetView, Failure> {
    let description = revision.described().map(|d| serde_json::to_value(&d.description));
    let offers = revision.described().map(|d| d.offers.iter().map(|o| o.id.to_string()).collect());
    Ok(DatasetView {
        id: revision.dataset.to_string(),
        revision: revision.number,
        digest: revision.digest.clone(),
        published: revision.at.rfc3339(),
        withdrawn: revision.is_withdrawn(),
        description: description.transpose().map_err(|e| Error::Internal(format!("description: {e}")))?,
        offers: offers.unwrap_or_default(),
    })
}
