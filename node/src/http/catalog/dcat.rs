//! The whole catalogue, its open subset, and single datasets.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use contracts::id::DatasetId;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::answer::{Known, not_acceptable};
use super::form::Form;
use super::position::{parameter, position, token};
use super::{Caller, PAGE};
use crate::app::catalogue::shown::{self, Wanted};
use crate::app::{App, Error, Hosted};
use crate::domain::time::Timestamp;
use crate::graph::{Slice, Subset, describe};
use crate::http::member::At;
use crate::http::problem::Failure;
use crate::text::say;

/// To be raised with every change of what is written about the same dataset: tags must differ when bytes do.
const EDITION: u32 = 1;

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
        None => match Form::negotiated(req.headers()) {
            Some(form) => form,
            None => return Ok(not_acceptable()),
        },
    };
    let (query, since) = (req.query_string(), parameter(req.query_string(), "modified_since"));
    let subset = Subset { since: since.as_deref().map(instant).transpose()?, ..subset };
    let wanted = Wanted { subset, from: position(query, "after")?, limit: PAGE };
    let place = Place { hosted, base: hosted.member.at(req.path()), since };
    let choose = || shown::page(app, hosted, caller.asker(), &wanted);
    let known = |slice: &Slice| place.known(req, slice, form, &caller);
    if let Some(unchanged) = known(&choose()?).unchanged(req, app.now()) {
        return Ok(unchanged);
    }
    let Form::Rdf(format) = form;
    let around = |slice: &Slice, ids: &[&DatasetId]| {
        let mut out = describe::catalogue(&hosted.member, subset, slice.at, ids.iter().copied());
        let next = place.next(slice);
        if wanted.from.is_some() || next.is_some() {
            let this = place.address(wanted.from.as_ref().map(token).as_deref());
            describe::view(&mut out, &this, &place.address(None), next.as_deref());
        }
        out
    };
    let (slice, body) = shown::write(app, hosted, caller.asker(), format, subset, choose, around).await?;
    known(&slice).answer(req, form, body, app.now())
}

pub async fn one(
    app: Data<App>,
    At(hosted): At,
    path: Path<String>,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let caller = Caller::of(&app, &hosted, &req).await?;
    let asker = caller.asker();
    let find = |name: &str| -> Result<(DatasetId, Slice), Failure> {
        let id = DatasetId::from_segment(name).map_err(|_| Error::NotFound("dataset"))?;
        let slice = shown::dataset(&app, &hosted, asker, &id)?;
        Ok((id, slice))
    };
    // An identifier may itself end like a form.
    let (found, form) = match find(&path) {
        Ok(found) => (found, Form::negotiated(req.headers())),
        Err(failure) => match named(&path) {
            Some((name, form)) => (find(name)?, Some(form)),
            None => return Err(failure),
        },
    };
    let Some(form) = form else { return Ok(not_acceptable()) };
    let place = Place { hosted: &hosted, base: hosted.member.at(req.path()), since: None };
    let known = |slice: &Slice| place.known(&req, slice, form, &caller);
    let ((id, slice), now) = (found, app.now());
    if let Some(unchanged) = known(&slice).unchanged(&req, now) {
        return Ok(unchanged);
    }
    let Form::Rdf(format) = form;
    let choose = || shown::dataset(&app, &hosted, asker, &id);
    let around = |_: &Slice, _: &[&DatasetId]| describe::around(&hosted.member);
    let (slice, body) = shown::write(&app, &hosted, asker, format, Subset::default(), choose, around).await?;
    known(&slice).answer(&req, form, body, now)
}

/// A name with the form that its end asks for.
fn named(path: &str) -> Option<(&str, Form)> {
    let with_end = Form::ALL.iter().flat_map(|form| form.extensions().iter().map(move |end| (*form, *end)));
    let stripped =
        with_end.filter_map(|(form, end)| Some((path.strip_suffix(end)?.strip_suffix('.')?, form)));
    // The longest end: what is left is shortest.
    stripped.min_by_key(|(name, _)| name.len())
}

/// Where an answer stands: what its links and its tag are made of.
struct Place<'a> {
    hosted: &'a Hosted,
    base: String,
    /// As the caller wrote it.
    since: Option<String>,
}

impl Place<'_> {
    fn address(&self, after: Option<&str>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("modified_since", self.since.as_deref()), ("after", after)] {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        match query.finish() {
            query if query.is_empty() => self.base.clone(),
            query => format!("{}?{query}", self.base),
        }
    }

    fn next(&self, slice: &Slice) -> Option<String> {
        slice.next.as_ref().map(|next| self.address(Some(&token(next))))
    }

    fn known(&self, req: &HttpRequest, slice: &Slice, form: Form, caller: &Caller) -> Known {
        let member = &self.hosted.member;
        let around = format!(
            "{EDITION} {} {form:?} {} {}\n{}\n{}",
            env!("CARGO_PKG_VERSION"),
            member.did,
            member.name,
            self.base,
            req.query_string()
        );
        Known {
            tag: slice.tag(&around),
            changed: (!caller.is_known() && slice.is_still()).then_some(slice.changed),
            private: caller.is_known(),
            next: self.next(slice),
        }
    }
}

/// An instant as RFC 3339 writes it, or a day.
fn instant(text: &str) -> Result<Timestamp, Error> {
    let day = contracts::dataset::Day::parse(text).map(|day| day.0.midnight().assume_utc());
    match day.or_else(|| OffsetDateTime::parse(text, &Rfc3339).ok()) {
        Some(date) => Ok(Timestamp::from_date(date)),
        None => Err(Error::malformed(say("malformed.instant"), "modified_since")),
    }
}
