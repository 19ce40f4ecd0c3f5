//! What search engines ask for first: robots.txt, and the sitemap of all pages that everybody may read.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::answer::Known;
use crate::app::App;
use crate::app::catalogue::shown::{self, Wanted};
use crate::domain::dataset::Asker;
use crate::graph::{Slice, Subset};
use crate::http::member::At;
use crate::http::problem::Failure;
use crate::views::sitemap::{self, MOST};

const XML: &str = "application/xml; charset=utf-8";

pub async fn robots(At(hosted): At) -> HttpResponse {
    let sitemap = hosted.member.at("/sitemap.xml");
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(format!(
        "User-agent: *\nAllow: /catalog\nDisallow: /api/\nDisallow: /dsp/\nSitemap: {sitemap}\n"
    ))
}

pub async fn whole(app: Data<App>, at: At, req: HttpRequest) -> Result<HttpResponse, Failure> {
    answer(&app, &at, &req, None)
}

pub async fn part(
    app: Data<App>,
    at: At,
    path: Path<usize>,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    answer(&app, &at, &req, Some(path.into_inner()))
}

fn answer(
    app: &App,
    At(hosted): &At,
    req: &HttpRequest,
    part: Option<usize>,
) -> Result<HttpResponse, Failure> {
    let wanted = Wanted { subset: Subset::default(), from: None, limit: usize::MAX, newest_first: false };
    let all = shown::page(app, hosted, Asker::Anonymous, &wanted)?;
    let (member, now) = (&hosted.member, app.now());
    let known = Known {
        tag: all.tag(&format!("sitemap {part:?} {}", member.at(req.path()))),
        changed: all.is_still().then_some(all.changed),
        private: false,
        next: None,
    };
    if let Some(unchanged) = known.unchanged(req, now) {
        return Ok(unchanged);
    }
    let files = all.seen.len().div_ceil(MOST);
    let text = match part {
        None if files > 1 => sitemap::index(member, files),
        None => pages(member, &all, 0),
        Some(part) if (1..=files).contains(&part) => pages(member, &all, part - 1),
        Some(_) => return Err(Failure::NoRoute),
    };
    known.answer(req, XML, text.into_bytes(), now)
}

fn pages(member: &crate::domain::member::Member, all: &Slice, file: usize) -> String {
    let seen = all.seen.iter().skip(file * MOST).take(MOST);
    sitemap::pages(member, seen.map(|seen| (&seen.dataset, seen.since)))
}
