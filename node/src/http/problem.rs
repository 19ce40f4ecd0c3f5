//! The only place where an error becomes a status (RFC 9457).

mod describe;

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use contracts::api::Problem;

use describe::describe;

use crate::app::Error;
use crate::text::{self, Lang, Sentence};

/// An error answer: what a use case said, or what the edge found before it was asked.
#[derive(Debug)]
pub enum Failure {
    App(Error),
    /// The body has more than so many bytes.
    TooLarge(usize),
    MediaType {
        found: String,
        expected: &'static str,
    },
    /// The part that is sent does not follow what is here.
    Range(Error),
    /// The body did not arrive within so many seconds.
    TooSlow(u64),
    /// This caller, or the node, has too much in flight.
    TooMany {
        limit: &'static str,
        retry_after: u32,
    },
    NoRoute,
    /// No hosted member has this address.
    NoMember(String),
    Method,
    /// A part of a protocol that this node does not do.
    NotImplemented(Sentence),
    NoToken,
    BadToken,
    Role {
        has: &'static str,
        needs: &'static str,
    },
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::App(error) => error.fmt(f),
            other => write!(f, "{}", other.row().1),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::App(error)
    }
}

impl From<crate::store::Error> for Failure {
    fn from(error: crate::store::Error) -> Self {
        Self::App(error.into())
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        self.row().0
    }
    /// The status only: the outer layer renders the body once, in the caller's language.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

impl Failure {
    /// Status, name, and key of the title.
    fn row(&self) -> (StatusCode, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Self::App(error) => match error {
                Error::Malformed { .. } => (S::BAD_REQUEST, "malformed", "problem.malformed"),
                Error::Faulty(_) => (S::UNPROCESSABLE_ENTITY, "faulty", "problem.faulty"),
                Error::NotNow { .. } => (S::CONFLICT, "not-now", "problem.not-now"),
                Error::NotAllowed { .. } => (S::FORBIDDEN, "not-allowed", "problem.not-allowed"),
                Error::Unauthenticated(_) => (S::UNAUTHORIZED, "unauthenticated", "problem.unauthenticated"),
                Error::NotFound(_) => (S::NOT_FOUND, "not-found", "problem.not-found"),
                Error::Gone(_) => (S::GONE, "gone", "problem.gone"),
                Error::Unsupported(_) => (S::UNPROCESSABLE_ENTITY, "unsupported", "problem.unsupported"),
                Error::Conflict(_) => (S::CONFLICT, "conflict", "problem.conflict"),
                Error::Busy { .. } => (S::SERVICE_UNAVAILABLE, "busy", "problem.busy"),
                Error::Unavailable(_) => (S::SERVICE_UNAVAILABLE, "unavailable", "problem.unavailable"),
                Error::Unresolved(_) => (S::SERVICE_UNAVAILABLE, "unresolved", "problem.unresolved"),
                Error::Left => (S::SERVICE_UNAVAILABLE, "left", "problem.left"),
                Error::Stopped(_) => (S::SERVICE_UNAVAILABLE, "stopped", "problem.stopped"),
                Error::Peer { .. } => (S::BAD_GATEWAY, "peer", "problem.peer"),
                Error::Internal(_) => (S::INTERNAL_SERVER_ERROR, "internal", "problem.internal"),
            },
            Self::Range(_) => (S::RANGE_NOT_SATISFIABLE, "range", "problem.range"),
            Self::TooLarge(_) => (S::PAYLOAD_TOO_LARGE, "too-large", "problem.too-large"),
            Self::MediaType { .. } => (S::UNSUPPORTED_MEDIA_TYPE, "media-type", "problem.media-type"),
            Self::TooSlow(_) => (S::REQUEST_TIMEOUT, "too-slow", "problem.too-slow"),
            Self::TooMany { .. } => (S::TOO_MANY_REQUESTS, "too-many", "problem.too-many"),
            Self::NoRoute => (S::NOT_FOUND, "no-route", "problem.no-route"),
            Self::NoMember(_) => (S::MISDIRECTED_REQUEST, "no-member", "problem.no-member"),
            Self::NotImplemented(_) => (S::NOT_IMPLEMENTED, "unsupported", "problem.unsupported"),
            Self::Method => (S::METHOD_NOT_ALLOWED, "method", "problem.method"),
            Self::NoToken | Self::BadToken => (S::UNAUTHORIZED, "unauthenticated", "problem.unauthenticated"),
            Self::Role { .. } => (S::FORBIDDEN, "not-allowed", "problem.not-allowed"),
        }
    }

