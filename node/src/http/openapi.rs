//! The description (OpenAPI 3.1) of what a member's address offers to everybody, at `/openapi.json`. The management API
//! has its own; messages between nodes are those of the Dataspace Protocol.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use contracts::api::Problem;
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};

use super::{dataset, search, sparql};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Fiducie catalogue and data",
        version = "1",
        description = "Find, describe and follow the datasets of a member, and fetch them under a contract. Without a token, what anybody may know; with a peer's token (did:web, as for the Dataspace Protocol), what that participant may.",
        license(name = "EUPL-1.2", identifier = "EUPL-1.2")
    ),
    paths(
        catalogue,
        dataset::list,
        describe,
        dataset::changes,
        fetch,
        search::find,
        sparql::get,
        sparql::post,
        identity,
    )
)]
struct Paths;

/// The catalogue in DCAT: pages of datasets, each linked to the next.
#[utoipa::path(get, path = "/catalog", tag = "catalog",
    responses((status = 200, content((Object = "application/ld+json"), (String = "text/turtle"))),
    (status = 406, description = "In none of the formats asked for"),
    (status = "default", body = Problem, content_type = "application/problem+json")))]
#[expect(dead_code, reason = "describes a route that another module serves")]
fn catalogue() {}

/// One dataset in DCAT.
#[utoipa::path(get, path = "/catalog/datasets/{id}", tag = "datasets", params(("id" = String, Path)),
    responses((status = 200, content((Object = "application/ld+json"), (String = "text/turtle"))),
    (status = 406, description = "In none of the formats asked for"),
    (status = "default", body = Problem, content_type = "application/problem+json")))]
#[expect(dead_code, reason = "describes a route that another module serves")]
fn describe() {}

/// Bytes of a dataset, under a transfer of a signed contract, with its data token (RFC 9449). Where and with which token,
/// the start of the transfer says (Dataspace Protocol).
#[utoipa::path(get, path = "/data/{transfer}", tag = "datasets", params(("transfer" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
    (status = 206, body = Vec<u8>, content_type = "application/octet-stream"),
    (status = "default", body = Problem, content_type = "application/problem+json")))]
#[expect(dead_code, reason = "describes a route that another module serves")]
fn fetch() {}

/// The member's identity (did:web).
#[utoipa::path(get, path = "/.well-known/did.json", tag = "identity",
    responses((status = 200, body = Object), (status = "default", body = Problem, content_type = "application/problem+json")))]
#[expect(dead_code, reason = "describes a route that another module serves")]
fn identity() {}

static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    let mut document = Paths::openapi();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    document.components.get_or_insert_default().add_security_scheme("peer", SecurityScheme::Http(bearer));
    // Without a token, or with one.
    let peer = SecurityRequirement::new("peer", Vec::<String>::new());
    document.security = Some(vec![SecurityRequirement::default(), peer]);
    document.to_pretty_json().unwrap_or_default()
});

/// The document, as text.
pub fn document() -> &'static str {
    &DOCUMENT
}

/// Serves it, to anybody.
pub async fn serve() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(document())
}
