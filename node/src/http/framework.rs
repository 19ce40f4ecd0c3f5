//! `/frameworks`: the trust frameworks that the member publishes or follows, for everybody; as JSON, or as RDF.

use actix_web::http::header::ACCEPT;
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use contracts::framework::{FrameworkFile, Version};
use contracts::id::FrameworkId;
use contracts::jcs;
use serde::Serialize;

use super::api::framework::{edition, view};
use super::catalog::{Known, not_acceptable, quality};
use super::language;
use super::member::At;
use super::problem::Failure;
use crate::app::framework::{self, Edition};
use crate::app::{App, Error, Hosted};
use crate::graph::{Format, describe, serialise};

pub fn routes(service: &mut ServiceConfig) {
    for path in ["/frameworks", "/frameworks.{form:[a-z]+}"] {
        service.service(web::resource(path).get(list).route(web::head().to(list)));
    }
    service
        .route("/frameworks/{id}", web::get().to(newest))
        .route("/frameworks/{id}/versions", web::get().to(versions))
        .route("/frameworks/{id}/versions/{version}", web::get().to(version));
}

/// What a caller reads.
#[derive(Debug, Clone, Copy)]
enum Form {
    Json,
    Rdf(Format),
}

async fn list(app: Data<App>, At(hosted): At, req: HttpRequest) -> Result<HttpResponse, Failure> {
    let form = match req.match_info().get("form") {
        Some(extension) => Some(of_extension(extension).ok_or(Failure::NoRoute)?),
        None => negotiated(&req),
    };
    let Some(form) = form else { return Ok(not_acceptable()) };
    let shown = framework::public(&app, &hosted).await?;
    let lang = language(req.headers());
    match form {
        Form::Json => json(&app, &req, &shown.iter().map(|one| view(one, lang)).collect::<Vec<_>>()),
        Form::Rdf(format) => rdf(&app, &hosted, &req, format, shown.iter().map(|one| &one.file)),
    }
}

async fn newest(
    app: Data<App>,
    At(hosted): At,
    path: Path<String>,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    // An identifier has no full stop in it; an end asks for a form.
    let (id, form) = match path.rsplit_once('.') {
        Some((id, extension)) => (id, Some(of_extension(extension).ok_or(Failure::NoRoute)?)),
        None => (path.as_str(), negotiated(&req)),
    };
    let Some(form) = form else { return Ok(not_acceptable()) };
    let shown = history(&app, &hosted, id).await?.pop().ok_or(Error::NotFound("framework"))?.shown;
    match form {
        Form::Json => signed(&app, &req, &shown.kept.digest, shown.kept.file),
        Form::Rdf(format) => rdf(&app, &hosted, &req, format, std::iter::once(&shown.file)),
    }
}

/// The versions, each with what it changed.
async fn versions(
    app: Data<App>,
    At(hosted): At,
    path: Path<String>,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let lang = language(req.headers());
    let all = history(&app, &hosted, &path).await?;
    json(&app, &req, &all.iter().map(|one| edition(one, lang)).collect::<Vec<_>>())
}

/// One version as it was signed.
async fn version(
    app: Data<App>,
    At(hosted): At,
    path: Path<(String, String)>,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let wanted = Version::parse(&path.1);
    let mut all = history(&app, &hosted, &path.0).await?;
    all.retain(|one| Some(one.shown.kept.version) == wanted);
    let kept = all.pop().ok_or(Error::NotFound("framework"))?.shown.kept;
    signed(&app, &req, &kept.digest, kept.file)
}

async fn history(app: &App, hosted: &Hosted, id: &str) -> Result<Vec<Edition>, Failure> {
    let id = FrameworkId::from_segment(id).map_err(|_| Error::NotFound("framework"))?;
    Ok(framework::public_history(app, hosted, &id).await?)
}

const JSON: &str = "application/json";

/// The file itself, byte for byte.
fn signed(app: &App, req: &HttpRequest, digest: &str, file: String) -> Result<HttpResponse, Failure> {
    answer(app, req, digest.to_owned(), JSON, file.into_bytes())
}

fn json<T: Serialize>(app: &App, req: &HttpRequest, value: &T) -> Result<HttpResponse, Failure> {
    let body = serde_json::to_vec(value).map_err(|e| Error::Internal(e.to_string()))?;
    answer(app, req, jcs::sha256_b64url(&body), JSON, body)
}

fn rdf<'a>(
    app: &App,
    hosted: &Hosted,
    req: &HttpRequest,
    format: Format,
    shown: impl Iterator<Item = &'a FrameworkFile>,
) -> Result<HttpResponse, Failure> {
    let triples = describe::frameworks(&hosted.member, shown);
    let refs = triples.0.iter().map(|triple| triple.as_ref()).collect();
    let body = serialise::write(refs, format).map_err(|e| Error::Internal(e.to_string()))?;
    answer(app, req, jcs::sha256_b64url(&body), format.content_type(), body)
}

fn answer(
    app: &App,
    req: &HttpRequest,
    tag: String,
    content_type: &'static str,
    body: Vec<u8>,
) -> Result<HttpResponse, Failure> {
    let known = Known { tag, changed: None, private: false, next: None };
    match known.unchanged(req, app.now()) {
        Some(unchanged) => Ok(unchanged),
        None => known.answer(req, content_type, body, app.now()),
    }
}

fn of_extension(extension: &str) -> Option<Form> {
    if extension == "json" {
        return Some(Form::Json);
    }
    Format::ALL.into_iter().find(|format| format.extensions().contains(&extension)).map(Form::Rdf)
}

/// The form with the highest quality; JSON, which is what was signed, when it is all the same.
fn negotiated(req: &HttpRequest) -> Option<Form> {
    let accept: Vec<_> = req.headers().get_all(ACCEPT).filter_map(|value| value.to_str().ok()).collect();
    if accept.is_empty() {
        return Some(Form::Json);
    }
    let accept = accept.join(",");
    let mut best = (quality(&accept, JSON), Some(Form::Json));
    for format in Format::ALL {
        let names = format.media_types().iter().filter(|name| **name != JSON);
        let found = names.map(|name| quality(&accept, name)).fold(0.0, f32::max);
        if found > best.0 {
            best = (found, Some(Form::Rdf(format)));
        }
    }
    best.1.filter(|_| best.0 > 0.0)
}
