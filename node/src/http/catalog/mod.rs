//! The catalogue for readers: DCAT in each form, by negotiation or by the end of the address; closed datasets included.
//!
//! Anonymous, unless the caller gives a peer's token: then it is shown what that participant may see.

mod answer;
mod dcat;
mod feed;
mod form;
mod harvested;
mod place;
mod position;
mod sitemap;
mod views;

pub(super) use answer::{Known, not_acceptable};
pub(super) use form::quality;
pub(super) use position::{position, token};

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{self, ServiceConfig};
use contracts::id::ParticipantId;

use super::dsp::authenticate;
use super::problem::Failure;
use crate::app::peer::spend;
use crate::app::{App, Hosted};
use crate::domain::dataset::Asker;

/// Datasets on a page: what harvesters take in one piece.
const PAGE: usize = 100;

pub fn routes(service: &mut ServiceConfig) {
    for path in ["/catalog", "/catalog.{form:[a-z.]+}"] {
        service.service(web::resource(path).get(dcat::whole).route(web::head().to(dcat::whole)));
    }
    for path in ["/catalog/open", "/catalog/open.{form:[a-z.]+}"] {
        service.service(web::resource(path).get(dcat::open).route(web::head().to(dcat::open)));
    }
    for path in ["/catalog/feed", "/catalog/feed.trig"] {
        service.service(web::resource(path).get(feed::page).route(web::head().to(feed::page)));
    }
    for path in ["/catalog/harvested", "/catalog/harvested.{form:[a-z.]+}"] {
        service.service(web::resource(path).get(harvested::page).route(web::head().to(harvested::page)));
    }
    let one = web::resource("/catalog/datasets/{id}");
    service.service(one.get(dcat::one).route(web::head().to(dcat::one)));
    service.route("/robots.txt", web::get().to(sitemap::robots));
    service.route("/sitemap.xml", web::get().to(sitemap::whole));
    service.route("/sitemap-{part}.xml", web::get().to(sitemap::part));
}

/// Who asks.
struct Caller(Option<ParticipantId>);

impl Caller {
    /// Who asks, if the request says so. A token that is wrong is refused: the caller believes to be known.
    async fn of(app: &App, hosted: &Hosted, req: &HttpRequest) -> Result<Self, Failure> {
        if !req.headers().contains_key(AUTHORIZATION) {
            return Ok(Self(None));
        }
        let caller = authenticate(app, hosted, req, b"").await?;
        spend(app, hosted, &caller).await?;
        Ok(Self(Some(caller.did)))
    }
    fn asker(&self) -> Asker<'_> {
        self.0.as_ref().map_or(Asker::Anonymous, Asker::Participant)
    }
    /// The answer is for this caller alone.
    fn is_known(&self) -> bool {
        self.0.is_some()
    }
}
