//! The management API, version 1: one file per resource. Handlers parse, call a use case, and render.

mod access_request;
mod catalog;
mod contract;
mod convention;
mod credential;
mod dataset;
mod decision;
mod delivery;
mod duty;
mod erasure;
mod evidence;
mod federation;
pub(super) mod framework;
mod harvest;
mod log;
mod member;
mod membership;
mod negotiation;
mod openapi;
mod page;
mod policy;
mod pull;
pub(super) mod question;
mod receipt;
mod search;
mod status;
mod token;
mod transfer;
mod twins;
pub(super) mod use_case;

use actix_web::web::{self, ServiceConfig};
use contracts::id::{IdError, ParticipantId};
use url::Url;

pub use openapi::document;
use page::{page, rows, wanted};

use crate::app::Error;
use crate::text::say;

/// Routes below `/api/v1`.
pub fn routes(service: &mut ServiceConfig) {
    service.service(
        web::scope("/api/v1")
            .route("/openapi.json", web::get().to(openapi::serve))
            .service(web::resource("/members").post(member::add))
            .service(web::resource("/members/self/retire").post(member::retire))
            .service(web::resource("/members/self").get(member::show))
            .service(web::resource("/members/self/statement").put(member::declare))
            .service(web::resource("/members/self/keys").post(member::rotate))
            .service(web::resource("/datasets").get(dataset::list).post(dataset::publish))
            .service(web::resource("/datasets/{id}").get(dataset::show).delete(dataset::withdraw))
            .service(web::resource("/datasets/{id}/quality").get(dataset::quality))
            .service(web::resource("/datasets/{id}/revisions").get(dataset::revisions))
            .service(web::resource("/catalog").post(catalog::ask))
            .service(web::resource("/catalog/closed").get(catalog::closed))
            .service(web::resource("/search").get(search::find))
            .service(web::resource("/harvest/imports").post(harvest::import))
            .service(web::resource("/harvest/urls").post(harvest::import_url))
            .service(web::resource("/harvest/sources").get(harvest::sources))
            .service(web::resource("/harvest/sources/{name}").post(harvest::run).delete(harvest::forget))
            .service(web::resource("/federation/search").get(federation::find))
            .service(web::resource("/harvest/records").get(harvest::records))
            .service(web::resource("/negotiations").get(negotiation::list).post(negotiation::start))
            .service(web::resource("/negotiations/{id}").get(negotiation::show))
            .service(web::resource("/negotiations/{id}/agree").post(negotiation::agree))
            .service(web::resource("/negotiations/{id}/accept").post(negotiation::accept))
            .service(web::resource("/negotiations/{id}/counter").post(negotiation::counter))
            .service(web::resource("/negotiations/{id}/terminate").post(negotiation::terminate))
            .service(web::resource("/policies/fields").get(policy::fields))
            .service(web::resource("/policies/form").post(policy::form))
            .service(web::resource("/policies/make").post(policy::make))
            .service(web::resource("/contracts").get(contract::list))
            .service(web::resource("/contracts/{id}").get(contract::show))
            .service(web::resource("/contracts/{id}/file").get(contract::file))
            .service(web::resource("/contracts/{id}/revoke").post(contract::revoke))
            .service(web::resource("/duties").get(duty::list))
            .service(web::resource("/contracts/{id}/duties/{number}/fulfil").post(duty::fulfil))
            .service(web::resource("/contracts/{id}/duties/{number}/waive").post(duty::waive))
            .service(web::resource("/contracts/{id}/twins").get(twins::show).post(twins::compare))
            .service(web::resource("/contracts/{id}/twins/evidence").get(twins::evidence))
            .service(web::resource("/conventions").get(convention::list).post(convention::draw_up))
            .service(web::resource("/conventions/signed").post(convention::sign))
            .service(web::resource("/conventions/{id}").get(convention::show))
            .service(web::resource("/conventions/{id}/file").get(convention::file))
            .service(web::resource("/frameworks").get(framework::list).post(framework::publish))
            .service(web::resource("/frameworks/imports").post(framework::import))
            .service(web::resource("/frameworks/{id}").get(framework::show))
            .service(web::resource("/frameworks/{id}/file").get(framework::file))
            .service(web::resource("/frameworks/{id}/versions").get(framework::versions))
            .service(web::resource("/frameworks/{id}/adopt").post(framework::adopt))
            .service(web::resource("/memberships").get(membership::list))
            .service(web::resource("/frameworks/{id}/application").post(membership::apply))
            .service(web::resource("/frameworks/{id}/charter").post(membership::sign))
            .service(web::resource("/frameworks/{id}/appeal").post(membership::appeal))
            .service(web::resource("/frameworks/{id}/exit").post(membership::leave))
            .service(web::resource("/frameworks/{id}/members/{did}/suspend").post(membership::suspend))
            .service(web::resource("/frameworks/{id}/members/{did}/resume").post(membership::resume))
            .service(web::resource("/frameworks/{id}/members/{did}/exclude").post(membership::exclude))
            .service(
                web::resource("/frameworks/{id}/directory")
                    .get(membership::directory)
                    .post(membership::refresh),
            )
            .service(web::resource("/frameworks/{id}/questions").get(question::list))
            .service(web::resource("/frameworks/{id}/seats").get(question::seats).post(question::appoint))
            .service(web::resource("/questions/{id}/answer").post(question::answer))
            .service(web::resource("/ballots").post(question::cast))
            .service(web::resource("/access-requests").get(access_request::list).post(access_request::ask))
            .service(web::resource("/access-requests/{id}").get(access_request::show))
            .service(web::resource("/access-requests/{id}/opinion").post(access_request::opine))
            .service(web::resource("/use-cases").get(use_case::list))
            .service(web::resource("/use-cases/{id}").get(use_case::show))
            .service(web::resource("/use-cases/{id}/step").post(use_case::step))
            .service(web::resource("/use-cases/{id}/abandon").post(use_case::abandon))
            .service(web::resource("/use-cases/{id}/withdraw").post(use_case::withdraw))
            .service(web::resource("/frameworks/{id}/use-cases").post(use_case::propose))
            .service(web::resource("/frameworks/{id}/use-cases/{case}/audit").post(use_case::audit))
            .service(web::resource("/credentials/issued").get(credential::issued).post(credential::issue))
            .service(web::resource("/credentials/issued/{id}/{change}").post(credential::change))
            .service(web::resource("/credentials/entitlements").put(credential::entitle))
            .service(web::resource("/credentials/requests").get(credential::requests).post(credential::ask))
            .service(web::resource("/credentials/held").get(credential::held))
            .service(web::resource("/credentials/issuers/{issuer}/check").post(credential::check))
            .service(web::resource("/credentials/attested/{peer}").get(credential::attested))
            .service(web::resource("/transfers").get(transfer::list).post(transfer::start))
            .service(web::resource("/transfers/{id}").get(transfer::show))
            .service(web::resource("/transfers/{id}/deliveries").get(delivery::list))
            .service(web::resource("/transfers/{id}/suspend").post(transfer::suspend))
            .service(web::resource("/transfers/{id}/resume").post(transfer::resume))
            .service(web::resource("/transfers/{id}/complete").post(transfer::complete))
            .service(web::resource("/transfers/{id}/terminate").post(transfer::terminate))
            .service(web::resource("/transfers/{id}/pull").post(pull::start))
            .service(web::resource("/transfers/{id}/pull/{job}").get(pull::state))
            .service(web::resource("/log/entries").get(log::entries))
            .service(web::resource("/log/entries/{index}/proof").get(log::proof))
            .service(web::resource("/log/entries/{index}/decision").get(decision::replayed))
            .service(web::resource("/log/entries/{index}/decision/report").get(decision::report))
            .service(web::resource("/log/extract").get(log::extract))
            .service(web::resource("/evidence").get(evidence::pack))
            .service(web::resource("/log/proofs/inclusion").get(log::inclusion))
            .service(web::resource("/log/proofs/consistency").get(log::consistency))
            .service(web::resource("/log/twins").get(twins::list))
            .service(web::resource("/log/erasures").post(erasure::erase))
            .service(web::resource("/receipts/{reference}").get(receipt::file))
            .service(web::resource("/log/checkpoint").get(log::checkpoint))
            .service(web::resource("/events").get(log::events))
            .service(web::resource("/tokens").get(token::list).post(token::issue))
            .service(web::resource("/tokens/{id}").delete(token::revoke))
            .service(web::resource("/status").get(status::show)),
    );
}

/// An identifier in a path, in full or as a bare UUID.
fn id<T>(text: &str, read: impl FnOnce(&str) -> Result<T, IdError>) -> Result<T, Error> {
    read(text).map_err(|e| Error::malformed(say("malformed.identifier").with("what", e), "path"))
}

/// A peer by its DID, or by its public address (did:web).
fn peer(text: &str, at: &'static str) -> Result<ParticipantId, Error> {
    let wrong = |what: String| Error::malformed(say("malformed.peer").with("what", what), at);
    if text.starts_with("did:") {
        return ParticipantId::did(text).map_err(|e| wrong(e.to_string()));
    }
    let url = Url::parse(text).map_err(|e| wrong(format!("{text}: {e}")))?;
    contracts::did::from_base_url(&url).map_err(|e| wrong(e.to_string()))
}
