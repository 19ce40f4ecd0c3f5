//! The management API, version 1: one file per resource. Handlers parse, call a use case, and render.

mod log;
mod member;
mod openapi;
mod status;
mod token;

use actix_web::web::{self, Json, ServiceConfig};
use contracts::api::{Page, PageQuery};
use contracts::id::{IdError, ParticipantId};
use url::Url;

pub use log::public_checkpoint;
pub use openapi::document;

use crate::app::{App, Error};
use crate::store::Page as Rows;

/// Routes below `/api/v1`.
pub fn routes(service: &mut ServiceConfig) {
    service.service(
        web::scope("/api/v1")
            .route("/openapi.json", web::get().to(openapi::serve))
            .service(web::resource("/members/self").get(member::show))
            .service(web::resource("/members/self/keys").post(member::rotate))
            .service(web::resource("/log/entries").get(log::entries))
            .service(web::resource("/log/checkpoint").get(log::checkpoint))
            .service(web::resource("/events").get(log::events))
            .service(web::resource("/tokens").get(token::list).post(token::issue))
            .service(web::resource("/tokens/{id}").delete(token::revoke))
            .service(web::resource("/status").get(status::show)),
    );
}

/// The rows to read for a page: one more than wanted, which tells whether there is a next page.
fn rows(app: &App, query: PageQuery) -> Result<Rows, Error> {
    let limits = &app.config.limits;
    let wanted = query.limit.unwrap_or(limits.page);
    match wanted {
        n if (1..=limits.page_max).contains(&n) => Ok(Rows { after: query.cursor, limit: n + 1 }),
        n => Err(Error::malformed(
            format!("limit is {n}"),
            "limit",
            format!("Give a number from 1 to {}", limits.page_max),
        )),
    }
}

/// A page made of the rows that were read.
fn page<T, V>(
    mut items: Vec<T>,
    rows: &Rows,
    cursor: impl Fn(&T) -> String,
    view: impl Fn(&T) -> V,
) -> Json<Page<V>> {
    let more = items.len() >= rows.limit;
    items.truncate(rows.limit.saturating_sub(1));
    let next = items.last().filter(|_| more).map(&cursor);
    Json(Page { items: items.iter().map(view).collect(), next })
}

/// An identifier in a path, in full or as a bare UUID.
fn id<T>(text: &str, read: impl FnOnce(&str) -> Result<T, IdError>) -> Result<T, Error> {
    read(text).map_err(|e| Error::malformed(e.to_string(), "path", "Give the identifier as it was answered"))
}

/// A peer by its DID, or by its public address (did:web).
fn peer(text: &str, at: &'static str) -> Result<ParticipantId, Error> {
    if text.starts_with("did:") {
        return ParticipantId::did(text).map_err(|e| Error::malformed(e.to_string(), at, "Give a DID"));
    }
    let remedy = "Give the peer's DID (did:web:…) or its public address (https://…)";
    let url = Url::parse(text).map_err(|e| Error::malformed(format!("{text}: {e}"), at, remedy))?;
    contracts::did::from_base_url(&url).map_err(|e| Error::malformed(e.to_string(), at, remedy))
}
