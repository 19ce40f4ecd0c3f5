//! `<base>/witness`: this member cosigns its peers' checkpoints (C2SP tlog-witness).

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use contracts::tlog::cosignature::AddCheckpoint;
use contracts::tlog::note::MAX_LEN;

use super::body;
use super::member::At;
use super::problem::Failure;
use crate::app::witness::{self, Verdict};
use crate::app::{App, Error};
use crate::text::say;

/// Longest request: a note, and a proof of 63 lines.
const MOST: usize = MAX_LEN + 64 * 45;

/// Routes of a witness.
pub fn routes(service: &mut ServiceConfig) {
    service
        .route("/witness/add-checkpoint", web::post().to(add))
        .route("/witness/{hash}/checkpoint", web::get().to(seen));
}

/// `POST <base>/witness/add-checkpoint`. Whoever has the checkpoint may submit it: its signature says whose it is.
async fn add(
    req: HttpRequest,
    At(hosted): At,
    app: Data<App>,
    payload: Payload,
) -> Result<HttpResponse, Failure> {
    let bytes = body::plain(&req, payload.into_inner(), MOST).await?;
    let malformed =
        |what: String| Error::malformed(say("malformed.add-checkpoint").with("what", what), "body");
    let text = std::str::from_utf8(&bytes).map_err(|e| malformed(e.to_string()))?;
    let request = AddCheckpoint::parse(text).map_err(|e| malformed(e.to_string()))?;
    let (status, said) = match witness::add(&app, &hosted, request).await? {
        Verdict::Cosigned(lines) => {
            return Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(lines));
        }
        Verdict::Conflict(size) => {
            let answer = HttpResponse::Conflict().content_type("text/x.tlog.size").body(format!("{size}\n"));
            return Ok(answer);
        }
        Verdict::UnknownLog => (StatusCode::NOT_FOUND, "not a witness of this log\n"),
        Verdict::NotSigned => (StatusCode::FORBIDDEN, "not signed by a key of this log\n"),
        Verdict::Backwards => (StatusCode::BAD_REQUEST, "the old size is beyond the checkpoint's\n"),
        Verdict::Inconsistent => {
            (StatusCode::UNPROCESSABLE_ENTITY, "not proven to continue what was cosigned\n")
        }
    };
    Ok(HttpResponse::build(status).content_type("text/plain; charset=utf-8").body(said))
}

/// `GET <base>/witness/<SHA-256 of the origin>/checkpoint`: what was cosigned last, for monitors.
async fn seen(At(hosted): At, app: Data<App>, hash: Path<String>) -> Result<HttpResponse, Failure> {
    let seen = witness::seen(&app, &hosted, &hash).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header(("cache-control", "no-cache"))
        .body(seen.note))
}
