//! Asking a peer for its entries about our exchanges, and believing only what its signed checkpoint proves.

use contracts::extract::LogExtract;
use contracts::id::ParticipantId;

use super::give::{Given, Request};
use super::{PAGES, ended};
use crate::app::peer::outgoing_body;
use crate::app::{App, Error, Hosted, log};
use crate::domain::agreement::Agreement;
use crate::identity::token::issue_peer;

/// The peer's entries from a place of its log on, and the place after the last.
///
/// # Errors
/// [`Error::Peer`] when it does not answer, or what it answers does not hold.
pub async fn ask(
    app: &App,
    hosted: &Hosted,
    agreement: &Agreement,
    mut from: u64,
) -> Result<(Vec<LogExtract>, u64), Error> {
    let peer = &agreement.peer;
    let failed = |what: String| Error::Peer { peer: peer.to_string(), what };
    let base = contracts::did::base_url(peer.as_str()).map_err(|e| failed(e.to_string()))?;
    let url = format!("{}/peer/v1/log-extracts", base.as_str().trim_end_matches('/'));
    let mut extracts: Vec<LogExtract> = Vec::new();
    for _ in 0..PAGES {
        let body = outgoing_body(&Request { agreement: agreement.id.to_string(), from })?;
        let token = issue_peer(&hosted.keys(), peer.as_str(), body.as_bytes(), app.now())?;
        let answer = app.client.send(&url, body.into(), Some(&token)).await;
        let answer = answer.map_err(|e| failed(e.to_string()))?;
        if !answer.is_success() {
            return Err(failed(format!("it gives none of its log: status {}", answer.status)));
        }
        let given: Given =
            serde_json::from_slice(&answer.body).map_err(|e| failed(format!("extract of its log: {e}")))?;
        believe(app, peer, agreement, &given.extract).await?;
        extracts.push(given.extract);
        match given.next {
            Some(next) if next > from => from = next,
            Some(_) => return Err(failed("its extract does not go on".into())),
            None => return Ok(ended(extracts, from)),
        }
    }
    Err(failed("its extract does not end".into()))
}

/// Refuses what the peer's log does not prove, or what is not about this contract.
async fn believe(
    app: &App,
    peer: &ParticipantId,
    agreement: &Agreement,
    extract: &LogExtract,
) -> Result<(), Error> {
    log::believe(app, peer, extract).await?;
    for entry in &extract.entries {
        let about = entry.openings.get("agreement").map(|opening| opening.value.as_str());
        if about != Some(agreement.id.as_str()) {
            let what = format!("entry {} is not about this contract", entry.index);
            return Err(Error::Peer { peer: peer.to_string(), what });
        }
    }
    Ok(())
}
