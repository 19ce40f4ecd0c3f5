//! `/policies`: forms for portals.

use actix_web::HttpRequest;
use actix_web::web::Json as Answer;
use contracts::api::Problem;
use contracts::api::policy::{FieldsView, FormGiven, PolicyGiven, PolicyView};

use crate::app::policy;
use crate::http::auth::Reader;
use crate::http::body::Json;
use crate::http::{Failure, language};

/// What a form of a policy asks for, with its words in the language asked for.
#[utoipa::path(get, path = "/api/v1/policies/fields", tag = "policies",
    responses((status = 200, body = FieldsView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn fields(_caller: Reader, req: HttpRequest) -> Answer<FieldsView> {
    Answer(policy::fields(language(req.headers())))
}

/// Fills in the form of a policy.
#[utoipa::path(post, path = "/api/v1/policies/form", tag = "policies", request_body = PolicyGiven,
    responses((status = 200, body = PolicyView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn form(
    _caller: Reader,
    req: HttpRequest,
    body: Json<PolicyGiven>,
) -> Result<Answer<PolicyView>, Failure> {
    Ok(Answer(policy::form(&body.0.policy, language(req.headers()))?))
}

/// Makes the policy that a form says.
#[utoipa::path(post, path = "/api/v1/policies/make", tag = "policies", request_body = FormGiven,
    responses((status = 200, body = PolicyView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn make(
    _caller: Reader,
    req: HttpRequest,
    body: Json<FormGiven>,
) -> Result<Answer<PolicyView>, Failure> {
    Ok(Answer(policy::make(body.0.form, language(req.headers()))?))
}
