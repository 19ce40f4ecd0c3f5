//! Giving a peer the entries about our exchanges with it: what it knows anyway, with the proof that we recorded it.

use contracts::extract::LogExtract;
use contracts::id::AgreementId;
use serde::{Deserialize, Serialize};

use super::{KINDS, MOST};
use crate::app::peer::{Answer, Caller, outgoing_body, spend};
use crate::app::reading::Who;
use crate::app::{App, Error, Hosted, log, reading};
use crate::text::say;

/// Body of `POST <base>/peer/v1/log-extracts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    pub agreement: String,
    /// Entries from this place of our log on.
    #[serde(default)]
    pub from: u64,
}

/// Its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    pub extract: LogExtract,
    /// Where to read on; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// Answers a party of the contract; a contract of others does not exist for it.
pub async fn give(app: &App, hosted: &Hosted, caller: &Caller, request: Request) -> Result<Answer, Error> {
    spend(app, hosted, caller).await?;
    let id = AgreementId::parse(request.agreement.as_str())
        .map_err(|e| Error::malformed(say("malformed.identifier").with("what", e), "/agreement"))?;
    if i64::try_from(request.from).is_err() {
        return Err(Error::malformed(say("malformed.index").with("found", request.from), "/from"));
    }
    let agreement = app.store.agreement(hosted.id(), &id).await?;
    let agreement = agreement.filter(|a| a.peer == caller.did).ok_or(Error::NotFound("contract"))?;
    let who = Who {
        id: caller.did.to_string(),
        role: "peer",
        scope: agreement.id.to_string(),
        reason: "twins".into(),
    };
    let (extract, next) = log::twins_of(app, hosted, &agreement.id, request.from, MOST, KINDS).await?;
    if !extract.entries.is_empty() {
        reading::record(app, hosted, &who, format!("entries from {} on", request.from)).await?;
    }
    Ok(Answer { status: 200, body: outgoing_body(&Given { extract, next })? })
}
