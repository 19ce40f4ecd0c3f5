//! `/catalog/harvested`: what others publish, as this member last read it. The same for everybody.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest, Sha256};

use super::PAGE;
use super::answer::{Known, not_acceptable};
use super::form::Form;
use super::position::parameter;
use crate::app::{App, Error, harvest};
use crate::domain::time::Timestamp;
use crate::graph::{describe, serialise};
use crate::http::member::At;
use crate::http::problem::Failure;

pub async fn page(app: Data<App>, At(hosted): At, req: HttpRequest) -> Result<HttpResponse, Failure> {
    let form = match req.match_info().get("form") {
        Some(extension) => Form::of_extension(extension).ok_or(Failure::NoRoute)?,
        None => match Form::negotiated(req.headers(), |form| matches!(form, Form::Rdf(_))) {
            Some(form) => form,
            None => return Ok(not_acceptable()),
        },
    };
    let Form::Rdf(format) = form else { return Err(Failure::NoRoute) };
    let after = parameter(req.query_string(), "after").unwrap_or_default();
    let (found, next) = harvest::records(&app, &hosted, "", &after, PAGE).await?;
    let base = hosted.member.at(req.path());
    let address = |after: &str| {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("after", after).finish();
        if after.is_empty() { base.clone() } else { format!("{base}?{query}") }
    };
    let next = next.map(|next| address(&next));
    let mut digest =
        Sha256::new().chain_update(env!("CARGO_PKG_VERSION")).chain_update(format!("{form:?} {base}"));
    digest.update(format!("{after} {next:?} {} {}", hosted.did(), hosted.member.name));
    found.iter().for_each(|kept| digest.update(format!("{} {}\n", kept.record.origin, kept.digest)));
    let tag = hex::encode(&digest.finalize()[..16]);
    // What has left the page is not dated: only the tag tells.
    let known = Known { tag, changed: None::<Timestamp>, private: false, next: next.clone() };
    let now = app.now();
    if let Some(unchanged) = known.unchanged(&req, now) {
        return Ok(unchanged);
    }
    let mut triples = describe::harvested(&hosted.member, found.iter().map(|kept| &kept.record));
    if next.is_some() || !after.is_empty() {
        describe::view(&mut triples, &address(&after), &base, next.as_deref());
    }
    let refs = triples.0.iter().map(|triple| triple.as_ref()).collect();
    let body = serialise::write(refs, format).map_err(|error| Error::Internal(error.to_string()))?;
    known.answer(&req, form.content_type(), body, now)
}
