//! Is the process alive, and is it ready to serve?

use actix_web::HttpResponse;
use actix_web::web::Data;
use contracts::api::status::Check;
use serde_json::json;

use crate::app::App;

/// The process answers.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "live" }))
}

/// Everything a request needs works; else 503 with what does not.
pub async fn ready(app: Data<App>) -> HttpResponse {
    let checks: Vec<Check> = app.health().await;
    let ok = checks.iter().all(|c| c.ok);
    let mut response = if ok { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    if !ok {
        response.insert_header(("retry-after", "5"));
    }
    response.json(json!({ "status": if ok { "ready" } else { "not-ready" }, "checks": checks }))
}
