//! `/catalog/feed`: what changed, as far as the caller may know, page by page, each page sealed by the member.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use contracts::feed::{HEADER, PageSeal, SealType};
use contracts::format::{Instant, V1};
use contracts::jcs;

use super::answer::Known;
use super::position::{position, token};
use super::{Caller, PAGE};
use crate::app::{App, Error, Hosted};
use crate::graph::feed::Page;
use crate::graph::{self, describe};
use crate::http::member::At;
use crate::http::problem::Failure;
use crate::identity::feed::sign_page;
use crate::identity::keys::Purpose;

const TRIG: &str = "application/trig; charset=utf-8";
/// How often a page that changes while it is written is begun again.
const TRIES: usize = 5;

pub async fn page(app: Data<App>, At(hosted): At, req: HttpRequest) -> Result<HttpResponse, Failure> {
    let caller = Caller::of(&app, &hosted, &req).await?;
    let (asker, now) = (caller.asker(), app.now());
    let from = position(req.query_string(), "after")?;
    let feed = hosted.member.at("/catalog/feed");
    let at = |position: &graph::Position| format!("{feed}?after={}", token(position));
    let this = from.as_ref().map_or_else(|| feed.clone(), at);
    for _ in 0..TRIES {
        let changes = app.graph.changes(hosted.id(), asker, from.as_ref(), PAGE, now).map_err(busy)?;
        let (next, resume) = (changes.next.as_ref().map(at), changes.resume.as_ref().map(at));
        let around = format!("{} {} {this}", env!("CARGO_PKG_VERSION"), hosted.member.name);
        let known = Known {
            tag: changes.tag(&around),
            changed: None,
            private: caller.is_known(),
            next: next.clone(),
        };
        if let Some(unchanged) = known.unchanged(&req, now) {
            return Ok(unchanged);
        }
        let page = Page {
            feed: &feed,
            this: &this,
            next: next.as_deref(),
            resume: resume.as_deref(),
            around: describe::around(&hosted.member),
        };
        match app.graph.write_changes(hosted.id(), &changes, &page) {
            Err(graph::Error::Changed) => {}
            written => {
                let body = written.map_err(busy)?;
                let seal = sealed(&app, &hosted, &this, &body)?;
                let mut answer = known.answer(&req, TRIG, body, now)?;
                let name = actix_web::http::header::HeaderName::from_static(HEADER);
                let value = actix_web::http::header::HeaderValue::from_str(&seal);
                answer.headers_mut().insert(name, value.map_err(|e| Error::Internal(e.to_string()))?);
                return Ok(answer);
            }
        }
    }
    Err(busy(graph::Error::Changed).into())
}

/// The member's signature over the page.
fn sealed(app: &App, hosted: &Hosted, page: &str, body: &[u8]) -> Result<String, Error> {
    let now = app.now();
    let seal = PageSeal {
        kind: SealType::Feed,
        v: V1,
        by: hosted.did().clone(),
        at: Instant::from_seconds(now.seconds()),
        page: page.to_owned(),
        digest: jcs::sha256_b64url(body),
    };
    let keys = hosted.keys();
    Ok(sign_page(&seal, &keys.current(Purpose::Sign, now)?.signer)?)
}

fn busy(error: graph::Error) -> Error {
    match error {
        graph::Error::NotReady | graph::Error::Changed => Error::Busy { limit: "catalogue", retry_after: 1 },
        graph::Error::Write(error) => Error::Internal(error.to_string()),
    }
}
