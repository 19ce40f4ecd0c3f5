//! What other data planes of the member say (Data Plane Signaling 1.0-RC3), below `<base>/signaling/v1/transfers`.

use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use contracts::dps::DataFlowStatus;
use contracts::id::Pid;

use super::member::At;
use super::problem::Failure;
use super::signaling::{JSON, same};
use crate::app::plane::{self as app, Said};
use crate::app::{App, Error, Hosted};
use crate::http::body;
use crate::identity::token::{TokenError, from_header};
use crate::text::say;

pub fn routes(service: &mut ServiceConfig) {
    service
        .route("/transfers/{id}/agreement", web::get().to(agreement))
        .route("/transfers/{id}/dataflow/{what}", web::post().to(said));
}

/// Which data plane calls: its token tells. Without any there is nothing here.
fn caller<'a>(app: &'a App, hosted: &'a Hosted, request: &HttpRequest) -> Result<&'a str, Failure> {
    let shown = request.headers().get("authorization").and_then(|v| v.to_str().ok());
    let mut attached = app::attached(app, hosted).peekable();
    attached.peek().ok_or(Failure::NoRoute)?;
    let shown = from_header("Bearer", shown).map_err(Error::from)?;
    for plane in attached {
        let expected = plane.token(&app.config).map_err(Error::Unavailable)?;
        if same(shown, &expected) {
            return Ok(&plane.name);
        }
    }
    Err(Error::Unauthenticated(TokenError::DataPlane).into())
}

fn pid(text: &str) -> Result<Pid, Error> {
    Pid::from_segment(text).map_err(|e| Error::malformed(say("malformed.identifier").with("what", e), "path"))
}

async fn said(
    app: Data<App>,
    At(hosted): At,
    path: Path<(String, String)>,
    req: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Failure> {
    let plane = caller(&app, &hosted, &req)?.to_owned();
    let (id, what) = path.into_inner();
    let (said, state) = match what.as_str() {
        "prepared" => (Said::Prepared, "PREPARED"),
        "started" => (Said::Started, "STARTED"),
        "completed" => (Said::Completed, "COMPLETED"),
        "errored" => (Said::Errored, ""),
        _ => return Err(Failure::NoRoute),
    };
    let bytes = body::read(&req, payload.into_inner(), &JSON).await?;
    let status: DataFlowStatus = body::parse(&bytes, app.config.limits.json_depth)?;
    if !state.is_empty() && status.state != state {
        let wrong = say("malformed.plane-state").with("found", status.state).with("known", state);
        return Err(Error::malformed(wrong, "/state").into());
    }
    app::said(&app.into_inner(), &hosted, &plane, &pid(&id)?, (said, status)).await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({})))
}

async fn agreement(
    app: Data<App>,
    At(hosted): At,
    id: Path<String>,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let plane = caller(&app, &hosted, &req)?.to_owned();
    let found = app::agreement(&app.into_inner(), &hosted, &plane, &pid(&id)?).await?;
    Ok(HttpResponse::Ok().json(found))
}
