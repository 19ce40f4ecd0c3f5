//! `/evidence`: proofs gathered for those who check.

use actix_web::web::{Data, Json as Answer};
use contracts::api::Problem;
use contracts::api::evidence::{EvidenceFiles, EvidenceQuery};
use contracts::evidence::About;
use contracts::format::Instant;
use contracts::id::{DatasetId, ParticipantId};

use super::id;
use crate::app::{App, Error, contract, evidence, reading};
use crate::http::Failure;
use crate::http::auth::Auditor;
use crate::http::body::Query;
use crate::text::say;

/// Longest reason, in characters.
const REASON: usize = 500;

/// A pack of contracts, entries, proofs, decisions and receipts that `fiducie verify` checks without a node.
#[utoipa::path(get, path = "/api/v1/evidence", tag = "log", params(EvidenceQuery),
    responses((status = 200, body = EvidenceFiles), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn pack(
    app: Data<App>,
    caller: Auditor,
    query: Query<EvidenceQuery>,
) -> Result<Answer<EvidenceFiles>, Failure> {
    let query = query.0;
    caller.scope()?;
    let contract = match &query.contract {
        Some(text) => Some(contract::named(&app, &caller.hosted, text).await?.id.to_string()),
        None => None,
    };
    let did = |text: String| {
        let wrong = |e| Error::malformed(say("malformed.identifier").with("what", e), "peer");
        ParticipantId::did(text).map_err(wrong).map(|did| did.to_string())
    };
    let about = About {
        contract,
        dataset: query
            .dataset
            .map(|text| id(&text, DatasetId::from_segment))
            .transpose()?
            .map(|id| id.to_string()),
        peer: query.peer.map(did).transpose()?,
        from: instant(query.from, "from")?,
        until: instant(query.until, "until")?,
    };
    if about.is_everything() {
        return Err(
            Error::malformed(say("malformed.evidence"), "contract, dataset, peer, from, until").into()
        );
    }
    let reason = reason(query.reason)?;
    let who = caller.who(reason.as_deref());
    let what = format!("evidence about {}", evidence::said(&about));
    let files = evidence::pack(&app, &caller.hosted, about, caller.scope()?, reason).await?;
    reading::record(&app, &caller.hosted, &who, what).await?;
    let text = |bytes| String::from_utf8(bytes).map_err(|e| Error::Internal(e.to_string()));
    let files: Result<_, Error> = files.into_iter().map(|(name, bytes)| Ok((name, text(bytes)?))).collect();
    Ok(Answer(EvidenceFiles { files: files? }))
}

fn instant(text: Option<String>, at: &'static str) -> Result<Option<Instant>, Error> {
    let read = |text: String| {
        Instant::parse(&text)
            .ok_or_else(|| Error::malformed(say("malformed.instant").with("found", text), at))
    };
    text.map(read).transpose()
}

/// Why somebody reads, in words that can stand in a record.
pub(super) fn reason(text: Option<String>) -> Result<Option<String>, Error> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    match text {
        Some(text) if text.chars().count() > REASON || text.chars().any(char::is_control) => {
            Err(Error::malformed(say("malformed.reason").with("most", REASON), "reason"))
        }
        other => Ok(other),
    }
}
