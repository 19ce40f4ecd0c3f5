//! `/catalog/search`: what of this member's catalogue answers a question, for anybody or for who gives a peer's token.

mod parameters;

use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_LANGUAGE, VARY};
use actix_web::middleware::{Compat, Compress};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use contracts::api::Problem;
use contracts::api::search::{Correction, FacetValue, HitView, SearchPage};
use contracts::id::DatasetId;

use super::dsp::authenticate;
use super::member::At;
use super::outer::language;
use super::problem::Failure;
use crate::app::catalogue::search::{self, Searcher};
use crate::app::peer::spend;
use crate::app::{App, Hosted};
use crate::domain::time::Timestamp;
use crate::search::{Found, Shown};
use crate::text::Lang;
pub use parameters::{Parameters, Place, read};

pub fn routes(service: &mut ServiceConfig) {
    let resource = web::resource("/catalog/search").route(web::get().to(find)).route(web::head().to(find));
    service.service(resource.wrap(Compat::new(Compress::default())));
}

/// Searches the catalogue, as far as the caller may know it.
#[utoipa::path(get, path = "/catalog/search", tag = "catalog", params(Parameters),
    responses((status = 200, body = SearchPage), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn find(app: Data<App>, At(hosted): At, req: HttpRequest) -> Result<HttpResponse, Failure> {
    let asked = read(&app, req.query_string())?;
    let searcher = searcher(&app, &hosted, &req, b"").await?;
    let private = searcher != Searcher::Anonymous;
    let lang = language(req.headers());
    let (found, next) =
        search::search(&app, &hosted, searcher, asked.question, asked.from, asked.limit).await?;
    let mut response = HttpResponse::Ok();
    response
        .insert_header((VARY, "Authorization, Accept-Language"))
        .insert_header((CONTENT_LANGUAGE, lang.pick("fr", "en")))
        .insert_header((CACHE_CONTROL, if private { "private, no-cache" } else { "public, no-cache" }));
    Ok(response.json(view(&app, &hosted, found, next.map(|next| next.cursor()), lang)))
}

/// Who asks, if the request says so. A token that is wrong is refused: the caller believes to be known.
pub(super) async fn searcher(
    app: &App,
    hosted: &Hosted,
    req: &HttpRequest,
    body: &[u8],
) -> Result<Searcher, Failure> {
    if !req.headers().contains_key(AUTHORIZATION) {
        return Ok(Searcher::Anonymous);
    }
    let caller = authenticate(app, hosted, req, body).await?;
    spend(app, hosted, &caller).await?;
    Ok(Searcher::Participant(caller.did))
}

/// A page as it is sent, its labels in a language.
pub(super) fn view(app: &App, hosted: &Hosted, found: Found, next: Option<String>, lang: Lang) -> SearchPage {
    let facet = |kind: &str, values: Vec<(String, usize)>| {
        let one = |(value, count): (String, usize)| FacetValue {
            label: search::label(app, kind, &value, lang),
            value,
            count,
        };
        (kind.to_owned(), values.into_iter().map(one).collect())
    };
    let corrections = found.corrections.into_iter();
    SearchPage {
        total: found.total,
        items: found.hits.into_iter().map(|hit| item(hosted, hit, app.now(), lang)).collect(),
        facets: found.facets.into_iter().map(|(kind, values)| facet(kind, values)).collect(),
        corrections: corrections.map(|(asked, read)| Correction { asked, read }).collect(),
        partial: found.partial,
        next,
    }
}

fn item(hosted: &Hosted, hit: Shown, now: Timestamp, lang: Lang) -> HitView {
    let full = hit.full;
    let (formats, territories) = full.as_ref().map_or_else(Default::default, |full| {
        let places = full.places.iter().map(|(kind, code)| format!("{kind}:{code}"));
        (full.formats.clone(), places.collect())
    });
    HitView {
        url: address(hosted, &hit.id),
        id: hit.id.to_string(),
        title: best(&hit.title, lang),
        producer: hit.producer,
        rung: hit.rung.map(|rung| rung.code().to_owned()).unwrap_or_default(),
        themes: hit.themes.into_iter().map(ToOwned::to_owned).collect(),
        revision: full.as_ref().map(|full| full.revision),
        modified: full.as_ref().map(|full| full.modified.rfc3339()),
        stale: full.as_ref().and_then(|full| full.stale_since(now)).map(Timestamp::rfc3339),
        status: full.as_ref().and_then(|full| full.status).map(|status| status.code().to_owned()),
        summary: full.as_ref().map(|full| best(&full.summary, lang)),
        formats,
        territories,
    }
}

/// Where a dataset is described.
pub(super) fn address(hosted: &Hosted, id: &DatasetId) -> String {
    let mut url = hosted.member.base_url.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(["catalog", "datasets", id.segment()]);
    }
    url.into()
}

/// The text in this language, else in French, else in any.
pub(super) fn best(texts: &[(String, String)], lang: Lang) -> String {
    let of = |tag: &str| texts.iter().find(|(lang, _)| lang == tag);
    let found = of(lang.tag()).or_else(|| of("fr")).or_else(|| texts.first());
    found.map(|(_, text)| text.clone()).unwrap_or_default()
}
