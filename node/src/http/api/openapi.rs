//! The description of this API (OpenAPI 3.1), made from the handlers and the wire shapes.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};

use super::{
    access_request, catalog, contract, convention, credential, dataset, decision, delivery, duty, erasure,
    evidence, federation, framework, harvest, log, member, membership, negotiation, policy, pull, question,
    receipt, search, status, token, transfer, twins, use_case,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Fiducie management API",
        version = "1",
        description = "What a member's operators and their tools do with its node. Version 1 only gains optional members.",
        license(name = "EUPL-1.2", identifier = "EUPL-1.2")
    ),
    paths(
        member::show,
        member::declare,
        member::rotate,
        member::add,
        member::retire,
        dataset::publish,
        dataset::list,
        dataset::show,
        dataset::quality,
        dataset::revisions,
        dataset::withdraw,
        catalog::ask,
        catalog::closed,
        search::find,
        harvest::import,
        harvest::import_url,
        harvest::sources,
        harvest::run,
        harvest::forget,
        harvest::records,
        federation::find,
        negotiation::start,
        negotiation::list,
        negotiation::show,
        negotiation::agree,
        negotiation::accept,
        negotiation::counter,
        negotiation::terminate,
        policy::fields,
        policy::form,
        policy::make,
        contract::list,
        contract::show,
        contract::file,
        contract::revoke,
        convention::list,
        convention::draw_up,
        convention::sign,
        convention::show,
        convention::file,
        credential::issue,
        credential::issued,
        credential::change,
        credential::entitle,
        credential::ask,
        credential::requests,
        credential::held,
        credential::check,
        credential::attested,
        duty::list,
        duty::fulfil,
        duty::waive,
        framework::list,
        framework::publish,
        framework::import,
        framework::show,
        framework::file,
        framework::versions,
        framework::adopt,
        membership::list,
        membership::apply,
        membership::sign,
        membership::appeal,
        membership::leave,
        membership::suspend,
        membership::resume,
        membership::exclude,
        membership::directory,
        membership::refresh,
        question::list,
        question::answer,
        question::cast,
        question::seats,
        question::appoint,
        use_case::list,
        use_case::show,
        use_case::propose,
        use_case::step,
        use_case::abandon,
        use_case::withdraw,
        use_case::audit,
        access_request::list,
        access_request::show,
        access_request::ask,
        access_request::opine,
        transfer::start,
        transfer::list,
        transfer::show,
        delivery::list,
        transfer::suspend,
        transfer::resume,
        transfer::complete,
        transfer::terminate,
        pull::start,
        pull::state,
        receipt::file,
        log::entries,
        decision::replayed,
        decision::report,
        evidence::pack,
        log::extract,
        log::proof,
        log::inclusion,
        log::consistency,
        log::checkpoint,
        twins::compare,
        twins::show,
        twins::evidence,
        twins::list,
        erasure::erase,
        log::events,
        token::issue,
        token::list,
        token::revoke,
        status::show,
    )
)]
struct Paths;

static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    let mut document = Paths::openapi();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("fid_…").build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    for (path, item) in &mut document.paths.paths {
        let words = path.trim_start_matches("/api/v1/").replace(['/', '-'], "_").replace(['{', '}'], "");
        let operations = [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("delete", &mut item.delete),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                operation.operation_id = Some(format!("{method}_{words}"));
            }
        }
    }
    document.security = Some(vec![SecurityRequirement::new("token", Vec::<String>::new())]);
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
