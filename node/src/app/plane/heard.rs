//! What another data plane says: in its answers, and in messages of its own.

use std::sync::Arc;

use contracts::dps::DataFlowStatus;
use contracts::dsp::CONTEXT;
use contracts::dsp::transfer::DataAddress;
use contracts::id::Pid;
use serde_json::{Value, json};

use super::{gives_address, refusal, stands};
use crate::app::negotiation::wire::parse;
use crate::app::transfer::{act, load, save, wire};
use crate::app::{App, Error, Hosted};
use crate::domain::event::TransferEvent;
use crate::domain::plane::{Ask, DataPlane, Foreign};
use crate::domain::process::Role;
use crate::domain::time::Timestamp;
use crate::domain::transfer::{Message, MessageKind, StateKind, Transfer};
use crate::store::Tx;

/// Code of a termination because the data plane cannot do its part.
const DATA_PLANE: &str = "data-plane";

/// What a data plane says unasked: that it has done what it was asked for, or that its bytes have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    Prepared,
    Started,
    Completed,
    Errored,
}

/// The flow of a transfer at another data plane.
fn flow(transfer: &mut Transfer) -> Option<&mut Foreign> {
    match &mut transfer.plane {
        DataPlane::Local => None,
        DataPlane::Foreign(foreign) => Some(foreign),
    }
}

/// It accepted a message: a question goes on with what was answered, unless the rest is to come.
pub(crate) async fn answered(
    app: &App,
    hosted: &Hosted,
    tx: &mut Tx<'_>,
    pid: &Pid,
    (kind, status, body): (&str, u16, &[u8]),
    now: Timestamp,
) -> Result<(), Error> {
    let Some(ask) = Ask::parse(kind) else { return Ok(()) };
    let said: DataFlowStatus = serde_json::from_slice(body).unwrap_or_default();
    let mut transfer = load(tx, pid).await?;
    let Some(foreign) = flow(&mut transfer) else { return Ok(()) };
    // One that names no flow knows it by the transfer.
    let named = if said.data_flow_id.is_empty() { pid.segment() } else { said.data_flow_id.as_str() };
    foreign.flow.get_or_insert_with(|| named.to_owned());
    let waiting = foreign.asked == Some(ask) && !transfer.state.kind().is_final();
    let later = status == 202 || matches!(said.state.as_str(), "PREPARING" | "STARTING");
    if !waiting || later {
        tx.save_transfer(transfer).await?;
    } else if said.state == "TERMINATED" {
        let why = said.error.unwrap_or_else(|| "the data plane ended it".into());
        act::end(tx, transfer, DATA_PLANE, &why, now).await?;
    } else {
        done(app, hosted, tx, transfer, said.data_address, now).await?;
    }
    Ok(())
}

/// It refused a message for good, or could not be reached for too long (status 0). It is told to end whatever it may
/// have begun: its answer to the first of two equal messages can be lost.
pub(crate) async fn unanswered(
    tx: &mut Tx<'_>,
    pid: &Pid,
    (kind, status, reason): (&str, u16, &str),
    now: Timestamp,
) -> Result<(), Error> {
    let mut transfer = load(tx, pid).await?;
    if !transfer.state.kind().is_final() {
        act::end(tx, transfer, DATA_PLANE, reason, now).await?;
    } else if kind == "terminate" && !matches!(status, 404 | 410) {
        tracing::error!(transfer = %pid, reason, "a data plane did not end its flow: see that it does");
        transfer.needs_person = true;
        tx.save_transfer(transfer).await?;
    }
    Ok(())
}

/// What was asked for is done: the peer hears of it, if the contract still stands.
async fn done(
    app: &App,
    hosted: &Hosted,
    tx: &mut Tx<'_>,
    mut transfer: Transfer,
    address: Option<DataAddress>,
    now: Timestamp,
) -> Result<Transfer, Error> {
    let Some(asked) = flow(&mut transfer).and_then(|foreign| foreign.asked.take()) else {
        return Ok(transfer);
    };
    if let Some(reasons) = stands(app, tx, &transfer, now).await? {
        return act::end(tx, transfer, "policy", &reasons.join(" "), now).await;
    }
    match (asked, transfer.state.kind()) {
        (Ask::Prepare, _) => {
            let message = wire::request(&transfer, &hosted.member.dsp_base(), address, now)?;
            transfer.unacknowledged = Some(MessageKind::Request);
            let saved = tx.save_transfer(transfer).await?;
            tx.enqueue(message).await?;
            Ok(saved)
        }
        // The peer resumed: it waits for the address, if this side gives one.
        (Ask::Resume, StateKind::Started) => {
            let saved = tx.save_transfer(transfer).await?;
            if let Some(address) = address.filter(|_| gives_address(&saved)) {
                tx.enqueue(wire::start(&saved, Some(address), now)?).await?;
            }
            Ok(saved)
        }
        (Ask::Start | Ask::Resume, _) => act::begin(tx, transfer, address, now).await,
    }
}

