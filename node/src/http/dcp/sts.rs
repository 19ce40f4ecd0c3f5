//! The secure token service.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;
use url::form_urlencoded;

use crate::app::App;
use crate::app::credential::sts::{self, TokenRequest};
use crate::http::problem::Failure;
use crate::http::{At, body};

/// `POST <base>/dcp/sts/token`: a form, as OAuth 2 has it (RFC 6749, 4.4.2).
pub async fn token(
    req: HttpRequest,
    At(hosted): At,
    app: Data<App>,
    payload: Payload,
) -> Result<HttpResponse, Failure> {
    let bytes = body::read(&req, payload.into_inner(), &["application/x-www-form-urlencoded"]).await?;
    let mut asked = TokenRequest::default();
    for (name, value) in form_urlencoded::parse(&bytes) {
        let value = value.into_owned();
        match name.as_ref() {
            "grant_type" => asked.grant_type = value,
            "client_id" => asked.client_id = value,
            "client_secret" => asked.client_secret = value,
            "audience" => asked.audience = value,
            "bearer_access_scope" => asked.bearer_access_scope = Some(value),
            "token" => asked.token = Some(value),
            // RFC 6749, 3.2: unrecognized parameters are ignored.
            _ => {}
        }
    }
    let issued = sts::token(&app, &hosted, asked).await?;
    Ok(HttpResponse::Ok()
        .insert_header(("cache-control", "no-store"))
        .json(json!({"access_token": issued.token, "expires_in": issued.seconds, "token_type": "Bearer"})))
}
