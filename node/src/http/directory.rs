//! `/frameworks/{id}/members`, `/frameworks/{id}/questions` and `/frameworks/{id}/use-cases`: what the operator of a framework
//! shows to everybody of its members, of what its bodies decided, and of what for; sealed page by page.

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use contracts::feed::{HEADER, PageSeal, SealType};
use contracts::format::{Instant, V1};
use contracts::id::{FrameworkId, QuestionId};
use contracts::jcs;
use serde::{Deserialize, Serialize};

use super::api;
use super::api::question::view;
use super::body::Query;
use super::member::At;
use super::problem::Failure;
use crate::app::{App, Error, Hosted, membership, question, use_case};
use crate::identity::feed::sign_page;
use crate::identity::keys::Purpose;
use crate::store::Page;

/// Questions on a page.
const STEP: usize = 200;

pub fn routes(service: &mut ServiceConfig) {
    service
        .route("/frameworks/{id}/members", web::get().to(members))
        .route("/frameworks/{id}/use-cases", web::get().to(use_cases))
        .route("/frameworks/{id}/questions", web::get().to(questions))
        .route("/frameworks/{id}/questions/{question}", web::get().to(one));
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct After {
    /// `next` of the page before.
    after: Option<String>,
}

async fn members(
    app: Data<App>,
    At(hosted): At,
    path: Path<String>,
    query: Query<After>,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let framework = named(&path)?;
    let page = membership::directory(&app, &hosted, &framework, query.0.after).await?;
    sealed(&app, &hosted, &req, &page)
}

async fn questions(
    app: Data<App>,
    At(hosted): At,
    path: Path<String>,
    query: Query<After>,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let framework = named(&path)?;
    let rows = Page { after: query.0.after, limit: STEP };
    let found = question::list(&app, &hosted, &framework, &rows).await?;
    let next = (found.len() == STEP).then(|| found.last().map(|one| one.question.id.to_string())).flatten();
    let items: Vec<_> = found.iter().map(|one| view(one, &[])).collect();
    sealed(&app, &hosted, &req, &contracts::api::Page { items, next })
}

/// Use cases in every phase, those refused and over included.
async fn use_cases(
    app: Data<App>,
    At(hosted): At,
    path: Path<String>,
    query: Query<After>,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let framework = named(&path)?;
    let rows = Page { after: query.0.after, limit: STEP };
    let found = use_case::public(&app, &hosted, &framework, &rows).await?;
    let next = (found.len() == STEP).then(|| found.last().map(|one| one.id.to_string())).flatten();
    let items: Vec<_> = found.iter().map(api::use_case::view).collect();
    sealed(&app, &hosted, &req, &contracts::api::Page { items, next })
}

/// A question with every ballot as it was signed: who has this page counts again.
async fn one(
    app: Data<App>,
    At(hosted): At,
    path: Path<(String, String)>,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let framework = named(&path.0)?;
    let id = QuestionId::from_segment(&path.1).map_err(|_| Error::NotFound("question"))?;
    let shown = question::get(&app, &hosted, &id).await?;
    if shown.asked.question.framework != framework {
        return Err(Error::NotFound("question").into());
    }
    sealed(&app, &hosted, &req, &view(&shown.asked, &shown.ballots))
}

fn named(text: &str) -> Result<FrameworkId, Error> {
    FrameworkId::from_segment(text).map_err(|_| Error::NotFound("framework"))
}

/// An answer with the member's signature over its bytes and address.
fn sealed<T: Serialize>(
    app: &App,
    hosted: &Hosted,
    req: &HttpRequest,
    value: &T,
) -> Result<HttpResponse, Failure> {
    let internal = |e: String| Error::Internal(e);
    let body = serde_json::to_vec(value).map_err(|e| internal(e.to_string()))?;
    let now = app.now();
    let path = req.uri().path_and_query().map_or("/", |whole| whole.as_str());
    let seal = PageSeal {
        kind: SealType::Feed,
        v: V1,
        by: hosted.did().clone(),
        at: Instant::from_seconds(now.seconds()),
        page: hosted.member.at(path),
        digest: jcs::sha256_b64url(&body),
    };
    let seal = sign_page(&seal, &hosted.keys().current(Purpose::Sign, now).map_err(Error::from)?.signer)
        .map_err(Error::from)?;
    let value = HeaderValue::from_str(&seal).map_err(|e| internal(e.to_string()))?;
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header(("cache-control", "no-cache"))
        .insert_header((HeaderName::from_static(HEADER), value))
        .body(body))
}
