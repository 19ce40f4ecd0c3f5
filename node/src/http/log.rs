//! The member's log as a tiled transparency log, below `<base>/log` (C2SP tlog-tiles).
//!
//! Checkpoint and hash tiles show no more than how much happened; they are public unless the operator closed them.
//! Entry bundles go only to whom the member gave a token.

use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use contracts::api::token::Role;
use contracts::tlog::tile::{Holds, Tile};

use super::auth::authenticate;
use super::member::At;
use super::problem::Failure;
use crate::app::{App, Error, Hosted, log};

/// Routes of the log.
pub fn routes(service: &mut ServiceConfig) {
    service
        .route("/log/checkpoint", web::get().to(checkpoint))
        .route("/log/{tile:tile/.*}", web::get().to(tile));
}

async fn checkpoint(req: HttpRequest, At(hosted): At, app: Data<App>) -> Result<HttpResponse, Failure> {
    admit(&req, &app, &hosted).await?;
    newest(&app, &hosted).await
}

/// The newest checkpoint as an answer.
pub async fn newest(app: &App, hosted: &Hosted) -> Result<HttpResponse, Failure> {
    let checkpoint = log::checkpoint(app, hosted).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header(("cache-control", "no-cache"))
        .body(checkpoint))
}

async fn tile(
    req: HttpRequest,
    At(hosted): At,
    app: Data<App>,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    let tile = Tile::parse(&path).ok_or(Error::NotFound("tile"))?;
    let kept = match tile.holds {
        Holds::Entries => {
            authenticate(&req, Role::Auditor).await?;
            "private, max-age=31536000, immutable"
        }
        Holds::Hashes(_) if admit(&req, &app, &hosted).await? => "public, max-age=31536000, immutable",
        Holds::Hashes(_) => "private, max-age=31536000, immutable",
    };
    let bytes = log::tile(&app, &hosted, &tile).await?;
    Ok(HttpResponse::Ok()
        .content_type("application/octet-stream")
        .insert_header(("cache-control", kept))
        .body(bytes))
}

/// Lets everybody see an open log, and whom the member lets in a closed one. Gives whether it is open.
async fn admit(req: &HttpRequest, app: &App, hosted: &Hosted) -> Result<bool, Failure> {
    let open = !app.config.log.is_closed(&hosted.member.name);
    if !open {
        authenticate(req, Role::Auditor).await?;
    }
    Ok(open)
}
