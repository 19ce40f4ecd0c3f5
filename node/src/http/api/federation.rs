//! `/federation/search`: what the members of the federation and other sources publish, from local copies.

use actix_web::HttpRequest;
use actix_web::web::{Data, Json as Answer};
use contracts::api::Problem;
use contracts::api::harvest::{FederationPage, FoundView, SourceDate};
use contracts::api::search::FacetValue;

use crate::app::catalogue::search::label;
use crate::app::{App, Error, harvest};
use crate::domain::time::Timestamp;
use crate::http::auth::Reader;
use crate::http::search::{Parameters, Place, best, read};
use crate::http::{Failure, language};
use crate::search::{From, Shown};
use crate::text::{Lang, say};

/// Searches what others publish. Nobody is asked meanwhile: sources that do not answer are searched as they last were.
#[utoipa::path(get, path = "/api/v1/federation/search", tag = "harvest", params(Parameters),
    responses((status = 200, body = FederationPage), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn find(
    app: Data<App>,
    caller: Reader,
    req: HttpRequest,
) -> Result<Answer<FederationPage>, Failure> {
    let asked = read(&app, req.query_string())?;
    let lang = language(req.headers());
    let skip = asked.from.as_ref().map_or(0, |place| place.after);
    let (found, from) = harvest::search(&app, &caller.hosted, asked.question, (skip, asked.limit)).await?;
    if asked.from.is_some_and(|place| place.tag != found.tag) {
        return Err(Error::malformed(say("malformed.old-page"), "cursor").into());
    }
    let after = skip + found.hits.len();
    let more = after < found.total && !found.hits.is_empty();
    let sources =
        harvest::sources(&app, &caller.hosted).await?.into_iter().map(|(source, datasets)| SourceDate {
            name: source.name,
            datasets,
            read: source.succeeded.map(Timestamp::rfc3339),
            silent: source.fault.is_some(),
        });
    let facets = found.facets.iter().map(|(kind, values)| {
        let one = |(value, count): &(String, usize)| FacetValue {
            label: label(&app, kind, value, lang),
            value: value.clone(),
            count: *count,
        };
        ((*kind).to_owned(), values.iter().map(one).collect())
    });
    Ok(Answer(FederationPage {
        total: found.total,
        facets: facets.collect(),
        sources: sources.collect(),
        next: more.then(|| Place { after, tag: found.tag }.cursor()),
        items: found.hits.into_iter().zip(from).map(|(hit, from)| view(hit, from, app.now(), lang)).collect(),
    }))
}

fn view(hit: Shown, from: Option<From>, now: Timestamp, lang: Lang) -> FoundView {
    let full = hit.full;
    let (formats, territories) = full.as_ref().map_or_else(Default::default, |full| {
        (full.formats.clone(), full.places.iter().map(|(kind, code)| format!("{kind}:{code}")).collect())
    });
    let (source, url) = from.map(|from| (from.source, from.url)).unwrap_or_default();
    FoundView {
        id: hit.id.to_string(),
        source,
        url,
        title: best(&hit.title, lang),
        producer: hit.producer,
        rung: hit.rung.map(|rung| rung.code().to_owned()),
        themes: hit.themes.into_iter().map(ToOwned::to_owned).collect(),
        modified: full
            .as_ref()
            .map(|full| full.modified)
            .filter(|at| *at > Timestamp(0))
            .map(Timestamp::rfc3339),
        stale: full.as_ref().and_then(|full| full.stale_since(now)).map(Timestamp::rfc3339),
        summary: full.as_ref().map(|full| best(&full.summary, lang)).unwrap_or_default(),
        formats,
        territories,
    }
}
