//! `/tokens`.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json as Answer, Path};
use contracts::api::token::{IssuedToken, NewToken, TokenView};
use contracts::api::{Page, PageQuery, Problem};

use super::{page, rows};
use crate::app::{App, token};
use crate::http::Failure;
use crate::http::auth::Admin;
use crate::http::body::{Json, Query};
use crate::store::ApiToken;

/// Makes a token; it is shown once.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "tokens", request_body = NewToken,
    responses((status = 201, body = IssuedToken), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn issue(app: Data<App>, caller: Admin, body: Json<NewToken>) -> Result<HttpResponse, Failure> {
    let drawn = token::issue(&app, &caller.hosted, body.0).await?;
    let issued = IssuedToken { token: drawn.secret, view: view(&drawn.token) };
    Ok(HttpResponse::Created().insert_header(("cache-control", "no-store")).json(issued))
}

/// Lists tokens, without the tokens themselves.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "tokens", params(PageQuery),
    responses((status = 200, body = Page<TokenView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    app: Data<App>,
    caller: Admin,
    query: Query<PageQuery>,
) -> Result<Answer<Page<TokenView>>, Failure> {
    let rows = rows(&app, query.0)?;
    let found = token::list(&app, &caller.hosted, &rows).await?;
    Ok(page(found, &rows, |t| t.id.clone(), view))
}

/// Revokes a token at once.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", tag = "tokens", params(("id" = String, Path)),
    responses((status = 204), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn revoke(app: Data<App>, caller: Admin, path: Path<String>) -> Result<HttpResponse, Failure> {
    token::revoke(&app, &caller.hosted, &path).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn view(token: &ApiToken) -> TokenView {
    TokenView {
        id: token.id.clone(),
        role: token.role,
        label: token.label.clone(),
        created: token.created.rfc3339(),
        expires: token.expires.map(|e| e.rfc3339()),
        scope: token.scope.clone(),
    }
}
