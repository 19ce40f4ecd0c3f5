//! Our own messages between nodes: revocations, notices of duties, words about memberships, use cases and requests for access, ballots, receipts, and entries of exchanges. Tokens as for the Dataspace Protocol, bound to the body.

use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;

use super::body;
use super::member::At;
use super::problem::Failure;
use crate::app::credential::{named, notice};
use crate::app::peer::{Answer, Caller, MessageKey};
use crate::app::presentation::{self, Judged};
use crate::app::{
    App, Error, Hosted, access_request, duty, membership, question, receipt, revocation, twins, use_case,
};
use crate::identity::token::{Expected, from_header};

/// Routes between our nodes.
pub fn routes(service: &mut ServiceConfig) {
    service
        .route("/peer/v1/revocations", web::post().to(revocations))
        .route("/peer/v1/duties", web::post().to(duties))
        .route("/peer/v1/memberships", web::post().to(memberships))
        .route("/peer/v1/ballots", web::post().to(ballots))
        .route("/peer/v1/use-cases", web::post().to(use_cases))
        .route("/peer/v1/access-requests", web::post().to(access_requests))
        .route("/peer/v1/statuses", web::post().to(statuses))
        .route("/peer/v1/credential-extracts", web::post().to(credential_extracts))
        .route("/peer/v1/receipts", web::post().to(receipts))
        .route("/peer/v1/log-extracts", web::post().to(log_extracts));
}

/// Who sends a message, as its token proves: signed by the sender, for this member, for this body.
pub async fn caller(
    req: &HttpRequest,
    app: &App,
    hosted: &Hosted,
    body: &[u8],
    require_body: bool,
) -> Result<Caller, Error> {
    let header = req.headers().get("authorization").and_then(|v| v.to_str().ok());
    let token = from_header("Bearer", header)?;
    // Between our own nodes messages are bound to their body: that is another protocol.
    if !require_body && presentation::judged(app, hosted, token)? == Judged::Presentation {
        return presentation::caller(app, hosted, token, body).await;
    }
    let expected = Expected { audience: hosted.did().as_str(), body, require_body, now: app.now() };
    let claims = app.resolver.authenticate(token, expected).await?;
    let identity = app.resolver.with_key(&claims.issuer, &claims.kid).await?;
    Ok(Caller {
        did: claims.issuer,
        thumbprint: claims.thumbprint,
        jti: claims.jti,
        expires: claims.replay_until,
        identity,
    })
}

/// `POST <base>/peer/v1/revocations`.
pub async fn revocations(
    req: HttpRequest,
    At(hosted): At,
    app: Data<App>,
    payload: Payload,
) -> Result<HttpResponse, Failure> {
    let (caller, message, key) = read(&req, &app, &hosted, payload).await?;
    answer(revocation::receive(&app, &hosted, &caller, message, key).await?)
}

/// `POST <base>/peer/v1/duties`.
pub async fn duties(
    req: HttpRequest,
    At(hosted): At,
    app: Data<App>,
    payload: Payload,
) -> Result<HttpResponse, Failure> {
    let (caller, message, key) = read(&req, &app, &hosted, payload).await?;
    answer(duty::receive(&app, &hosted, &caller, message, key).await?)
}

/// `POST <base>/peer/v1/memberships`.
pub async fn memberships(
    req: HttpRequest,
    At(hosted): At,
    app: Data<App>,
    payload: Payload,
) -> Result<HttpResponse, Failure> {
    let (caller, message, key) = read(&req, &app, &hosted, payload).await?;
    answer(membership::receive(&app, &hosted, &caller, message, key).await?)
}

/// `POST <base>/peer/v1/ballots`.
pub async fn ballots(
    req: HttpRequest,
    At(hosted): At,
    app: Data<App>,
    payload: Payload,
) -> Result<HttpResponse, Failure> {
    let (caller, message, key) = read(&req, &app, &hosted, payload).await?;
    answer(question::receive(&app, &hosted, &caller, message, key).await?)
}

/// `POST <base>/peer/v1/use-cases`.
pub async fn use_cases(
    req: HttpRequest,
    At(hosted): At,
    app: Data<App>,
    payload: Payload,
) -> Result<HttpResponse, Failure> {
    let (caller, message, key) = read(&req, &app, &hosted, payload).await?;
    answer(use_case::receive(&app, &hosted, &caller, message, key).await?)
}

/// `POST <base>/peer/v1/access-requests`.
pub async fn access_requests(
    req: HttpRequest,
    At(hosted): At,
    app: Data<App>,
    payload: Payload,
) -> Result<HttpResponse, Failure> {
    let (caller, message, key) = read(&req, &app, &hosted, payload).await?;
    answer(access_request::receive(&app, &hosted, &caller, message, key).await?)
}

/// `POST <base>/peer/v1/statuses`.
pub async fn statuses(
    req: HttpRequest,
    At(hosted): At,
    app: Data<App>,
    payload: Payload,
) -> Result<HttpResponse, Failure> {
    let (caller, message, _) = read(&req, &app, &hosted, payload).await?;
    answer(notice::receive(&app.into_inner(), &hosted, &caller, message).await?)
}

/// `POST <base>/peer/v1/credential-extracts`.
pub async fn credential_extracts(
    req: HttpRequest,
    At(hosted): At,
    app: Data<App>,
    payload: Payload,
) -> Result<HttpResponse, Failure> {
    let (caller, message, _) = read(&req, &app, &hosted, payload).await?;
    answer(named::give(&app, &hosted, &caller, message).await?)
}

/// `POST <base>/peer/v1/receipts`.
pub async fn receipts(
    req: HttpRequest,
    At(hosted): At,
    app: Data<App>,
    payload: Payload,
) -> Result<HttpResponse, Failure> {
    let (caller, message, key) = read(&req, &app, &hosted, payload).await?;
    answer(receipt::receive(&app, &hosted, &caller, message, key).await?)
}

/// `POST <base>/peer/v1/log-extracts`.
pub async fn log_extracts(
    req: HttpRequest,
    At(hosted): At,
    app: Data<App>,
    payload: Payload,
) -> Result<HttpResponse, Failure> {
    let (caller, message, _) = read(&req, &app, &hosted, payload).await?;
    answer(twins::give(&app, &hosted, &caller, message).await?)
}

async fn read<M: DeserializeOwned>(
    req: &HttpRequest,
    app: &App,
    hosted: &Hosted,
    payload: Payload,
) -> Result<(Caller, M, MessageKey), Failure> {
    let bytes = body::read(req, payload.into_inner(), &["application/json"]).await?;
    let message = body::parse(&bytes, app.config.limits.json_depth)?;
    let caller = caller(req, app, hosted, &bytes, true).await?;
    let key = MessageKey::new(req.uri().path(), None, &bytes);
    Ok((caller, message, key))
}

fn answer(answer: Answer) -> Result<HttpResponse, Failure> {
    let status = actix_web::http::StatusCode::from_u16(answer.status)
        .map_err(|e| Error::Internal(format!("an answer's status: {e}")))?;
    Ok(HttpResponse::build(status).content_type("application/json").body(answer.body))
}
