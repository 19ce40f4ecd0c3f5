//! Answers that are asked for again and again: told apart by a strong tag, compressed, kept by caches or by nobody.

use std::io::Write;
use std::time::{Duration, SystemTime};

use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, Header,
    HttpDate, IF_NONE_MATCH, IfModifiedSince, LAST_MODIFIED, LINK, VARY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::form::Form;
use crate::app::Error;
use crate::domain::time::Timestamp;
use crate::http::problem::Failure;

/// Less is not worth compressing, in bytes.
const SMALL: usize = 1000;

/// What is known of an answer before it is written.
pub struct Known {
    /// Differs whenever the bytes differ, but for compression.
    pub tag: String,
    /// When it last changed, if that is known: not of answers that time alone may change, or that are for one caller.
    pub changed: Option<Timestamp>,
    pub private: bool,
    pub next: Option<String>,
}

impl Known {
    /// The answer "as you have it", if the caller has it (RFC 9110, 13.2.2: the tag counts, else the date).
    pub fn unchanged(&self, req: &HttpRequest, now: Timestamp) -> Option<HttpResponse> {
        let tags: Vec<&str> =
            req.headers().get_all(IF_NONE_MATCH).filter_map(|value| value.to_str().ok()).collect();
        let same = if tags.is_empty() {
            let since = IfModifiedSince::parse(req).ok().map(|IfModifiedSince(date)| SystemTime::from(date));
            since.zip(self.changed(now)).is_some_and(|(since, changed)| changed <= since)
        } else {
            let mine = [self.quoted(false), self.quoted(true)];
            let given = |tag: &str| tag == "*" || mine.iter().any(|mine| mine == weak(tag));
            tags.iter().flat_map(|list| list.split(',')).map(str::trim).any(given)
        };
        same.then(|| self.headers(HttpResponse::NotModified(), accepts_gzip(req), now).finish())
    }

    pub fn answer(
        &self,
        req: &HttpRequest,
        content_type: &'static str,
        body: Vec<u8>,
        now: Timestamp,
    ) -> Result<HttpResponse, Failure> {
        let gzip = accepts_gzip(req) && body.len() >= SMALL;
        let mut response = self.headers(HttpResponse::Ok(), gzip, now);
        response.insert_header((CONTENT_TYPE, content_type));
        if content_type.starts_with("text/html") {
            // Nothing of a description may run, and the page needs nothing from elsewhere.
            let nothing =
                "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
            response.insert_header((CONTENT_SECURITY_POLICY, nothing));
        }
        response.insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
        if !gzip {
            return Ok(response.body(body));
        }
        let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
        let written = encoder.write_all(&body).and_then(|()| encoder.finish());
        let packed = written.map_err(|error| Error::Internal(error.to_string()))?;
        Ok(response.insert_header((CONTENT_ENCODING, "gzip")).body(packed))
    }

    fn headers(&self, mut response: HttpResponseBuilder, gzip: bool, now: Timestamp) -> HttpResponseBuilder {
        let cache = if self.private { "private, no-cache" } else { "public, no-cache" };
        response
            .insert_header((ETAG, self.quoted(gzip)))
            .insert_header((VARY, "Accept, Accept-Encoding, Accept-Language, Authorization"))
            .insert_header((CACHE_CONTROL, cache));
        if let Some(changed) = self.changed(now) {
            response.insert_header((LAST_MODIFIED, HttpDate::from(changed)));
        }
        if let Some(next) = &self.next {
            response.insert_header((LINK, format!("<{next}>; rel=\"next\"")));
        }
        response
    }

    /// A date has no more than seconds: one that is not over yet could still see a second change.
    fn changed(&self, now: Timestamp) -> Option<SystemTime> {
        let changed = self.changed.filter(|changed| changed.seconds() < now.seconds())?;
        let seconds = u64::try_from(changed.seconds()).ok()?;
        SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
    }

    /// The compressed bytes are other bytes.
    fn quoted(&self, gzip: bool) -> String {
        format!("\"{}{}\"", self.tag, if gzip { "-gzip" } else { "" })
    }
}

fn weak(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

fn accepts_gzip(req: &HttpRequest) -> bool {
    let named = req.headers().get_all(ACCEPT_ENCODING).filter_map(|value| value.to_str().ok());
    let accepted = |coding: &str| {
        let mut parts = coding.split(';').map(str::trim);
        let is_gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let refused =
            parts.any(|part| part.strip_prefix("q=").is_some_and(|q| q.trim().parse() == Ok(0.0_f32)));
        is_gzip && !refused
    };
    named.flat_map(|list| list.split(',')).any(accepted)
}

/// No form that the caller accepts: which ones there are.
pub fn not_acceptable() -> HttpResponse {
    let known: Vec<&str> = Form::ALL.iter().filter_map(|form| form.media_types().first()).copied().collect();
    HttpResponse::NotAcceptable()
        .insert_header((VARY, "Accept"))
        .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
        .body(format!("{}\n", known.join("\n")))
}
