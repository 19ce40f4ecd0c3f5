//! `/catalog`: asking a peer what it offers to this member.

use actix_web::HttpRequest;
use actix_web::web::{Data, Json as Answer};
use contracts::api::Problem;
use contracts::api::catalog::{AskCatalog, ClosedView, PeerCatalog};
use contracts::id::DatasetId;

use super::{id, peer};
use crate::app::{App, Error, catalogue};
use crate::http::auth::{Operator, Reader};
use crate::http::body::Json;
use crate::http::{Failure, language};

/// Asks a peer for its catalogue, or for one dataset of it, as this member.
#[utoipa::path(post, path = "/api/v1/catalog", tag = "catalog", request_body = AskCatalog,
    responses((status = 200, body = PeerCatalog), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn ask(
    app: Data<App>,
    caller: Operator,
    body: Json<AskCatalog>,
) -> Result<Answer<PeerCatalog>, Failure> {
    let AskCatalog { peer: called, dataset } = body.0;
    let shown = |e: serde_json::Error| Error::Internal(format!("catalogue: {e}"));
    let answer = match dataset {
        None => {
            let answered = catalogue::ask(&app, &caller.hosted, &called).await?;
            PeerCatalog {
                peer: answered.endpoint.peer.to_string(),
                catalog: serde_json::to_value(&answered.catalog).map_err(shown)?,
                cut: answered.cut,
            }
        }
        Some(dataset) => {
            let provider = peer(&called, "/peer")?;
            let dataset = id(&dataset, |text| DatasetId::parse(text))?;
            let found = catalogue::ask_dataset(&app, &caller.hosted, &provider, &dataset).await?;
            PeerCatalog {
                peer: provider.to_string(),
                catalog: serde_json::to_value(&found.dataset).map_err(shown)?,
                cut: false,
            }
        }
    };
    Ok(Answer(answer))
}

/// Public-sector data of this member that are not open, each with why.
#[utoipa::path(get, path = "/api/v1/catalog/closed", tag = "catalog",
    responses((status = 200, body = ClosedView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn closed(app: Data<App>, caller: Reader, req: HttpRequest) -> Result<Answer<ClosedView>, Failure> {
    let datasets = catalogue::closed(&app, &caller.hosted, language(req.headers())).await?;
    Ok(Answer(ClosedView { datasets }))
}
