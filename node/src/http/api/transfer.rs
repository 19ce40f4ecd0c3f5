//! `/transfers`.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json as Answer, Path};
use contracts::api::negotiation::Reason;
use contracts::api::transfer::{StartTransfer, TransferView};
use contracts::api::{Page, PageQuery, Problem};
use contracts::dsp::transfer::{HTTP_PULL, HTTP_PUSH};
use contracts::id::Pid;

use super::{id, page, rows};
use crate::app::transfer::request::{Wanted, Way, request};
use crate::app::transfer::{self, act};
use crate::app::{App, Error, contract};
use crate::domain::transfer::{Destination, State, Transfer};
use crate::http::Failure;
use crate::http::auth::{Operator, Reader};
use crate::http::body::{Json, Query};
use crate::text::say;

/// Asks the provider to start a transfer under a contract.
#[utoipa::path(post, path = "/api/v1/transfers", tag = "transfers", request_body = StartTransfer,
    responses((status = 201, body = TransferView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn start(
    app: Data<App>,
    caller: Operator,
    body: Json<StartTransfer>,
) -> Result<HttpResponse, Failure> {
    let agreement = contract::named(&app, &caller.hosted, &body.0.agreement).await?.id;
    let StartTransfer { purpose, format, to, data_plane: plane, .. } = body.0;
    let way = match format.as_deref() {
        None | Some(HTTP_PULL) if to.is_none() => Way::Pull,
        None | Some(HTTP_PULL) => {
            return Err(Error::malformed(say("malformed.pull-name"), "/to").into());
        }
        Some(HTTP_PUSH) => Way::Push { to },
        Some(other) => {
            return Err(Error::malformed(say("malformed.format").with("found", other), "/format").into());
        }
    };
    let started = request(&app, &caller.hosted, Wanted { agreement, purpose, way, plane }).await?;
    Ok(HttpResponse::Created().json(view(&app, &started)))
}

/// Lists transfers, oldest first.
#[utoipa::path(get, path = "/api/v1/transfers", tag = "transfers", params(PageQuery),
    responses((status = 200, body = Page<TransferView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    app: Data<App>,
    caller: Reader,
    query: Query<PageQuery>,
) -> Result<Answer<Page<TransferView>>, Failure> {
    let rows = rows(&app, query.0)?;
    let found = transfer::list(&app, &caller.hosted, &rows).await?;
    Ok(page(found, &rows, |t| t.pid.to_string(), |t| view(&app, t)))
}

/// Shows a transfer.
#[utoipa::path(get, path = "/api/v1/transfers/{id}", tag = "transfers", params(("id" = String, Path)),
    responses((status = 200, body = TransferView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn show(
    app: Data<App>,
    caller: Reader,
    path: Path<String>,
) -> Result<Answer<TransferView>, Failure> {
    let pid = id(&path, Pid::from_segment)?;
    Ok(Answer(view(&app, &transfer::get(&app, &caller.hosted, &pid).await?)))
}

/// Suspends a transfer; bytes in flight stop.
#[utoipa::path(post, path = "/api/v1/transfers/{id}/suspend", tag = "transfers", params(("id" = String, Path)),
    request_body = Reason,
    responses((status = 200, body = TransferView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn suspend(
    app: Data<App>,
    caller: Operator,
    path: Path<String>,
    body: Json<Reason>,
) -> Result<Answer<TransferView>, Failure> {
    let pid = id(&path, Pid::from_segment)?;
    Ok(Answer(view(&app, &act::suspend(&app, &caller.hosted, &pid, body.0.reason).await?)))
}

/// Resumes a suspended transfer.
#[utoipa::path(post, path = "/api/v1/transfers/{id}/resume", tag = "transfers", params(("id" = String, Path)),
    responses((status = 200, body = TransferView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn resume(
    app: Data<App>,
    caller: Operator,
    path: Path<String>,
) -> Result<Answer<TransferView>, Failure> {
    let pid = id(&path, Pid::from_segment)?;
    Ok(Answer(view(&app, &act::resume_soon(&app, &caller.hosted, &pid).await?)))
}

/// Declares a transfer complete.
#[utoipa::path(post, path = "/api/v1/transfers/{id}/complete", tag = "transfers", params(("id" = String, Path)),
    responses((status = 200, body = TransferView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn complete(
    app: Data<App>,
    caller: Operator,
    path: Path<String>,
) -> Result<Answer<TransferView>, Failure> {
    let pid = id(&path, Pid::from_segment)?;
    Ok(Answer(view(&app, &act::complete(&app, &caller.hosted, &pid).await?)))
}

/// Ends a transfer; bytes in flight stop.
#[utoipa::path(post, path = "/api/v1/transfers/{id}/terminate", tag = "transfers", params(("id" = String, Path)),
    request_body = Reason,
    responses((status = 200, body = TransferView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn terminate(
    app: Data<App>,
    caller: Operator,
    path: Path<String>,
    body: Json<Reason>,
) -> Result<Answer<TransferView>, Failure> {
    let pid = id(&path, Pid::from_segment)?;
    let reason = body.0.reason.unwrap_or_default();
    Ok(Answer(view(&app, &act::terminate(&app, &caller.hosted, &pid, reason).await?)))
}

fn view(app: &App, t: &Transfer) -> TransferView {
    let reason = match &t.state {
        State::Suspended { reason, .. } => reason.clone(),
        State::Terminated(end) => end.reason.clone().or_else(|| end.code.clone()),
        _ => None,
    };
    TransferView {
        id: t.pid.to_string(),
        role: t.role.as_str().into(),
        peer: t.peer.to_string(),
        peer_id: t.peer_pid.as_ref().map(ToString::to_string),
        agreement: t.agreement.to_string(),
        dataset: t.dataset.to_string(),
        format: t.format.clone(),
        purpose: t.purpose.clone(),
        state: t.state.kind().as_str().into(),
        waits_for: t.waits_for().as_str().into(),
        reason,
        file: match &t.destination {
            Some(Destination::Received(name)) => {
                Some(app.config.path(&app.config.data.received).join(name).display().to_string())
            }
            Some(Destination::Sink(_)) | None => None,
        },
        data_plane: t.plane.name().map(str::to_owned),
        created: t.created.rfc3339(),
        updated: t.updated.rfc3339(),
    }
}
