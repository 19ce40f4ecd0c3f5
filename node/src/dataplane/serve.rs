//! `GET` and `HEAD <base>/data/{transfer}[/{path}]`: how consumers fetch the bytes of a dataset.
//!
//! Token and proof (no I/O) → flight → source and range, whose faults wait → decision and opening entry on disk →
//! answer → closing entry with what was handed over.

use std::sync::Arc;

use actix_web::body::SizedStream;
use actix_web::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, IF_RANGE, RANGE,
};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use policies::View;
use serde::Deserialize;

use super::account::{busy, close, nothing, open, settle};
use super::authenticate::{Proven, Shown, Unproven, authenticate};
use super::flight::{Flight, Full, Route, Way};
use super::range::{Span, Unsatisfiable};
use super::ready::{Fault, Ready};
use super::source::SourceError;
use super::stream::connect;
use super::{ENTRY, REFERENCE};
use crate::app::access::{self, Asked, By, Granted, Opening, Target, unproven};
use crate::app::{App, Error, Hosted};
use crate::domain::event::{Cause, Ending};
use crate::http::{At, Failure};
use crate::identity::token::{DataClaims, TokenError};

/// What the path names.
#[derive(Debug, Deserialize)]
pub struct Address {
    transfer: String,
    #[serde(default)]
    path: String,
}

/// The data plane's routes.
pub fn routes(service: &mut ServiceConfig) {
    for path in ["/data/{transfer}", "/data/{transfer}/{path:.*}"] {
        service.service(web::resource(path).route(web::get().to(serve)).route(web::head().to(serve)));
    }
}

/// The handler.
pub async fn serve(
    req: HttpRequest,
    At(hosted): At,
    app: Data<App>,
    at: Path<Address>,
) -> Result<HttpResponse, Failure> {
    let Address { transfer, path } = at.into_inner();
    let app = app.into_inner();
    let Proven { claims, proof } = match authenticate(&app, &hosted, &brought(&req, &transfer)) {
        Ok(proven) => proven,
        Err(Unproven { error, cause, claims }) => {
            unproven::note(&app, &hosted, &transfer, claims.as_deref(), cause).await;
            return Err(error.into());
        }
    };
    let claims: DataClaims = claims.as_ref().clone();
    let flight = enter(&app, &hosted, &claims)?;
    let thumbprint = claims.cnf.as_ref().map(|cnf| cnf.jkt.clone());
    let by = By::Token { claims: claims.clone(), thumbprint, proof };
    let head = req.method() == Method::HEAD;
    let mut view = None;
    // What of the dataset the contract gives is told by the decision: the whole is opened, or then that part.
    for _ in 0..2 {
        let (target, ready) = opened(&req, &app, &hosted, &claims, &path, view).await?;
        let (first, at_most) = match &ready {
            Ok(ready) => (ready.span.first, if head { 0 } else { ready.span.length }),
            Err(_) => (0, 0),
        };
        let asked = Asked { by: by.clone(), path: path.clone(), first, at_most, target };
        match open(&app, &hosted, asked).await {
            Ok(Opening::Granted(granted)) => return answer(app, hosted, *granted, ready, flight, head),
            Ok(Opening::Other(other)) => view = other,
            Err(error) => {
                if matches!(error, Error::Unauthenticated(TokenError::Replayed)) {
                    unproven::note(&app, &hosted, &transfer, Some(&claims), Cause::Replayed).await;
                }
                return Err(error.into());
            }
        }
    }
    Err(Error::Unavailable("what the contract gives changed meanwhile; ask again".into()).into())
}

/// The source as a transfer gives it, or this part of it. Why it gives nothing is told to who has a right to it.
async fn opened(
    req: &HttpRequest,
    app: &App,
    hosted: &Hosted,
    claims: &DataClaims,
    path: &str,
    view: Option<View>,
) -> Result<(Option<Target>, Result<Ready, Fault>), Failure> {
    match access::find(app, hosted, claims).await {
        Ok(found) => {
            let target = Target { view, ..found };
            let ready = prepare(req, app, &target, path).await;
            Ok((Some(target), ready))
        }
        // Refused by the decision, and recorded.
        Err(withheld @ Error::NotAllowed { .. }) => Ok((None, Err(Fault::Withheld(withheld)))),
        Err(error) => Err(error.into()),
    }
}

