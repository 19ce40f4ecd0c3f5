//! Our own acts on a transfer: of persons through the management API, and of the node by itself.

use std::sync::Arc;

use contracts::dsp::transfer::HTTP_PULL;
use contracts::id::{AgreementId, Pid};

use super::{load, save, wire};
use crate::app::peer::refused as refusal;
use crate::app::{App, Error, Hosted, access, room, statement};
use crate::domain::event::{Ending, TransferEvent};
use crate::domain::process::Role;
use crate::domain::time::Timestamp;
use crate::domain::transfer::{Address, Binding, Message, MessageKind, State, StateKind, Transfer};
use crate::identity::random;
use crate::identity::token::{Grant, issue_data};
use crate::store::Tx;

/// Consumer: asks for the data of a contract, for a purpose.
pub async fn request(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    agreement: &AgreementId,
    purpose: Option<String>,
) -> Result<Transfer, Error> {
    let now = app.now();
    let found =
        app.store.read(hosted.id()).await?.agreement(agreement).await?.ok_or(Error::NotFound("contract"))?;
    if found.role != Role::Consumer {
        return Err(refusal(app, "refusal.own-contract", &[]));
    }
    access::standing(app, &found, now)?;
    let transfer = Transfer {
        pid: Pid::from_uuid(random::uuid_v7(now)),
        role: Role::Consumer,
        peer: found.peer.clone(),
        peer_pid: None,
        callback: found.callback.clone(),
        agreement: found.id.clone(),
        dataset: found.dataset.clone(),
        format: HTTP_PULL.to_owned(),
        purpose,
        statements: statement::ours(app, hosted).await?,
        binding: None,
        address: None,
        state: State::Requested,
        unacknowledged: Some(MessageKind::Request),
        needs_person: false,
        version: 0,
        created: now,
        updated: now,
    };
    let message = wire::request(&transfer, &hosted.member.dsp_base(), now)?;
    let app2 = Arc::clone(app);
    write(app, hosted, move |tx| {
        Box::pin(async move {
            room::transfer(&app2, tx).await?;
            let saved = tx.insert_transfer(transfer).await?;
            tx.record(saved.event(TransferEvent::Requested));
            tx.enqueue(message).await?;
            Ok(saved)
        })
    })
    .await
}

/// A person suspends.
pub async fn suspend(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    pid: &Pid,
    reason: Option<String>,
) -> Result<Transfer, Error> {
    let (id, now) = (pid.clone(), app.now());
    let saved = write(app, hosted, move |tx| {
        Box::pin(async move {
            let step = load(tx, &id).await?.send(Message::Suspension { reason: reason.clone() }, now)?;
            let message = wire::suspension(&step.next, reason.as_deref(), now)?;
            let saved = save(tx, step).await?;
            tx.enqueue(message).await?;
            Ok(saved)
        })
    })
    .await?;
    app.flights.stop_transfer(hosted.id(), pid, Ending::Suspended);
    Ok(saved)
}

/// A person resumes; a provider decides again and gives a new token.
pub async fn resume(app: &Arc<App>, hosted: &Arc<Hosted>, pid: &Pid) -> Result<Transfer, Error> {
    let (id, now) = (pid.clone(), app.now());
    let (app2, hosted2) = (app.clone(), hosted.clone());
    write(app, hosted, move |tx| {
        Box::pin(async move {
            let transfer = load(tx, &id).await?;
            let address = match transfer.role {
                Role::Provider => {
                    let agreement =
                        tx.agreement(&transfer.agreement).await?.ok_or(Error::NotFound("contract"))?;
                    access::standing(&app2, &agreement, now)?;
                    Some(address(&app2, &hosted2, &transfer, now)?)
                }
                Role::Consumer => None,
            };
            begin(tx, transfer, address, now).await
        })
    })
    .await
}

/// A person, or the consumer's node after its pull, completes.
pub async fn complete(app: &Arc<App>, hosted: &Arc<Hosted>, pid: &Pid) -> Result<Transfer, Error> {
    let (id, now) = (pid.clone(), app.now());
    write(app, hosted, move |tx| {
        Box::pin(async move {
            let step = load(tx, &id).await?.send(Message::Completion, now)?;
            let message = wire::completion(&step.next, now)?;
            let saved = save(tx, step).await?;
            tx.enqueue(message).await?;
            Ok(saved)
        })
    })
    .await
}

/// A person ends it.
pub async fn terminate(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    pid: &Pid,
    reason: String,
) -> Result<Transfer, Error> {
    let (id, now) = (pid.clone(), app.now());
    let saved = write(app, hosted, move |tx| {
        Box::pin(async move {
            let transfer = load(tx, &id).await?;
            end(tx, transfer, "person", &reason, now).await
        })
    })
    .await?;
    app.flights.stop_transfer(hosted.id(), pid, Ending::Terminated);
    Ok(saved)
}

