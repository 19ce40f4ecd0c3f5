//! `/transfers/{id}/deliveries`.

use actix_web::web::{Data, Json as Answer, Path};
use contracts::api::delivery::DeliveryView;
use contracts::api::{Page, PageQuery, Problem};
use contracts::id::Pid;

use super::{id, page, rows};
use crate::app::{App, transfer};
use crate::domain::delivery::Delivery;
use crate::http::Failure;
use crate::http::auth::Reader;
use crate::http::body::Query;

/// Lists the exchanges of bytes under a transfer, by reference.
#[utoipa::path(get, path = "/api/v1/transfers/{id}/deliveries", tag = "transfers",
    params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<DeliveryView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    app: Data<App>,
    caller: Reader,
    path: Path<String>,
    query: Query<PageQuery>,
) -> Result<Answer<Page<DeliveryView>>, Failure> {
    let pid = id(&path, Pid::from_segment)?;
    let rows = rows(&app, query.0)?;
    let found = transfer::deliveries(&app, &caller.hosted, &pid, &rows).await?;
    Ok(page(found, &rows, |d| d.reference.0.clone(), view))
}

fn view(d: &Delivery) -> DeliveryView {
    let closed = d.closed.as_ref();
    DeliveryView {
        reference: d.reference.0.clone(),
        role: d.role.as_str().into(),
        path: d.path.clone(),
        first: d.first,
        at_most: d.at_most,
        opened: d.opened.rfc3339(),
        closed: closed.map(|c| c.at.rfc3339()),
        bytes: closed.map(|c| c.bytes),
        sha256: closed.map(|c| c.sha256.clone()),
        ending: closed.map(|c| c.ending.as_str().into()),
    }
}
