//! `/negotiations`.

use actix_web::web::{Data, Json as Answer, Path};
use actix_web::{HttpRequest, HttpResponse};
use contracts::api::negotiation::{Counter, NegotiationView, Reason, StartNegotiation};
use contracts::api::{Page, PageQuery, Problem};
use contracts::id::{DatasetId, OfferId, Pid};

use super::{id, page, peer, rows};
use crate::app::negotiation::{self, act};
use crate::app::{App, Error, policy};
use crate::domain::negotiation::{Negotiation, State};
use crate::http::auth::{Operator, Reader};
use crate::http::body::{Json, Query};
use crate::http::{Failure, language};
use crate::text::say;

/// Asks a peer for a contract.
#[utoipa::path(post, path = "/api/v1/negotiations", tag = "negotiations", request_body = StartNegotiation,
    responses((status = 201, body = NegotiationView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn start(
    app: Data<App>,
    caller: Operator,
    body: Json<StartNegotiation>,
) -> Result<HttpResponse, Failure> {
    let wanted = act::Wanted {
        provider: peer(&body.0.peer, "/peer")?,
        dataset: read(DatasetId::parse(body.0.dataset), "/dataset")?,
        offer: body.0.offer.map(|o| read(OfferId::parse(o), "/offer")).transpose()?,
        purpose: body.0.purpose,
        policy: body.0.policy,
    };
    let started = act::request(&app, &caller.hosted, wanted).await?;
    Ok(HttpResponse::Created().json(view(&started)))
}

/// Lists negotiations, oldest first.
#[utoipa::path(get, path = "/api/v1/negotiations", tag = "negotiations", params(PageQuery),
    responses((status = 200, body = Page<NegotiationView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    app: Data<App>,
    caller: Reader,
    query: Query<PageQuery>,
) -> Result<Answer<Page<NegotiationView>>, Failure> {
    let rows = rows(&app, query.0)?;
    let found = negotiation::list(&app, &caller.hosted, &rows).await?;
    Ok(page(found, &rows, |n| n.pid.to_string(), view))
}

/// Shows a negotiation.
#[utoipa::path(get, path = "/api/v1/negotiations/{id}", tag = "negotiations", params(("id" = String, Path)),
    responses((status = 200, body = NegotiationView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn show(
    app: Data<App>,
    caller: Reader,
    path: Path<String>,
    req: HttpRequest,
) -> Result<Answer<NegotiationView>, Failure> {
    let pid = id(&path, Pid::from_segment)?;
    let mut shown = view(&negotiation::get(&app, &caller.hosted, &pid).await?);
    let graded = policy::graded(&shown.policy, language(req.headers()));
    (shown.text, shown.clauses, shown.faults) = (graded.text, graded.clauses, graded.faults);
    Ok(Answer(shown))
}

/// Provider: a person agrees to the request.
#[utoipa::path(post, path = "/api/v1/negotiations/{id}/agree", tag = "negotiations", params(("id" = String, Path)),
    responses((status = 200, body = NegotiationView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn agree(
    app: Data<App>,
    caller: Operator,
    path: Path<String>,
) -> Result<Answer<NegotiationView>, Failure> {
    let pid = id(&path, Pid::from_segment)?;
    Ok(Answer(view(&act::agree(&app, &caller.hosted, &pid).await?)))
}

/// Consumer: a person accepts the offer.
#[utoipa::path(post, path = "/api/v1/negotiations/{id}/accept", tag = "negotiations", params(("id" = String, Path)),
    responses((status = 200, body = NegotiationView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn accept(
    app: Data<App>,
    caller: Operator,
    path: Path<String>,
) -> Result<Answer<NegotiationView>, Failure> {
    let pid = id(&path, Pid::from_segment)?;
    Ok(Answer(view(&act::accept(&app, &caller.hosted, &pid).await?)))
}

/// Answers with other terms.
#[utoipa::path(post, path = "/api/v1/negotiations/{id}/counter", tag = "negotiations", params(("id" = String, Path)),
    request_body = Counter,
    responses((status = 200, body = NegotiationView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn counter(
    app: Data<App>,
    caller: Operator,
    path: Path<String>,
    body: Json<Counter>,
) -> Result<Answer<NegotiationView>, Failure> {
    let pid = id(&path, Pid::from_segment)?;
    Ok(Answer(view(&act::counter(&app, &caller.hosted, &pid, body.0.policy).await?)))
}

/// Ends a negotiation.
#[utoipa::path(post, path = "/api/v1/negotiations/{id}/terminate", tag = "negotiations", params(("id" = String, Path)),
    request_body = Reason,
    responses((status = 200, body = NegotiationView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn terminate(
    app: Data<App>,
    caller: Operator,
    path: Path<String>,
    body: Json<Reason>,
) -> Result<Answer<NegotiationView>, Failure> {
    let pid = id(&path, Pid::from_segment)?;
    let reason = body.0.reason.unwrap_or_default();
    Ok(Answer(view(&act::terminate(&app, &caller.hosted, &pid, reason).await?)))
}

fn read<T>(parsed: Result<T, contracts::id::IdError>, at: &str) -> Result<T, Error> {
    parsed.map_err(|e| Error::malformed(say("malformed.identifier").with("what", e), at))
}

fn view(n: &Negotiation) -> NegotiationView {
    let reason = match &n.state {
        State::Terminated(end) => end.reason.clone().or_else(|| end.code.clone()),
        _ => None,
    };
    NegotiationView {
        id: n.pid.to_string(),
        role: n.role.as_str().into(),
        peer: n.peer.to_string(),
        peer_id: n.peer_pid.as_ref().map(ToString::to_string),
        dataset: n.terms.dataset.to_string(),
        offer: n.terms.offer.to_string(),
        state: n.state.kind().as_str().into(),
        waits_for: n.waits_for().as_str().into(),
        agreement: n.agreement().map(ToString::to_string),
        reason,
        policy: serde_json::from_str(&n.terms.policy).unwrap_or_default(),
        text: None,
        clauses: Vec::new(),
        faults: Vec::new(),
        created: n.created.rfc3339(),
        updated: n.updated.rfc3339(),
    }
}
