//! The credential service.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::{answer, receive};
use crate::app::credential::{offer, query as asked, receive as delivered};
use crate::app::{App, Error};
use crate::http::At;
use crate::http::problem::Failure;

/// `POST <base>/dcp/holder/presentations/query`.
pub async fn query(
    req: HttpRequest,
    At(hosted): At,
    app: Data<App>,
    payload: Payload,
) -> Result<HttpResponse, Failure> {
    let (from, value, _) = receive(&app, &hosted, &req, payload).await?;
    match asked::query(&app, &hosted, from, &value).await {
        Ok(response) => Ok(HttpResponse::Ok().json(response)),
        // DCP 1.0, 5.4.1: 501 for what the service does not do.
        Err(Error::Unsupported(said)) => Err(Failure::NotImplemented(said)),
        Err(other) => Err(other.into()),
    }
}

/// `POST <base>/dcp/holder/credentials`.
pub async fn credentials(
    req: HttpRequest,
    At(hosted): At,
    app: Data<App>,
    payload: Payload,
) -> Result<HttpResponse, Failure> {
    let (from, value, bytes) = receive(&app, &hosted, &req, payload).await?;
    answer(delivered::receive(&app, &hosted, &from.caller, value, &bytes).await?)
}

/// `POST <base>/dcp/holder/offers`.
pub async fn offers(
    req: HttpRequest,
    At(hosted): At,
    app: Data<App>,
    payload: Payload,
) -> Result<HttpResponse, Failure> {
    let (from, value, bytes) = receive(&app, &hosted, &req, payload).await?;
    answer(offer::receive(&app, &hosted, &from.caller, value, &bytes).await?)
}
