//! Where an answer stands: what its links and its tag are made of.

use actix_web::HttpRequest;
use ontology::Lang;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Caller;
use super::answer::Known;
use super::form::Form;
use super::position::token;
use crate::app::catalogue::shown::Wanted;
use crate::app::{Error, Hosted};
use crate::domain::time::Timestamp;
use crate::graph::Slice;
use crate::http::language;
use crate::text::say;

/// To be raised with every change of what is written about the same dataset: tags must differ when bytes do.
const EDITION: u32 = 1;

pub struct Place<'a> {
    hosted: &'a Hosted,
    caller: &'a Caller,
    form: Form,
    /// Its address without a query.
    base: String,
    query: &'a str,
    /// As the caller wrote it.
    since: Option<String>,
    pub lang: Lang,
}

impl<'a> Place<'a> {
    pub fn new(
        hosted: &'a Hosted,
        req: &'a HttpRequest,
        form: Form,
        caller: &'a Caller,
        since: Option<String>,
    ) -> Self {
        // Feeds and tables are for French readers unless they say otherwise; RDF has all languages.
        let lang =
            if req.headers().contains_key("accept-language") { language(req.headers()) } else { Lang::Fr };
        let base = hosted.member.at(req.path());
        Self { hosted, caller, form, base, query: req.query_string(), since, lang }
    }

    /// The address of the first page.
    pub fn first(&self) -> String {
        self.address(None)
    }
    /// The address of this page.
    pub fn this(&self, wanted: &Wanted) -> String {
        self.address(wanted.from.as_ref().map(token).as_deref())
    }
    pub fn next(&self, slice: &Slice) -> Option<String> {
        slice.next.as_ref().map(|next| self.address(Some(&token(next))))
    }
    /// The address without the end that asks for a form.
    pub fn stem(&self) -> String {
        let ends = self.form.extensions().iter();
        let stem = ends.filter_map(|end| self.base.strip_suffix(end)?.strip_suffix('.')).next();
        stem.unwrap_or(&self.base).to_owned()
    }

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

    pub fn known(&self, slice: &Slice) -> Known {
        let member = &self.hosted.member;
        let around = format!(
            "{EDITION} {} {:?} {:?} {} {}\n{}\n{}",
            env!("CARGO_PKG_VERSION"),
            self.form,
            self.lang,
            member.did,
            member.name,
            self.base,
            self.query
        );
        Known {
            tag: slice.tag(&around),
            changed: (!self.caller.is_known() && slice.is_still()).then_some(slice.changed),
            private: self.caller.is_known(),
            next: self.next(slice),
        }
    }
}

/// An instant as RFC 3339 writes it, or a day.
pub fn instant(text: &str) -> Result<Timestamp, Error> {
    let day = contracts::dataset::Day::parse(text).map(|day| day.0.midnight().assume_utc());
    match day.or_else(|| OffsetDateTime::parse(text, &Rfc3339).ok()) {
        Some(date) => Ok(Timestamp::from_date(date)),
        None => Err(Error::malformed(say("malformed.since"), "modified_since")),
    }
}