/// A message of a data plane about a transfer that it serves.
pub async fn said(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    plane: &str,
    pid: &Pid,
    (said, status): (Said, DataFlowStatus),
) -> Result<(), Error> {
    let (app2, hosted2, id, plane, now) =
        (Arc::clone(app), Arc::clone(hosted), pid.clone(), plane.to_owned(), app.now());
    let written = act::write(app, hosted, move |tx| {
        Box::pin(async move {
            let mut transfer = load(tx, &id).await?;
            let state = transfer.state.kind();
            let foreign = flow(&mut transfer).filter(|foreign| foreign.name == plane);
            let foreign = foreign.ok_or(Error::NotFound("transfer"))?;
            if foreign.flow.is_none() && !status.data_flow_id.is_empty() {
                foreign.flow = Some(status.data_flow_id.clone());
            }
            let asked = foreign.asked.filter(|_| !state.is_final());
            match (said, asked) {
                (Said::Prepared, Some(Ask::Prepare)) | (Said::Started, Some(Ask::Start | Ask::Resume)) => {
                    done(&app2, &hosted2, tx, transfer, status.data_address, now).await
                }
                // Said again, or of the consumer's side, where it changes nothing.
                (Said::Prepared, None) if !state.is_final() => Ok(transfer),
                (Said::Started, None) if state == StateKind::Started => Ok(transfer),
                (Said::Completed, _) if state == StateKind::Completed => Ok(transfer),
                (Said::Completed, _) => {
                    let step = transfer.send(Message::Completion, now)?;
                    let message = wire::completion(&step.next, now)?;
                    let saved = save(tx, step).await?;
                    tx.enqueue(message).await?;
                    Ok(saved)
                }
                (Said::Errored, _) if state.is_final() => Ok(transfer),
                (Said::Errored, _) => {
                    let error = status.error.unwrap_or_default();
                    tracing::warn!(transfer = %id, error, "a data plane says that its bytes cannot flow");
                    transfer.needs_person = true;
                    let saved = tx.save_transfer(transfer).await?;
                    tx.record(saved.event(TransferEvent::Errored));
                    Ok(saved)
                }
                (Said::Prepared | Said::Started, _) => Err(Error::NotNow {
                    state: state.as_str().into(),
                    expected: "what the data plane was asked for".into(),
                }),
            }
        })
    });
    written.await.map(drop)
}

/// The agreement of a transfer that a data plane serves, if it gives the right at this moment.
pub async fn agreement(app: &Arc<App>, hosted: &Arc<Hosted>, plane: &str, pid: &Pid) -> Result<Value, Error> {
    let known = app.store.transfer(hosted.id(), pid).await?;
    let transfer = known.filter(|t| t.plane.name() == Some(plane)).ok_or(Error::NotFound("transfer"))?;
    let identity = app.resolver.resolve(&transfer.peer).await?;
    let (app2, now) = (Arc::clone(app), app.now());
    let job = app.store.write(hosted.id(), move |tx| {
        Box::pin(async move {
            let refused = match transfer.role {
                Role::Consumer => stands(&app2, tx, &transfer, now).await?,
                Role::Provider => refusal(&app2, tx, &transfer, &identity, now).await?,
            };
            if let Some(reasons) = refused {
                return Err(Error::NotAllowed { reasons });
            }
            let agreement = tx.agreement(&transfer.agreement).await?.ok_or(Error::NotFound("contract"))?;
            parse(&agreement.policy)
        })
    });
    let mut agreement = job.await?.value;
    agreement["@context"] = json!([CONTEXT]);
    Ok(agreement)
}
