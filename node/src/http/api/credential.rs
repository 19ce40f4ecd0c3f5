//! `/credentials`.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::{Data, Json as Answer, Path};
use contracts::api::credential::{
    AskCredentials, AttestedView, CredentialRequestView, HeldView, IssuedView, NamedView, NewCredential,
    NewEntitlement,
};
use contracts::api::{Page, PageQuery, Problem};
use contracts::dcp::Profile;

use super::{page, peer, rows};
use crate::app::credential::named::Named;
use crate::app::credential::{ask as asking, issue as issuing, named};
use crate::app::{App, Error, presentation};
use crate::domain::credential::{Attested, Change, Held, Issued, Request};
use crate::http::Failure;
use crate::http::auth::{Admin, Operator, Reader};
use crate::http::body::{Json, Query};
use crate::text::say;

/// Issues a credential, with a place in the member's status list.
#[utoipa::path(post, path = "/api/v1/credentials/issued", tag = "credentials", request_body = NewCredential,
    responses((status = 201, body = IssuedView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn issue(
    app: Data<App>,
    caller: Admin,
    body: Json<NewCredential>,
) -> Result<HttpResponse, Failure> {
    let new = body.0;
    let wanted = issuing::Wanted {
        holder: peer(&new.holder, "/holder")?,
        kind: new.kind,
        claims: new.claims,
        profile: profile(new.profile)?,
        seconds: new.seconds,
    };
    let issued = issuing::issue(&app, &caller.hosted, wanted).await?;
    Ok(HttpResponse::Created().json(view(&issued)))
}

/// Lists credentials that the member issued.
#[utoipa::path(get, path = "/api/v1/credentials/issued", tag = "credentials", params(PageQuery),
    responses((status = 200, body = Page<IssuedView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn issued(
    app: Data<App>,
    caller: Reader,
    query: Query<PageQuery>,
) -> Result<Answer<Page<IssuedView>>, Failure> {
    let rows = rows(&app, query.0)?;
    let found = issuing::list(&app, &caller.hosted, &rows).await?;
    Ok(page(found, &rows, |issued| issued.id.clone(), view))
}

/// Suspends, resumes or revokes a credential: its status list says so from now on.
#[utoipa::path(post, path = "/api/v1/credentials/issued/{id}/{change}", tag = "credentials",
    params(("id" = String, Path), ("change" = String, Path, description = "`suspend`, `resume` or `revoke`")),
    responses((status = 200, body = IssuedView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn change(
    app: Data<App>,
    caller: Admin,
    path: Path<(String, String)>,
) -> Result<Answer<IssuedView>, Failure> {
    let (id, change) = path.into_inner();
    let change = match change.as_str() {
        "suspend" => Change::Suspend,
        "resume" => Change::Resume,
        "revoke" => Change::Revoke,
        _ => return Err(Failure::NoRoute),
    };
    let id = if id.starts_with("urn:") { id } else { format!("urn:uuid:{id}") };
    Ok(Answer(view(&issuing::change(&app, &caller.hosted, &id, change).await?)))
}

/// Says what a holder is given when it asks for a type; without `seconds`, nothing any more.
#[utoipa::path(put, path = "/api/v1/credentials/entitlements", tag = "credentials", request_body = NewEntitlement,
    responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn entitle(
    app: Data<App>,
    caller: Admin,
    body: Json<NewEntitlement>,
) -> Result<HttpResponse, Failure> {
    let new = body.0;
    let holder = peer(&new.holder, "/holder")?;
    issuing::entitle(&app, &caller.hosted, holder, new.kind, new.claims, new.seconds).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Asks an issuer for credentials; they come to the member's credential service.
#[utoipa::path(post, path = "/api/v1/credentials/requests", tag = "credentials", request_body = AskCredentials,
    responses((status = 202, body = CredentialRequestView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn ask(
    app: Data<App>,
    caller: Operator,
    body: Json<AskCredentials>,
) -> Result<HttpResponse, Failure> {
    let issuer = peer(&body.0.issuer, "/issuer")?;
    let (app, profile) = (Arc::clone(&app), profile(body.0.profile)?);
    let asked = asking::ask(&app, &caller.hosted, &issuer, &body.0.types, profile).await?;
    Ok(HttpResponse::Accepted().json(request(&asked)))
}

/// Lists the member's requests, and offers made to it.
#[utoipa::path(get, path = "/api/v1/credentials/requests", tag = "credentials", params(PageQuery),
    responses((status = 200, body = Page<CredentialRequestView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn requests(
    app: Data<App>,
    caller: Reader,
    query: Query<PageQuery>,
) -> Result<Answer<Page<CredentialRequestView>>, Failure> {
    let rows = rows(&app, query.0)?;
    let found = asking::requests(&app, &caller.hosted, &rows).await?;
    Ok(page(found, &rows, |one| one.id.clone(), request))
}

/// Asks an issuer what its log tells of credentials in this member's name; those that never came here are recorded.
#[utoipa::path(post, path = "/api/v1/credentials/issuers/{issuer}/check", tag = "credentials", params(("issuer" = String, Path)),
    responses((status = 200, body = Vec<NamedView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn check(
    app: Data<App>,
    caller: Operator,
    path: Path<String>,
) -> Result<Answer<Vec<NamedView>>, Failure> {
    let found = named::check(&app, &caller.hosted, &peer(&path, "path")?).await?;
    let view = |one: Named| NamedView {
        id: one.id,
        kind: one.kind,
        issued: one.issued.map(|at| at.to_string()),
        last: one.last,
        known: one.known,
    };
    Ok(Answer(found.into_iter().map(view).collect()))
}

/// Lists the member's credentials.
#[utoipa::path(get, path = "/api/v1/credentials/held", tag = "credentials",
    responses((status = 200, body = Vec<HeldView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn held(app: Data<App>, caller: Reader) -> Result<Answer<Vec<HeldView>>, Failure> {
    let found = asking::held(&app, &caller.hosted).await?;
    Ok(Answer(found.iter().map(of_held).collect()))
}

/// What trusted issuers attest of a peer, as last verified.
#[utoipa::path(get, path = "/api/v1/credentials/attested/{peer}", tag = "credentials", params(("peer" = String, Path)),
    responses((status = 200, body = Vec<AttestedView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn attested(
    app: Data<App>,
    caller: Reader,
    path: Path<String>,
) -> Result<Answer<Vec<AttestedView>>, Failure> {
    let found = presentation::of_peer(&app, &caller.hosted, &peer(&path, "path")?).await?;
    Ok(Answer(found.iter().map(of_peer).collect()))
}

fn profile(named: Option<String>) -> Result<Profile, Error> {
    let Some(named) = named else { return Ok(Profile::Vc20) };
    let wrong =
        || Error::malformed(say("malformed.message").with("what", "the profile is not known"), "/profile");
    Profile::parse(&named).ok_or_else(wrong)
}

fn view(issued: &Issued) -> IssuedView {
    IssuedView {
        id: issued.id.clone(),
        holder: issued.holder.to_string(),
        kind: issued.kind.clone(),
        profile: issued.profile.as_str().into(),
        standing: issued.standing.as_str().into(),
        created: issued.created.rfc3339(),
        until: issued.until.map(|at| at.rfc3339()),
        credential: issued.jwt.clone(),
    }
}

fn request(request: &Request) -> CredentialRequestView {
    CredentialRequestView {
        id: request.id.clone(),
        issuer: request.peer.to_string(),
        types: request.kinds.split(' ').map(ToOwned::to_owned).collect(),
        state: request.state.as_str().into(),
        created: request.created.rfc3339(),
    }
}

fn of_held(held: &Held) -> HeldView {
    HeldView {
        id: held.id.clone(),
        issuer: held.issuer.to_string(),
        kind: held.kind.clone(),
        profile: held.profile.as_str().into(),
        received: held.created.rfc3339(),
        until: held.until.map(|at| at.rfc3339()),
    }
}

fn of_peer(attested: &Attested) -> AttestedView {
    AttestedView {
        peer: attested.peer.to_string(),
        credential: attested.credential.clone(),
        issuer: attested.issuer.to_string(),
        kind: attested.kind.clone(),
        facts: attested.facts.clone(),
        until: attested.until.map(|at| at.rfc3339()),
        verified: attested.verified.rfc3339(),
    }
}
