//! The member's DID document (did:web), at the address its DID leads to.

use actix_web::HttpResponse;
use actix_web::web::Data;

use super::member::At;
use super::problem::Failure;
use crate::app::credential::document;
use crate::app::{App, Error};

/// Seconds that others may keep it: a new key is known within this time.
const FRESH: u32 = 300;

/// `GET /.well-known/did.json` and `GET /did.json`.
pub async fn show(app: Data<App>, at: At) -> Result<HttpResponse, Failure> {
    let document = document(&app, &at.0, app.now());
    let body = serde_json::to_vec(&document).map_err(|e| Error::Internal(format!("DID document: {e}")))?;
    Ok(HttpResponse::Ok()
        .content_type("application/did+json")
        .insert_header(("cache-control", format!("max-age={FRESH}")))
        .body(body))
}
