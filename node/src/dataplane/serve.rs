//! `GET` and `HEAD <base>/data/{transfer}[/{path}]`: the only way bytes of a dataset leave.
//!
//! Token and proof (no I/O) → flight → source and range, whose faults wait → decision and opening entry on disk →
//! answer → closing entry with what was handed over.

use std::sync::Arc;
use std::time::Duration;

use actix_web::body::SizedStream;
use actix_web::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, IF_RANGE, RANGE,
};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde::Deserialize;

use super::authenticate::{Proven, Shown, Unproven, authenticate};
use super::digest::Sha256;
use super::flight::{Flight, Full, Route, Way};
use super::range::{Span, Unsatisfiable};
use super::read::{PIECE, Piece, Reading};
use super::source::{Opened, SourceError};
use super::stage::Stages;
use super::stream::{Handed, connect};
use super::{ENTRY, REFERENCE};
use crate::app::access::{self, Asked, Granted, Target, unproven};
use crate::app::{App, Error, Hosted};
use crate::domain::event::{Cause, Ending};
use crate::http::{At, Failure};
use crate::identity::token::DataClaims;

/// What the path names.
#[derive(Debug, Deserialize)]
pub struct Address {
    transfer: String,
    #[serde(default)]
    path: String,
}

/// A source ready to be read, or why there is nothing to send.
struct Ready {
    etag: String,
    total: u64,
    span: Span,
    reading: Reading,
    /// Read at once when everything fits in one piece.
    first: Option<Piece>,
    media_type: String,
}

enum Fault {
    Range(Unsatisfiable),
    Source(SourceError),
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
    let target = access::find(&app, &hosted, &claims).await?;
    let ready = prepare(&req, &app, &target, &path).await;
    let head = req.method() == Method::HEAD;
    let (first, at_most) = match &ready {
        Ok(ready) => (ready.span.first, if head { 0 } else { ready.span.length }),
        Err(_) => (0, 0),
    };
    let thumbprint = claims.cnf.as_ref().map(|cnf| cnf.jkt.clone());
    let shown = claims.clone();
    let asked = Asked { claims, thumbprint, proof, path, first, at_most };
    let granted = match open(&app, &hosted, asked).await {
        Ok(granted) => granted,
        Err(error) => {
            if matches!(error, Error::Unauthenticated(_)) {
                unproven::note(&app, &hosted, &transfer, Some(&shown), Cause::Replayed).await;
            }
            return Err(error.into());
        }
    };
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
        Full::Member => Error::Busy { limit: "limits.deliveries", retry_after: 2 }.into(),
        Full::Node => Error::Busy { limit: "limits.in_flight", retry_after: 2 }.into(),
    })
}

/// Opens the source and reads the range. What goes wrong is told only to who has a right to the bytes.
async fn prepare(req: &HttpRequest, app: &App, target: &Target, path: &str) -> Result<Ready, Fault> {
    let header = |name: HeaderName| req.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let (range, if_range) = (header(RANGE), header(IF_RANGE));
    let (roots, source, revision) = (app.plane.roots.clone(), target.source.clone(), target.revision);
    let path = (!path.is_empty()).then(|| path.to_owned());
    let opening = move || {
        let opened: Opened = roots.open(&source, path.as_deref())?;
        let (etag, total) = (opened.etag(revision), opened.length());
        let stages = Stages::default();
        // A validator that no longer holds means: send the whole (RFC 9110 section 13.1.5).
        let wanted = range.filter(|_| stages.keeps_length() && if_range.is_none_or(|known| known == etag));
        let span = Span::parse(wanted.as_deref(), total)?;
        let media_type = opened.media_type.unwrap_or("application/octet-stream").to_owned();
        let mut reading = Reading::new(opened, span, stages)?;
        let first = if span.length <= PIECE as u64 { reading.piece()? } else { None };
        Ok(Ready { etag, total, span, reading, first, media_type })
    };
    tokio::task::spawn_blocking(opening).await.unwrap_or_else(|e| {
        Err(Fault::Source(SourceError::Io(Default::default(), std::io::Error::other(e.to_string()))))
    })
}

impl From<SourceError> for Fault {
    fn from(error: SourceError) -> Self {
        Self::Source(error)
    }
}

impl From<Unsatisfiable> for Fault {
    fn from(error: Unsatisfiable) -> Self {
        Self::Range(error)
    }
}

impl Fault {
    fn answer(self) -> Result<HttpResponse, Failure> {
        match self {
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

/// A right on its way to who asked for it. If nobody takes it, nothing leaves, and the delivery is closed so.
struct Owed {
    app: Arc<App>,
    hosted: Arc<Hosted>,
    granted: Option<Granted>,
}

impl Drop for Owed {
    fn drop(&mut self) {
        if let Some(granted) = self.granted.take() {
            settle(self.app.clone(), self.hosted.clone(), granted, nothing(Ending::Broken));
        }
    }
}

/// Opens in a task of its own: a caller that goes away takes its request's handler with it, but not the entry that is
/// being written, which must be followed by its closing one.
async fn open(app: &Arc<App>, hosted: &Arc<Hosted>, asked: Asked) -> Result<Granted, Error> {
    let (app, hosted) = (app.clone(), hosted.clone());
    let opening = tokio::spawn(async move {
        let granted = Some(access::open(&app, &hosted, asked).await?);
        Ok::<_, Error>(Owed { app, hosted, granted })
    });
    let mut owed = opening.await.map_err(|e| Error::Internal(e.to_string()))??;
    owed.granted.take().ok_or_else(|| Error::Internal("a right was given twice".into()))
}

fn nothing(ending: Ending) -> Handed {
    Handed { bytes: 0, digest: Sha256::default(), ending }
}

fn settle(app: Arc<App>, hosted: Arc<Hosted>, granted: Granted, handed: Handed) {
    tokio::spawn(async move { close(&app, &hosted, &granted, handed).await });
}

/// Writes the closing entry. While the database is away it is tried again; if the process ends before, recovery
/// closes the delivery as "at most".
async fn close(app: &App, hosted: &Hosted, granted: &Granted, handed: Handed) {
    let (bytes, ending) = (handed.bytes, handed.ending);
    let sha256 = handed.digest.finish().hex();
    for wait in [0, 100, 500, 2_000, 5_000, 10_000, 30_000, 60_000] {
        tokio::time::sleep(Duration::from_millis(wait)).await;
        match access::close(app, hosted, &granted.delivery, bytes, &sha256, ending).await {
            Ok(()) => return,
            Err(Error::Busy { .. } | Error::Unavailable(_)) => {}
            Err(error) => {
                tracing::error!(%error, reference = granted.delivery.reference.0, "delivery: not closed");
                return;
            }
        }
    }
    tracing::error!(reference = granted.delivery.reference.0, "delivery: left to recovery");
}
