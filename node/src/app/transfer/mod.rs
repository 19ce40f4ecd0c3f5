//! Transfers, both roles: messages received, acts of persons, and what the node does by itself.

pub mod act;
pub(crate) mod address;
pub mod receive;
pub mod request;
pub mod sent;
pub mod wire;

use std::sync::Arc;

use contracts::id::{ParticipantId, Pid};

use super::{App, Error, Hosted};
use crate::domain::delivery::Delivery;
use crate::domain::transfer::{Step, Transfer};
use crate::store::{Page, Tx};

/// Loads a transfer of this member by our name for it.
pub(crate) async fn load(tx: &mut Tx<'_>, pid: &Pid) -> Result<Transfer, Error> {
    tx.transfer(pid).await?.ok_or(Error::NotFound("transfer"))
}

/// As [`load`], if the caller is its other party.
pub(crate) async fn load_for(tx: &mut Tx<'_>, pid: &Pid, caller: &ParticipantId) -> Result<Transfer, Error> {
    let transfer = load(tx, pid).await?;
    if &transfer.peer == caller { Ok(transfer) } else { Err(Error::NotFound("transfer")) }
}

/// Saves a step: the new state and its event.
pub(crate) async fn save(tx: &mut Tx<'_>, step: Step) -> Result<Transfer, Error> {
    let saved = tx.save_transfer(step.next).await?;
    tx.record(step.event);
    Ok(saved)
}

/// One transfer as the member sees it.
pub async fn get(app: &App, hosted: &Arc<Hosted>, pid: &Pid) -> Result<Transfer, Error> {
    app.store.transfer(hosted.id(), pid).await?.ok_or(Error::NotFound("transfer"))
}

/// The exchanges of bytes under a transfer, by reference.
pub async fn deliveries(app: &App, hosted: &Hosted, pid: &Pid, page: &Page) -> Result<Vec<Delivery>, Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    reader.transfer(pid).await?.ok_or(Error::NotFound("transfer"))?;
    Ok(reader.deliveries(pid, page).await?)
}

/// Transfers of the member, oldest first, after a cursor.
pub async fn list(app: &App, hosted: &Hosted, page: &Page) -> Result<Vec<Transfer>, Error> {
    Ok(app.store.read(hosted.id()).await?.transfers(None, page).await?)
}
