//! The whole catalogue, its open subset, and single datasets.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use contracts::id::DatasetId;

use super::answer::not_acceptable;
use super::form::Form;
use super::place::{Place, instant};
use super::position::{parameter, position};
use super::{Caller, PAGE, views};
use crate::app::catalogue::shown::{self, Wanted};
use crate::app::{App, Error, Hosted};
use crate::graph::{Slice, Subset, describe};
use crate::http::member::At;
use crate::http::problem::Failure;

/// Entries of a feed.
const NEWEST: usize = 50;
/// Rows of a table: it is read by spreadsheets, which follow no links.
const ROWS: usize = 5_000;

pub async fn whole(app: Data<App>, At(hosted): At, req: HttpRequest) -> Result<HttpResponse, Failure> {
    let caller = Caller::of(&app, &hosted, &req).await?;
    page(&app, &hosted, &req, caller, Subset::default()).await
}

/// The open subset, at an address of its own: harvesters that know nothing of access rights take all of it for open.
/// The same for everybody.
pub async fn open(app: Data<App>, At(hosted): At, req: HttpRequest) -> Result<HttpResponse, Failure> {
    page(&app, &hosted, &req, Caller(None), Subset { open: true, since: None }).await
}

async fn page(
    app: &App,
    hosted: &Hosted,
    req: &HttpRequest,
    caller: Caller,
    subset: Subset,
) -> Result<HttpResponse, Failure> {
    let form = match req.match_info().get("form") {
        Some(extension) => Form::of_extension(extension).ok_or(Failure::NoRoute)?,
        None => match Form::negotiated(req.headers(), |_| true) {
            Some(form) => form,
            None => return Ok(not_acceptable()),
        },
    };
    let (query, since) = (req.query_string(), parameter(req.query_string(), "modified_since"));
    let subset = Subset { since: since.as_deref().map(instant).transpose()?, ..subset };
    let limit = match form {
        Form::Rss | Form::Atom => NEWEST,
        Form::Csv => ROWS,
        Form::Rdf(_) | Form::Html | Form::SchemaOrg => PAGE,
    };
    let wanted = Wanted { subset, from: position(query, "after")?, limit, newest_first: form.is_feed() };
    let place = Place::new(hosted, req, form, &caller, since);
    let (asker, now) = (caller.asker(), app.now());
    let choose = || shown::page(app, hosted, asker, &wanted);
    if let Some(unchanged) = place.known(&choose()?).unchanged(req, now) {
        return Ok(unchanged);
    }
    let Form::Rdf(format) = form else {
        let (slice, shown) = shown::described(app, hosted, asker, subset, choose).await?;
        let page = views::Page {
            member: &hosted.member,
            subset,
            this: place.this(&wanted),
            base: place.stem(),
            next: place.next(&slice),
            lang: place.lang,
        };
        let body = views::catalogue(form, &page, &slice, &shown).ok_or(Failure::NoRoute)?;
        return place.known(&slice).answer(req, form.content_type(), body.into_bytes(), now);
    };
    let around = |slice: &Slice, ids: &[&DatasetId]| {
        let mut out = describe::catalogue(&hosted.member, subset, slice.at, ids.iter().copied());
        let next = place.next(slice);
        if wanted.from.is_some() || next.is_some() {
            describe::view(&mut out, &place.this(&wanted), &place.first(), next.as_deref());
        }
        out
    };
    let (slice, body) = shown::write(app, hosted, asker, format, subset, choose, around).await?;
    place.known(&slice).answer(req, form.content_type(), body, now)
}

pub async fn one(
    app: Data<App>,
    At(hosted): At,
    path: Path<String>,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let caller = Caller::of(&app, &hosted, &req).await?;
    let (asker, now) = (caller.asker(), app.now());
    let find = |name: &str| -> Result<(DatasetId, Slice), Failure> {
        let id = DatasetId::from_segment(name).map_err(|_| Error::NotFound("dataset"))?;
        let slice = shown::dataset(&app, &hosted, asker, &id)?;
        Ok((id, slice))
    };
    // An identifier may itself end like a form.
    let ((id, slice), form) = match find(&path) {
        Ok(found) => (found, Form::negotiated(req.headers(), Form::is_of_one)),
        Err(failure) => match named(&path) {
            Some((name, form)) => (find(name)?, Some(form)),
            None => return Err(failure),
        },
    };
    let Some(form) = form else { return Ok(not_acceptable()) };
    let place = Place::new(&hosted, &req, form, &caller, None);
    if let Some(unchanged) = place.known(&slice).unchanged(&req, now) {
        return Ok(unchanged);
    }
    let choose = || shown::dataset(&app, &hosted, asker, &id);
    let Form::Rdf(format) = form else {
        let (slice, shown) = shown::described(&app, &hosted, asker, Subset::default(), choose).await?;
        let shown = shown.first().ok_or(Error::NotFound("dataset"))?;
        let body = views::dataset(form, &hosted.member, shown, place.lang);
        let body = body.ok_or(Failure::NoRoute)?.into_bytes();
        return place.known(&slice).answer(&req, form.content_type(), body, now);
    };
    let around = |_: &Slice, _: &[&DatasetId]| describe::around(&hosted.member);
    let (slice, body) = shown::write(&app, &hosted, asker, format, Subset::default(), choose, around).await?;
    place.known(&slice).answer(&req, form.content_type(), body, now)
}

/// A name with the form that its end asks for.
fn named(path: &str) -> Option<(&str, Form)> {
    let of_one = Form::ALL.into_iter().filter(|form| form.is_of_one());
    let with_end = of_one.flat_map(|form| form.extensions().iter().map(move |end| (form, *end)));
    let stripped =
        with_end.filter_map(|(form, end)| Some((path.strip_suffix(end)?.strip_suffix('.')?, form)));
    // The longest end: what is left is shortest.
    stripped.min_by_key(|(name, _)| name.len())
}