fn answer(
    app: Arc<App>,
    hosted: Arc<Hosted>,
    granted: Granted,
    ready: Result<Ready, Fault>,
    flight: Flight,
    head: bool,
) -> Result<HttpResponse, Failure> {
    match ready {
        Ok(ready) if head => {
            settle(app, hosted, granted.clone(), nothing(Ending::Complete));
            let empty = futures_util::stream::empty::<Result<_, std::convert::Infallible>>();
            Ok(headers(&ready, &granted).body(SizedStream::new(ready.span.length, empty)))
        }
        Ok(ready) => Ok(send(app, hosted, granted, ready, flight)),
        Err(fault) => {
            settle(app, hosted, granted, nothing(Ending::SourceFailed));
            fault.answer()
        }
    }
}

fn brought<'a>(req: &'a HttpRequest, transfer: &'a str) -> Shown<'a> {
    let header = |name: &str| req.headers().get(name).and_then(|v| v.to_str().ok());
    let (authorization, dpop) = (header("authorization"), header("dpop"));
    Shown { method: req.method().as_str(), path: req.uri().path(), authorization, dpop, transfer }
}

fn enter(app: &App, hosted: &Hosted, claims: &DataClaims) -> Result<Flight, Failure> {
    let route = Route {
        way: Way::Out,
        member: hosted.id().clone(),
        peer: claims.sub.clone(),
        transfer: claims.tp.clone(),
        agreement: claims.agr.clone(),
    };
    app.flights.enter(route).map_err(|full| match full {
        Full::Peer => Failure::TooMany { limit: "limits.deliveries", retry_after: 2 },
        Full::Member | Full::Node => busy(full, "limits.deliveries").into(),
    })
}

/// Opens the source and reads the range. What goes wrong is told only to who has a right to the bytes.
async fn prepare(req: &HttpRequest, app: &App, target: &Target, path: &str) -> Result<Ready, Fault> {
    let header = |name: HeaderName| req.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let (range, if_range) = (header(RANGE), header(IF_RANGE));
    Ready::open(app, target, path, move |whole| {
        // A validator that no longer holds means: send the whole (RFC 9110 section 13.1.5).
        let wanted = range.filter(|_| if_range.is_none_or(|known| known == whole.etag));
        Span::parse(wanted.as_deref(), whole.total)
    })
    .await
}

impl Fault {
    fn answer(self) -> Result<HttpResponse, Failure> {
        match self {
            Self::Withheld(error) => Err(error.into()),
            Self::Range(Unsatisfiable { total }) => Ok(HttpResponse::RangeNotSatisfiable()
                .insert_header((CONTENT_RANGE, format!("bytes */{total}")))
                .finish()),
            Self::Source(error) if error.is_absent() => Err(Error::NotFound("file").into()),
            Self::Source(error) => {
                tracing::error!(%error, "delivery: the source cannot be opened");
                match error {
                    // Only a file of a folder can be missing by the caller's mistake.
                    SourceError::Missing(_) | SourceError::Outside(_) | SourceError::IsFolder(_) => {
                        Err(Error::NotFound("file").into())
                    }
                    _ => Err(Error::Unavailable("the source of this dataset cannot be read".into()).into()),
                }
            }
        }
    }
}

fn headers(ready: &Ready, granted: &Granted) -> HttpResponseBuilder {
    let status = if ready.span.partial { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((ETAG, ready.etag.as_str()))
        .insert_header((ACCEPT_RANGES, "bytes"))
        .insert_header((CONTENT_TYPE, ready.media_type.as_str()))
        // What a contract gives to one party belongs in no shared cache.
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .insert_header(("x-content-type-options", "nosniff"))
        .insert_header((REFERENCE, granted.delivery.reference.0.as_str()))
        .insert_header((ENTRY, granted.entry.to_string()));
    if ready.span.partial {
        answer.insert_header((CONTENT_RANGE, ready.span.content_range(ready.total)));
    }
    answer
}

fn send(app: Arc<App>, hosted: Arc<Hosted>, granted: Granted, ready: Ready, flight: Flight) -> HttpResponse {
    let mut answer = headers(&ready, &granted);
    let (body, pump) = connect(ready.reading, ready.first, flight.stop(), app.plane.patience);
    tokio::spawn(async move {
        let handed = pump.run().await;
        drop(flight);
        app.metrics.delivered(handed.bytes);
        close(&app, &hosted, &granted, handed).await;
    });
    answer.body(SizedStream::new(body.length(), body))
}
