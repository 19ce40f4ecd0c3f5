//! What of a file is here.

use std::sync::Arc;

use actix_web::http::header::{CACHE_CONTROL, ETAG};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::receive::discard;
use super::{Address, authenticate};
use crate::app::sink;
use crate::app::{App, Error, Hosted};
use crate::dataplane::{UPLOAD_COMPLETE, UPLOAD_OFFSET};
use crate::http::{At, Failure};
use crate::identity::token::DataClaims;

/// How much of a file is there.
pub async fn held(
    req: HttpRequest,
    At(hosted): At,
    app: Data<App>,
    at: Path<Address>,
) -> Result<HttpResponse, Failure> {
    let claims = authenticate(&req, &app, &hosted, &at.transfer)?;
    // A peer that goes away takes its request's handler with it; a question leaves nothing behind all the same.
    let looking =
        actix_web::rt::spawn(async move { look(&app.into_inner(), &hosted, &claims, &at.path).await });
    looking.await.map_err(|e| Error::Internal(e.to_string()))?
}

async fn look(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    claims: &DataClaims,
    path: &str,
) -> Result<HttpResponse, Failure> {
    let mut landing = sink::open(app, hosted, claims, path).await?;
    let mut answer = HttpResponse::NoContent();
    answer.insert_header((CACHE_CONTROL, "no-store"));
    answer.insert_header((UPLOAD_COMPLETE, if landing.part.is_none() { "?1" } else { "?0" }));
    if let Some(part) = &landing.part {
        answer.insert_header((UPLOAD_OFFSET, part.length().to_string()));
        if let Some(etag) = part.state.as_ref().and_then(|s| s.etag.as_deref()) {
            answer.insert_header((ETAG, etag));
        }
    }
    if let Some(part) = landing.part.take_if(|part| part.length() == 0) {
        discard(&landing.app, part).await?;
    }
    Ok(answer.finish())
}
