//! Around every request: limits, the member it is for, its trace, and the language of its errors.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{ACCEPT_LANGUAGE, ALLOW, HeaderMap};
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use opentelemetry::propagation::Extractor;
use tracing::Instrument;

use super::limits::Permit;
use super::problem::Failure;
use super::{Edge, member};
use crate::app::{App, Error};
use crate::telemetry;
use crate::text::{self, Lang, say};

/// The body of an answer; it keeps the request's place until its last byte has left.
pub struct Answer {
    body: BoxBody,
    _place: Option<Permit>,
}

impl MessageBody for Answer {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}

/// The middleware around everything.
pub async fn outer(
    mut req: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<Answer>, actix_web::Error> {
    let began = Instant::now();
    let lang = language(req.headers());
    let (Some(app), Some(edge)) =
        (req.app_data::<Data<App>>().cloned(), req.app_data::<Data<Edge>>().cloned())
    else {
        return Ok(req
            .into_response(actix_web::HttpResponse::InternalServerError().finish())
            .map_body(|_, b| Answer { body: b, _place: None }));
    };
    let place = match admit(&app, &edge, &mut req, began) {
        Ok(place) => place,
        Err(failure) => {
            let response = req.into_response(failure.render(lang));
            return Ok(response.map_body(|_, body| Answer { body, _place: None }));
        }
    };
    let method = req.method().clone();
    let span = tracing::info_span!(
        "request",
        otel.kind = "server",
        http.request.method = %method,
        http.route = tracing::field::Empty,
        http.response.status_code = tracing::field::Empty,
    );
    telemetry::follow(&span, &Carrier(req.headers()));
    let response = next.call(req).instrument(span.clone()).await?;
    let route = response.request().match_pattern().unwrap_or_else(|| "none".into());
    let status = response.status().as_u16();
    telemetry::name(&span, format!("{method} {route}"));
    span.record("http.route", &route);
    span.record("http.response.status_code", status);
    app.metrics.answered(method.as_str(), &route, status, began.elapsed());
    let rendered = span.in_scope(|| {
        response.response().error().and_then(|e| e.as_error::<Failure>()).map(|failure| failure.render(lang))
    });
    let is_bare_405 = status == 405 && response.response().error().is_none();
    let rendered = rendered.or_else(|| is_bare_405.then(|| Failure::Method.render(lang)));
    let response = match rendered {
        Some(rendered) => response.into_response(rendered),
        None if status == 405 => method_not_allowed(response, lang),
        None => response,
    };
    Ok(response.map_body(|_, body| Answer { body, _place: place }))
}

/// The router's own refusal of a method has no body: it gets ours, and keeps saying which methods there are.
fn method_not_allowed(response: ServiceResponse<BoxBody>, lang: Lang) -> ServiceResponse<BoxBody> {
    let allowed = response.headers().get(ALLOW).cloned();
    let mut rendered = Failure::Method.render(lang);
    if let Some(allowed) = allowed {
        rendered.headers_mut().insert(ALLOW, allowed);
    }
    response.into_response(rendered)
}

/// Takes a place for the request, or says why there is none. Health is always answered.
fn admit(app: &App, edge: &Edge, req: &mut ServiceRequest, now: Instant) -> Result<Option<Permit>, Failure> {
    if req.path().starts_with("/health/") {
        return Ok(None);
    }
    // No identifier, name or file has U+0000, and PostgreSQL cannot store it.
    if req.uri().path_and_query().is_some_and(|address| address.as_str().contains("%00")) {
        return Err(Error::malformed(say("malformed.nul"), "path").into());
    }
    let caller = member::caller(req.request(), app.config.listen.behind_proxy);
    let mut place = edge.limiter.enter(caller, now)?;
    if let Some(hosted) = member::resolve(app, req)? {
        place.for_member(&hosted.member.id)?;
        if hosted.has_left() && !is_still_shown(req) {
            return Err(Error::Left.into());
        }
    }
    Ok(Some(place))
}

/// What a host goes on showing of a member that left it: its identity, and its records to its own people.
fn is_still_shown(req: &ServiceRequest) -> bool {
    let path = req.path();
    let open = ["/.well-known/did.json", "/did.json"].contains(&path) || path.starts_with("/log/");
    req.method() == Method::GET && (open || path.starts_with("/api/v1/"))
}

/// The language of a request's errors; English when it asks for neither.
pub fn language(headers: &HeaderMap) -> Lang {
    let wanted = headers.get(ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    text::preferred(wanted, Lang::En)
}

struct Carrier<'a>(&'a HeaderMap);

impl Extractor for Carrier<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|v| v.to_str().ok())
    }
    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(|k| k.as_str()).collect()
    }
}