    /// The problem document in a language. Writes the log line of an internal error.
    pub fn problem(&self, lang: Lang) -> Problem {
        let (status, name, title) = self.row();
        let mut problem = Problem {
            kind: format!("urn:fiducie:problem:{name}"),
            title: text::get(lang, title).to_owned(),
            status: status.as_u16(),
            detail: None,
            at: None,
            reasons: vec![],
            faults: vec![],
            retry_after: None,
            incident: None,
        };
        let fill = |key, values: &[(&str, &str)]| Some(text::fill(lang, key, values));
        match self {
            Self::App(error) | Self::Range(error) => describe(error, &mut problem, lang),
            Self::TooLarge(limit) => {
                problem.detail = fill("problem.too-large-detail", &[("limit", &limit.to_string())]);
            }
            Self::MediaType { found, expected } => {
                problem.detail =
                    fill("problem.media-type-detail", &[("found", found), ("expected", expected)]);
            }
            Self::TooSlow(seconds) => {
                problem.detail = fill("problem.too-slow-detail", &[("seconds", &seconds.to_string())]);
            }
            Self::TooMany { limit, retry_after } => {
                problem.retry_after = Some(*retry_after);
                let values = [("limit", *limit), ("seconds", &retry_after.to_string())];
                problem.detail = fill("problem.too-many-detail", &values);
            }
            Self::NoRoute => problem.detail = fill("problem.no-route-detail", &[]),
            Self::NoMember(address) => {
                problem.detail = fill("problem.no-member-detail", &[("address", address)]);
            }
            Self::Method => {}
            Self::NotImplemented(said) => problem.detail = Some(said.text(lang)),
            Self::NoToken => problem.detail = fill("problem.token-missing", &[]),
            Self::BadToken => problem.detail = fill("problem.token-unknown", &[]),
            Self::Role { has, needs } => {
                problem.detail = fill("problem.role", &[("has", has), ("needs", needs)]);
            }
        }
        problem
    }

    /// The whole answer in a language.
    pub fn render(&self, lang: Lang) -> HttpResponse {
        let problem = self.problem(lang);
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        response.content_type("application/problem+json");
        response.insert_header((HeaderName::from_static("content-language"), code(lang)));
        if let Some(seconds) = problem.retry_after {
            response.insert_header((RETRY_AFTER, HeaderValue::from(seconds)));
        }
        if status == StatusCode::UNAUTHORIZED {
            response
                .insert_header((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer, DPoP algs=\"ES256\"")));
        }
        response.body(serde_json::to_vec(&problem).unwrap_or_default())
    }
}

/// An error that is no answer of its own, as a sentence.
pub fn told(error: &Error, lang: Lang) -> String {
    let mut problem = Problem::default();
    describe(error, &mut problem, lang);
    problem.detail.unwrap_or_else(|| error.to_string())
}

fn code(lang: Lang) -> HeaderValue {
    HeaderValue::from_static(lang.pick("fr", "en"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internal_detail_stays_inside() {
        let failure = Failure::App(Error::Internal("password=hunter2".into()));
        for lang in [Lang::Fr, Lang::En] {
            let text = serde_json::to_string(&failure.problem(lang)).unwrap();
            assert!(!text.contains("hunter2") && text.contains("incident"));
        }
    }

    #[test]
    fn a_full_queue_says_when_to_come_back() {
        let answer = Failure::App(Error::Busy { limit: "writes_waiting", retry_after: 2 }).render(Lang::Fr);
        assert_eq!(
            (answer.status().as_u16(), answer.headers().get(RETRY_AFTER).unwrap().as_bytes()),
            (503, &b"2"[..])
        );
    }
}
