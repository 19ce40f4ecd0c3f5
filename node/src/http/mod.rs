//! The machine edge: the whole route table is here. Handlers parse, call `app`, and render.

pub mod api;
pub mod auth;
pub mod body;
pub mod catalog;
pub mod dataset;
mod dcp;
pub mod did;
mod directory;
pub mod dsp;
mod framework;
pub mod health;
pub mod limits;
pub mod log;
pub mod member;
pub mod openapi;
mod outer;
pub mod peer;
mod plane;
pub mod problem;
pub mod search;
pub mod signaling;
pub mod sparql;
pub mod witness;

use std::sync::Arc;

use actix_web::web::{self, Data, ServiceConfig};

pub use limits::Limiter;
pub use member::At;
pub use outer::{Answer, language, outer};
pub use problem::Failure;

use crate::app::App;
use crate::dataplane::{serve, take};

/// What the edge itself keeps, beside the [`App`].
pub struct Edge {
    pub limiter: Arc<Limiter>,
}

/// Every route of the node.
pub fn routes(app: Data<App>, edge: Data<Edge>) -> impl FnOnce(&mut ServiceConfig) {
    move |service| {
        service
            .app_data(app)
            .app_data(edge)
            .route("/health/live", web::get().to(health::live))
            .route("/health/ready", web::get().to(health::ready))
            .configure(dsp::routes)
            .route("/openapi.json", web::get().to(openapi::serve))
            .configure(search::routes)
            .configure(dataset::routes)
            .configure(sparql::routes)
            .configure(catalog::routes)
            .configure(directory::routes)
            .configure(framework::routes)
            .configure(peer::routes)
            .configure(serve::routes)
            .configure(take::routes)
            .configure(signaling::routes)
            .configure(dcp::routes)
            .configure(witness::routes)
            .route("/.well-known/did.json", web::get().to(did::show))
            .route("/did.json", web::get().to(did::show))
            .configure(log::routes)
            .configure(api::routes)
            .default_service(web::to(|| async { Err::<String, _>(Failure::NoRoute) }));
    }
}
