//! The signed contract: drawn up by the provider, checked and countersigned by the consumer, kept by both.

mod check;
mod draw;

use std::collections::BTreeMap;
use std::sync::Arc;

use contracts::contract::{ContractDocument, ContractFile, FileType};
use contracts::format::V1;
use contracts::id::AgreementId;
use contracts::jcs;
use serde_json::Value;

pub use check::{Countersigned, check_proposal, countersignature};
pub use draw::draw_up;

use super::negotiation::wire;
use super::{App, Error, Hosted, duty, revocation};
use crate::domain::agreement::{Agreement, Standing};
use crate::domain::event::{ContractEvent, Event};
use crate::domain::negotiation::{Message, Negotiation};
use crate::domain::time::Timestamp;
use crate::store::{Page, Tx};
use crate::text::say;

/// Provider: sends the agreement, in the transaction of the state that leads to it.
pub(crate) async fn propose(
    tx: &mut Tx<'_>,
    negotiation: Negotiation,
    agreement: Agreement,
    now: Timestamp,
) -> Result<Negotiation, Error> {
    let step = negotiation.send(Message::Agreement(agreement.id.clone()), now)?;
    let message = wire::agreement(&step.next, &agreement, now)?;
    let saved = super::negotiation::save(tx, step).await?;
    if agreement.contract.is_some() {
        tx.record(event(&agreement, ContractEvent::Signed));
    }
    tx.insert_agreement(agreement).await?;
    tx.enqueue(message).await?;
    Ok(saved)
}

/// Consumer: keeps a checked agreement.
pub(crate) async fn accept(tx: &mut Tx<'_>, agreement: Agreement) -> Result<(), Error> {
    if agreement.contract.is_some() {
        tx.record(event(&agreement, ContractEvent::Countersigned));
        tx.record(event(&agreement, ContractEvent::Signed));
    } else {
        tx.record(event(&agreement, ContractEvent::RecordedUnsigned));
    }
    tx.insert_agreement(agreement).await?;
    Ok(())
}

/// Provider: keeps the contract signed by both.
pub(crate) async fn concluded(tx: &mut Tx<'_>, agreement: Agreement) -> Result<(), Error> {
    let what = match agreement.standing {
        Standing::Signed => ContractEvent::Countersigned,
        Standing::Pending | Standing::Unsigned | Standing::Abandoned => ContractEvent::RecordedUnsigned,
    };
    tx.record(event(&agreement, what));
    let saved = tx.save_agreement(agreement).await?;
    duty::begin(tx, &saved).await?;
    revocation::tell(tx, &saved).await
}

/// Consumer: the provider finalized, so the contract is signed by both.
pub(crate) async fn finalized(tx: &mut Tx<'_>, id: &AgreementId) -> Result<(), Error> {
    if let Some(mut agreement) = tx.agreement(id).await?
        && agreement.standing == Standing::Pending
    {
        agreement.standing = Standing::Signed;
        let saved = tx.save_agreement(agreement).await?;
        duty::begin(tx, &saved).await?;
        revocation::tell(tx, &saved).await?;
    }
    Ok(())
}

/// A negotiation ended: what was not signed by both gives no right.
pub(crate) async fn abandon(tx: &mut Tx<'_>, agreement: Option<AgreementId>) -> Result<(), Error> {
    let Some(id) = agreement else { return Ok(()) };
    if let Some(mut agreement) = tx.agreement(&id).await? {
        agreement.standing = Standing::Abandoned;
        tx.save_agreement(agreement).await?;
    }
    Ok(())
}

/// One agreement as the member sees it.
pub async fn get(app: &App, hosted: &Arc<Hosted>, id: &AgreementId) -> Result<Agreement, Error> {
    app.store.agreement(hosted.id(), id).await?.ok_or(Error::NotFound("contract"))
}

/// The agreement that a text names: in full, or by the bare UUID of one of ours.
pub async fn named(app: &App, hosted: &Hosted, text: &str) -> Result<Agreement, Error> {
    let meant = AgreementId::meant(text)
        .map_err(|e| Error::malformed(say("malformed.identifier").with("what", e), "agreement"))?;
    for id in meant {
        if let Some(found) = app.store.agreement(hosted.id(), &id).await? {
            return Ok(found);
        }
    }
    Err(Error::NotFound("contract"))
}

/// Agreements of the member, oldest first, after a cursor.
pub async fn list(app: &App, hosted: &Hosted, page: &Page) -> Result<Vec<Agreement>, Error> {
    Ok(app.store.read(hosted.id()).await?.agreements(page).await?)
}

/// The contract as a file that verifies alone.
pub async fn file(app: &App, hosted: &Arc<Hosted>, id: &AgreementId) -> Result<Vec<u8>, Error> {
    let agreement = get(app, hosted, id).await?;
    let Some(contract) = agreement.contract else {
        return Err(Error::Unsupported(say("unsupported.no-file")));
    };
    let identities: BTreeMap<String, Value> = serde_json::from_str(&contract.identities)
        .map_err(|e| Error::Internal(format!("identities: {e}")))?;
    let file = ContractFile {
        kind: FileType::File,
        v: V1,
        contract: ContractDocument::parse(contract.document.as_bytes())
            .map_err(|e| Error::Internal(e.to_string()))?,
        text: contract.text,
        identities,
        signatures: contract.signatures,
        revocations: agreement.revoked.into_iter().map(|r| r.statement).collect(),
    };
    file.canonical().map_err(internal)
}

/// The event of an agreement.
pub(crate) fn event(agreement: &Agreement, what: ContractEvent) -> Event {
    let text = agreement.contract.as_ref().map_or(agreement.policy.as_str(), |c| c.document.as_str());
    Event::Contract {
        what,
        agreement: agreement.id.clone(),
        peer: agreement.peer.clone(),
        dataset: agreement.dataset.clone(),
        digest: jcs::sha256_b64url(text.as_bytes()),
    }
}

/// The identifier of an ODRL agreement.
pub(crate) fn agreement_id(agreement: &Value) -> Result<AgreementId, Error> {
    let id = agreement.get("@id").and_then(Value::as_str).unwrap_or_default();
    AgreementId::parse(id)
        .map_err(|e| Error::malformed(say("malformed.identifier").with("what", e), "/agreement/@id"))
}

pub(super) fn internal(error: impl std::fmt::Display) -> Error {
    Error::Internal(error.to_string())
}
