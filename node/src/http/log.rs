//! The member's log as a tiled transparency log, below `<base>/log` (C2SP tlog-tiles).
//!
//! Checkpoint and hash tiles show no more than how much happened; they are public unless the operator closed them.
//! Entry bundles go only to whom the member gave a token.

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contracts::api::duty::OverdueView;
use contracts::api::token::Role;
use contracts::tlog::stamped::{MOST, Stamp, Stamps};
use contracts::tlog::tile::{Holds, Tile};

use super::auth::authenticate;
use super::body::Query;
use super::member::At;
use super::problem::Failure;
use crate::app::{App, Error, Hosted, cosigning, duty, epoch, log, reading, retention, uses};
use crate::domain::duty::Duty;

/// Routes of the log: without a number those of its first epoch.
pub fn routes(service: &mut ServiceConfig) {
    service
        .route("/log/epochs", web::get().to(epochs))
        .route("/log/checkpoint", web::get().to(checkpoint))
        .route("/log/newest", web::get().to(own))
        .route("/log/cosigned", web::get().to(cosigned))
        .route("/log/stamps", web::get().to(stamps))
        .route("/log/retention", web::get().to(kept))
        .route("/log/uses", web::get().to(counted))
        .route("/log/overdue", web::get().to(overdue))
        .route("/log/{tile:tile/.*}", web::get().to(tile))
        .service(
            web::scope("/log/{epoch:[1-9][0-9]{0,8}}")
                .route("/checkpoint", web::get().to(checkpoint))
                .route("/newest", web::get().to(own))
                .route("/cosigned", web::get().to(cosigned))
                .route("/stamps", web::get().to(stamps))
                .route("/retention", web::get().to(kept))
                .route("/{tile:tile/.*}", web::get().to(tile)),
        );
}

/// The epoch that an address names; the first has no number.
fn named(req: &HttpRequest) -> Result<u64, Error> {
    match req.match_info().get("epoch").map(str::parse) {
        None => Ok(1),
        Some(Ok(number)) if number > 1 => Ok(number),
        Some(_) => Err(Error::NotFound("log")),
    }
}

async fn epochs(req: HttpRequest, At(hosted): At, app: Data<App>) -> Result<HttpResponse, Failure> {
    admit(&req, &app, &hosted).await?;
    let list = epoch::list(&app, &hosted).await?;
    Ok(HttpResponse::Ok().insert_header(("cache-control", "no-cache")).json(list))
}

/// Duties that were not done, as far as the member lists them.
async fn overdue(req: HttpRequest, At(hosted): At, app: Data<App>) -> Result<HttpResponse, Failure> {
    admit(&req, &app, &hosted).await?;
    let shown = |duty: &Duty| OverdueView {
        peer: duty.peer.to_string(),
        action: duty.action.clone(),
        due: duty.deadline.map(|deadline| deadline.0.rfc3339()).unwrap_or_default(),
    };
    let listed: Vec<_> = duty::listed(&app, &hosted).await?.iter().map(shown).collect();
    Ok(HttpResponse::Ok().insert_header(("cache-control", "no-cache")).json(listed))
}

async fn checkpoint(req: HttpRequest, At(hosted): At, app: Data<App>) -> Result<HttpResponse, Failure> {
    admit(&req, &app, &hosted).await?;
    let epoch = named(&req)?;
    Ok(note(if epoch == hosted.epoch {
        cosigning::shown(&app, &hosted).await?
    } else {
        log::checkpoint(&app, &hosted, epoch).await?
    }))
}

/// The newest checkpoint, whoever cosigned it or not.
async fn own(req: HttpRequest, At(hosted): At, app: Data<App>) -> Result<HttpResponse, Failure> {
    admit(&req, &app, &hosted).await?;
    Ok(note(log::checkpoint(&app, &hosted, named(&req)?).await?))
}

/// The newest that was cosigned.
async fn cosigned(req: HttpRequest, At(hosted): At, app: Data<App>) -> Result<HttpResponse, Failure> {
    admit(&req, &app, &hosted).await?;
    if named(&req)? != hosted.epoch {
        return Err(Error::NotFound("cosigned checkpoint").into());
    }
    Ok(note(cosigning::cosigned(&app, &hosted).await?))
}

#[derive(serde::Deserialize)]
struct From {
    /// Size of the first stamped checkpoint wanted.
    #[serde(default)]
    from: u64,
}

/// Time stamps (RFC 3161) of checkpoints.
async fn stamps(
    req: HttpRequest,
    At(hosted): At,
    app: Data<App>,
    query: Query<From>,
) -> Result<HttpResponse, Failure> {
    admit(&req, &app, &hosted).await?;
    let stamps =
        cosigning::stamps(&app, &hosted, &hosted.member.log_origin(named(&req)?), query.0.from, MOST)
            .await?
            .into_iter()
            .map(|stamp| Stamp {
                size: stamp.size,
                authority: stamp.authority,
                at: stamp.at.rfc3339(),
                checkpoint: stamp.checkpoint,
                token: STANDARD.encode(stamp.token),
            });
    let stamps = Stamps { stamps: stamps.collect() };
    Ok(HttpResponse::Ok().insert_header(("cache-control", "no-cache")).json(stamps))
}

/// The newest checkpoint as an answer.
pub async fn newest(app: &App, hosted: &Hosted) -> Result<HttpResponse, Failure> {
    Ok(note(log::checkpoint(app, hosted, hosted.epoch).await?))
}

fn note(checkpoint: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header(("cache-control", "no-cache"))
        .body(checkpoint)
}

/// For how long entries are shown, and from which one on.
async fn kept(req: HttpRequest, At(hosted): At, app: Data<App>) -> Result<HttpResponse, Failure> {
    admit(&req, &app, &hosted).await?;
    Ok(HttpResponse::Ok()
        .insert_header(("cache-control", "no-cache"))
        .json(retention::retention(&app, &hosted).await?))
}

/// Who used what, as far as everybody may know.
async fn counted(req: HttpRequest, At(hosted): At, app: Data<App>) -> Result<HttpResponse, Failure> {
    admit(&req, &app, &hosted).await?;
    Ok(HttpResponse::Ok()
        .insert_header(("cache-control", "max-age=60"))
        .json(uses::uses(&app, &hosted).await?))
}

async fn tile(req: HttpRequest, At(hosted): At, app: Data<App>) -> Result<HttpResponse, Failure> {
    let path = req.match_info().get("tile").unwrap_or_default();
    let tile = Tile::parse(path).ok_or(Error::NotFound("tile"))?;
    let mut reader = None;
    let kept = match tile.holds {
        Holds::Entries => {
            let caller = authenticate(&req, Role::Auditor).await?;
            caller.unscoped()?;
            reader = Some(caller);
            "private, max-age=31536000, immutable"
        }
        Holds::Hashes(_) if admit(&req, &app, &hosted).await? => "public, max-age=31536000, immutable",
        Holds::Hashes(_) => "private, max-age=31536000, immutable",
    };
    let bytes = log::tile(&app, &hosted, named(&req)?, &tile).await?;
    // Hash tiles show no entry: reading them is not recorded.
    if let Some(caller) = reader {
        reading::record(&app, &hosted, &caller.who(None), tile.to_string()).await?;
    }
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
