//! The same API for every dataset: listed, and what changed in one. It is described at `/catalog/datasets/{id}`, and its
//! bytes are fetched below `/data` under a contract.

use actix_web::http::header::{CACHE_CONTROL, VARY};
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use contracts::api::delta::{ChangeView, DeltaView};
use contracts::api::search::HitView;
use contracts::api::{Page, PageQuery, Problem};
use contracts::id::DatasetId;
use serde::Deserialize;
use utoipa::IntoParams;

use super::body::Query;
use super::member::At;
use super::outer::language;
use super::problem::Failure;
use super::search::{read, searcher, view};
use crate::app::catalogue::search::{Searcher, search};
use crate::app::catalogue::{Change, delta};
use crate::app::{App, Error};
use crate::domain::dataset::Asker;
use crate::text::say;

pub fn routes(service: &mut ServiceConfig) {
    service
        .service(web::resource("/catalog/datasets").route(web::get().to(list)))
        .service(web::resource("/catalog/datasets/{id}/delta").route(web::get().to(changes)));
}

/// After which revision.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Since {
    /// The number of a revision; all changes when left out.
    #[param(minimum = 0)]
    since: Option<i64>,
}

/// Lists the datasets that the caller may know of, in the order of their identifiers.
#[utoipa::path(get, path = "/catalog/datasets", tag = "datasets", params(PageQuery),
    responses((status = 200, body = Page<HitView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    app: Data<App>,
    At(hosted): At,
    req: HttpRequest,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Failure> {
    let mut parameters = url::form_urlencoded::Serializer::new(String::new());
    if let Some(cursor) = &query.0.cursor {
        parameters.append_pair("cursor", cursor);
    }
    if let Some(limit) = query.0.limit {
        parameters.append_pair("limit", &limit.to_string());
    }
    let asked = read(&app, &parameters.finish())?;
    let searcher = searcher(&app, &hosted, &req, b"").await?;
    let private = searcher != Searcher::Anonymous;
    let (found, next) = search(&app, &hosted, searcher, asked.question, asked.from, asked.limit).await?;
    let page = view(&app, &hosted, found, next.map(|next| next.cursor()), language(req.headers()));
    Ok(answer(private).json(Page { items: page.items, next: page.next }))
}

/// Tells what changed in a dataset after a revision, as far as the caller may see it in full.
#[utoipa::path(get, path = "/catalog/datasets/{id}/delta", tag = "datasets", params(("id" = String, Path), Since),
    responses((status = 200, body = DeltaView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn changes(
    app: Data<App>,
    At(hosted): At,
    path: Path<String>,
    req: HttpRequest,
    query: Query<Since>,
) -> Result<HttpResponse, Failure> {
    let since = query.0.since.unwrap_or(0);
    if since < 0 {
        return Err(Error::malformed(say("malformed.parameter").with("value", since), "since").into());
    }
    let id = DatasetId::from_segment(&path).map_err(|_| Error::NotFound("dataset"))?;
    let searcher = searcher(&app, &hosted, &req, b"").await?;
    let private = searcher != Searcher::Anonymous;
    let asker = match &searcher {
        Searcher::Participant(did) => Asker::Participant(did),
        Searcher::Anonymous | Searcher::Member => Asker::Anonymous,
    };
    let found = delta(&app, &hosted, asker, &id, since).await?;
    let change = |Change { line, changed }: Change| ChangeView {
        revision: line.number,
        at: line.at.rfc3339(),
        digest: line.digest,
        withdrawn: line.withdrawn,
        changed,
    };
    Ok(answer(private).json(DeltaView {
        id: id.to_string(),
        withdrawn: found.withdrawn,
        changes: found.changes.into_iter().map(change).collect(),
        next: found.next,
    }))
}

fn answer(private: bool) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .insert_header((VARY, "Authorization, Accept-Language"))
        .insert_header((CACHE_CONTROL, if private { "private, no-cache" } else { "public, no-cache" }));
    response
}