/// Starts or resumes and tells the peer.
pub(crate) async fn begin(
    tx: &mut Tx<'_>,
    transfer: Transfer,
    address: Option<Address>,
    now: Timestamp,
) -> Result<Transfer, Error> {
    let step = transfer.send(Message::Start { address: None }, now)?;
    let message = wire::start(&step.next, address.as_ref(), now)?;
    let saved = save(tx, step).await?;
    tx.enqueue(message).await?;
    Ok(saved)
}

/// Ends a transfer and tells the peer.
pub(crate) async fn end(
    tx: &mut Tx<'_>,
    transfer: Transfer,
    code: &str,
    reason: &str,
    now: Timestamp,
) -> Result<Transfer, Error> {
    let (known, before) = (transfer.peer_pid.is_some(), transfer.unacknowledged);
    let message = Message::Termination { code: Some(code.to_owned()), reason: Some(reason.to_owned()) };
    let mut step = transfer.send(message, now)?;
    if !known {
        // The peer's name for it comes with the answer to our request: it is told then.
        step.next.unacknowledged = before;
        return save(tx, step).await;
    }
    let message = wire::termination(&step.next, code, reason, now)?;
    let saved = save(tx, step).await?;
    tx.enqueue(message).await?;
    Ok(saved)
}

/// Provider: where and with what token the consumer fetches. The token names agreement and transfer, and the key
/// whose possession must be proven.
pub(crate) fn address(
    app: &App,
    hosted: &Hosted,
    transfer: &Transfer,
    now: Timestamp,
) -> Result<Address, Error> {
    let base = hosted.member.data_base();
    let (jkt, lifetime, scheme) = match &transfer.binding {
        Some(Binding::Key { thumbprint }) => {
            (Some(thumbprint.as_str()), app.config.contracts.token_s, "dpop")
        }
        Some(Binding::Bearer) => (None, app.config.contracts.bearer_s, "bearer"),
        None => return Err(Error::Internal("a provider's transfer without binding".into())),
    };
    let grant = Grant {
        audience: &base,
        consumer: &transfer.peer,
        agreement: &transfer.agreement,
        transfer: &transfer.pid,
        jkt,
        expires: now.plus_seconds(lifetime),
    };
    let (token, _) = issue_data(&hosted.keys(), &grant, now)?;
    Ok(Address { endpoint: format!("{base}/{}", transfer.pid.segment()), token, scheme: scheme.to_owned() })
}

/// The peer acknowledged our message.
pub(crate) async fn acknowledged(
    tx: &mut Tx<'_>,
    pid: &Pid,
    kind: &str,
    peer_pid: Option<Pid>,
) -> Result<(), Error> {
    let mut transfer = load(tx, pid).await?;
    let pending = transfer.unacknowledged.is_some_and(|m| m.as_str() == kind);
    let learnt = transfer.peer_pid.is_none() && peer_pid.is_some();
    if pending {
        transfer.unacknowledged = None;
    }
    if learnt {
        transfer.peer_pid = peer_pid;
    }
    if learnt
        && let State::Terminated(end) = &transfer.state
        && end.by_us
    {
        // Ended before the peer had a name for it: now it can be told.
        let code = end.code.as_deref().unwrap_or("person");
        let message =
            wire::termination(&transfer, code, end.reason.as_deref().unwrap_or_default(), tx.now())?;
        transfer.unacknowledged = Some(MessageKind::Termination);
        tx.save_transfer(transfer).await?;
        tx.enqueue(message).await?;
        return Ok(());
    }
    if pending || learnt {
        tx.save_transfer(transfer).await?;
    }
    Ok(())
}

/// The peer refused our message for good: the two sides differ, so it ends here and there.
pub(crate) async fn refused(
    tx: &mut Tx<'_>,
    pid: &Pid,
    kind: &str,
    reason: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let mut transfer = load(tx, pid).await?;
    if transfer.unacknowledged.is_none_or(|m| m.as_str() != kind) {
        return Ok(());
    }
    if transfer.state.kind().is_final() {
        // Our last word met one that was already there: nothing differs that matters.
        transfer.unacknowledged = None;
        tx.save_transfer(transfer).await?;
        return Ok(());
    }
    let tell = transfer.peer_pid.is_some();
    let step = transfer.send(
        Message::Termination { code: Some("refused-by-peer".into()), reason: Some(reason.to_owned()) },
        now,
    )?;
    let message = wire::termination(&step.next, "refused-by-peer", reason, now)?;
    let mut saved = save(tx, step).await?;
    if tell {
        tx.enqueue(message).await?;
    } else {
        saved.unacknowledged = None;
        tx.save_transfer(saved).await?;
    }
    Ok(())
}

/// Whether bytes may flow under this transfer now.
pub(crate) fn flowing(transfer: &Transfer) -> bool {
    transfer.state.kind() == StateKind::Started
}

async fn write<F>(app: &App, hosted: &Hosted, job: F) -> Result<Transfer, Error>
where
    F: for<'t> FnOnce(&'t mut Tx<'_>) -> futures_util::future::BoxFuture<'t, Result<Transfer, Error>>
        + Send
        + 'static,
{
    Ok(app.store.write(hosted.id(), job).await?.value)
}
