//! `/duties` and `/contracts/{id}/duties`: what contracts oblige to, until when, and what became of it.

use actix_web::web::{Data, Json as Answer, Path};
use contracts::api::duty::{DutyView, EvidenceView, SettleDuty};
use contracts::api::{Page, PageQuery, Problem};
use contracts::duty::Said;

use super::{page, rows};
use crate::app::duty::{self, Wanted};
use crate::app::{App, contract};
use crate::domain::duty::Duty;
use crate::domain::process::Role;
use crate::http::Failure;
use crate::http::auth::{Operator, Reader};
use crate::http::body::{Json, Query};

/// Lists duties, by contract.
#[utoipa::path(get, path = "/api/v1/duties", tag = "contracts", params(PageQuery),
    responses((status = 200, body = Page<DutyView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    app: Data<App>,
    caller: Reader,
    query: Query<PageQuery>,
) -> Result<Answer<Page<DutyView>>, Failure> {
    let rows = rows(&app, query.0)?;
    let found = duty::list(&app, &caller.hosted, &rows).await?;
    Ok(page(found, &rows, |duty| format!("{} {} {}", duty.agreement, duty.pointer, duty.occurrence), view))
}

/// Says that a duty of this member is done: signed, and told to the peer.
#[utoipa::path(post, path = "/api/v1/contracts/{id}/duties/{number}/fulfil", tag = "contracts",
    params(("id" = String, Path), ("number" = u32, Path)), request_body = SettleDuty,
    responses((status = 200, body = DutyView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn fulfil(
    app: Data<App>,
    caller: Operator,
    path: Path<(String, u32)>,
    body: Json<SettleDuty>,
) -> Result<Answer<DutyView>, Failure> {
    settle(app, caller, path, body, Said::Fulfilled).await
}

/// Says that a duty owed to this member is no longer asked for: signed, and told to the peer.
#[utoipa::path(post, path = "/api/v1/contracts/{id}/duties/{number}/waive", tag = "contracts",
    params(("id" = String, Path), ("number" = u32, Path)), request_body = SettleDuty,
    responses((status = 200, body = DutyView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn waive(
    app: Data<App>,
    caller: Operator,
    path: Path<(String, u32)>,
    body: Json<SettleDuty>,
) -> Result<Answer<DutyView>, Failure> {
    settle(app, caller, path, body, Said::Waived).await
}

async fn settle(
    app: Data<App>,
    caller: Operator,
    path: Path<(String, u32)>,
    body: Json<SettleDuty>,
    said: Said,
) -> Result<Answer<DutyView>, Failure> {
    let ((id, number), SettleDuty { words, document }) = (path.into_inner(), body.0);
    let agreement = contract::named(&app, &caller.hosted, &id).await?;
    let wanted = Wanted { number, said, words, document };
    Ok(Answer(view(&duty::settle(&app, &caller.hosted, agreement, wanted).await?)))
}

fn view(duty: &Duty) -> DutyView {
    DutyView {
        contract: duty.agreement.to_string(),
        number: duty.number(),
        occurrence: duty.occurrence,
        peer: duty.peer.to_string(),
        dataset: duty.dataset.to_string(),
        action: duty.action.clone(),
        ours: duty.role == Role::Consumer,
        state: duty.state.as_str().to_owned(),
        due: duty.deadline.map(|deadline| deadline.0.rfc3339()),
        measure: duty.measure.as_str().to_owned(),
        evidence: duty.evidence.as_ref().map(|e| EvidenceView {
            by: e.by.to_string(),
            words: e.words.clone(),
            document: e.document.clone(),
            at: e.at.rfc3339(),
            notice: e.notice.clone(),
        }),
    }
}
