//! A yes becomes a contract: who asked begins a negotiation, and the owner's node agrees to it within what was granted.

use std::sync::Arc;

use contracts::dsp::negotiation::ContractRequestMessage;
use contracts::id::{DatasetId, OfferId, ParticipantId, Pid, RequestId};
use ontology::purpose::Purpose;

use super::{App, Error, Hosted};
use crate::app::negotiation::act::{self, Wanted};
use crate::domain::access_request::{AccessRequest, Side};
use crate::domain::time::Timestamp;
use crate::store::Tx;
use crate::text::say;

/// As who asked: begins the negotiation of what was granted. When the owner cannot be reached the reason is kept, and it is
/// tried again.
pub(super) async fn conclude(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    request: AccessRequest,
) -> Result<(), Error> {
    let purpose = Purpose::parse(&request.wanted.purpose).map(Purpose::iri);
    let wanted = Wanted {
        provider: request.peer.clone(),
        dataset: request.wanted.dataset.clone(),
        offer: request.offer.clone(),
        purpose: Some(purpose.unwrap_or_else(|| request.wanted.purpose.clone())),
        policy: None,
    };
    let failed = match act::request_for(app, hosted, wanted, Some(request.id.clone())).await {
        // Begun meanwhile: then that counts.
        Ok(_) | Err(Error::Conflict(_)) => return Ok(()),
        Err(error) => error.to_string(),
    };
    let now = app.now();
    app.store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                let found = tx.access_request(Side::Asker, &request.id).await?;
                if let Some(mut found) = found.filter(|found| found.negotiation.is_none()) {
                    found.reasons = vec![failed.chars().take(500).collect()];
                    found.updated = now;
                    tx.save_access_request(&found).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok(())
}

/// As who asked: the negotiation of a request begins in this write.
///
/// # Errors
/// [`Error::Conflict`] when it has begun.
pub(crate) async fn begun(
    tx: &mut Tx<'_>,
    id: &RequestId,
    negotiation: &Pid,
    now: Timestamp,
) -> Result<(), Error> {
    let found = tx.access_request(Side::Asker, id).await?;
    let found = found.filter(AccessRequest::is_due_a_contract);
    let mut found = found.ok_or_else(|| Error::Conflict(say("trust.request-closed")))?;
    found.negotiation = Some(negotiation.clone());
    found.reasons = Vec::new();
    found.updated = now;
    Ok(tx.save_access_request(&found).await?)
}

/// As the owner: the contract of what was granted is agreed to in this write. `false` when it was before: a yes is for one
/// contract, and who revoked that is asked again.
pub(crate) async fn used(
    tx: &mut Tx<'_>,
    id: &RequestId,
    negotiation: &Pid,
    now: Timestamp,
) -> Result<bool, Error> {
    let found = tx.access_request(Side::Owner, id).await?;
    let Some(mut found) = found.filter(AccessRequest::is_due_a_contract) else { return Ok(false) };
    found.negotiation = Some(negotiation.clone());
    found.updated = now;
    tx.save_access_request(&found).await?;
    Ok(true)
}

/// What was granted to a peer and has no contract yet, as far as its request for a contract keeps within it: this dataset, offer and purpose, and not
/// past its end.
pub(crate) async fn granted(
    app: &App,
    hosted: &Hosted,
    peer: &ParticipantId,
    (dataset, offer): (&DatasetId, &OfferId),
    message: &ContractRequestMessage,
) -> Result<Option<AccessRequest>, Error> {
    let all = app.store.read(hosted.id()).await?.access_requests_of(peer).await?;
    let purpose = message.purpose.as_deref().and_then(Purpose::parse);
    let now = app.now().seconds();
    let within = |one: &AccessRequest| {
        one.is_due_a_contract()
            && one.wanted.dataset == *dataset
            && one.offer.as_ref() == Some(offer)
            && purpose.is_some()
            && Purpose::parse(&one.wanted.purpose) == purpose
            && one.wanted.ends.is_none_or(|ends| now < ends.seconds())
    };
    Ok(all.into_iter().rfind(within))
}
