//! `PUT`, `POST` and `HEAD <base>/sink/{transfer}[/{path}]`: where peers push to.
//!
//! A token of ours names the one transfer. `HEAD` says what is there; `Content-Range` goes on from there. Memory is a
//! few pieces, whatever the size.

mod announced;
mod held;
mod receive;

use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use contracts::id::Pid;
use serde::Deserialize;

use announced::announced;
use held::held;
use receive::receive;

use crate::app::sink;
use crate::app::{App, Error, Hosted};
use crate::http::{At, Failure};
use crate::identity::token::TokenError;
use crate::identity::token::{DataClaims, from_header};
use crate::text::say;

/// What the path names.
#[derive(Debug, Deserialize)]
pub struct Address {
    transfer: String,
    #[serde(default)]
    path: String,
}

/// The routes of sinks.
pub fn routes(service: &mut ServiceConfig) {
    for path in ["/sink/{transfer}", "/sink/{transfer}/{path:.*}"] {
        let resource = web::resource(path);
        service.service(
            resource.route(web::head().to(held)).route(web::put().to(take)).route(web::post().to(take)),
        );
    }
}

/// Takes a file, or the rest of it.
pub async fn take(
    req: HttpRequest,
    At(hosted): At,
    app: Data<App>,
    at: Path<Address>,
    payload: Payload,
) -> Result<HttpResponse, Failure> {
    let claims = authenticate(&req, &app, &hosted, &at.transfer)?;
    let mut landing = sink::open(&app.into_inner(), &hosted, &claims, &at.path).await?;
    let Some(part) = landing.part.take() else {
        return Err(Error::Conflict(say("conflict.received-file")).into());
    };
    let announced = announced(&req, &part, &landing.app)?;
    // A peer that goes away takes its request's handler with it, but not what is to be recorded of its bytes.
    let receiving = actix_web::rt::spawn(receive(landing, part, announced, payload));
    receiving.await.map_err(|e| Error::Internal(e.to_string()))?
}

fn authenticate(req: &HttpRequest, app: &App, hosted: &Hosted, transfer: &str) -> Result<DataClaims, Error> {
    let authorization = req.headers().get("authorization").and_then(|v| v.to_str().ok());
    let token = from_header("Bearer", authorization)?;
    let claims = app.tokens.verify(token, &hosted.keys(), &hosted.member.sink_base(), app.now())?;
    match Pid::from_segment(transfer).ok().as_ref() == Some(&claims.tp) {
        true => Ok(claims.as_ref().clone()),
        false => Err(Error::Unauthenticated(TokenError::OtherTransfer)),
    }
}
