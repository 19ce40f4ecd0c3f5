//! Our own acts on a transfer: of persons through the management API, and of the node by itself.

use std::sync::Arc;

use contracts::dsp::transfer::DataAddress;
use contracts::id::Pid;

use super::{load, save, wire};
use crate::app::{App, Error, Hosted, access};
use crate::domain::event::Ending;
use crate::domain::process::Role;
use crate::domain::time::Timestamp;
use crate::domain::transfer::{Binding, Destination, Message, MessageKind, State, StateKind, Transfer};
use crate::identity::token::{Grant, issue_data};
use crate::store::Tx;

/// Code of a termination that follows from a revocation.
pub const REVOKED: &str = "revoked";

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

/// A person resumes; a provider decides again. Who gave a token gives a new one.
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
                    address(&app2, &hosted2, &transfer, now)?
                }
                Role::Consumer => sink(&app2, &hosted2, &transfer, now)?,
            };
            begin(tx, transfer, address, now).await
        })
    })
    .await
}

/// A person, or the provider's node after its push, completes.
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
    give_up(app, hosted, pid, "person", reason).await
}

/// Ends what cannot be done; `code` says why to programs.
pub(crate) async fn give_up(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    pid: &Pid,
    code: &'static str,
    reason: String,
) -> Result<Transfer, Error> {
    let (id, now) = (pid.clone(), app.now());
    let saved = write(app, hosted, move |tx| {
        Box::pin(async move {
            let transfer = load(tx, &id).await?;
            end(tx, transfer, code, &reason, now).await
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
    address: Option<DataAddress>,
    now: Timestamp,
) -> Result<Transfer, Error> {
    let step = transfer.send(Message::Start { address: None }, now)?;
    let message = wire::start(&step.next, address, now)?;
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

/// Provider: where and with what token the consumer fetches; nothing for a push. The token names agreement and
/// transfer, and the key whose possession must be proven.
pub(crate) fn address(
    app: &App,
    hosted: &Hosted,
    transfer: &Transfer,
    now: Timestamp,
) -> Result<Option<DataAddress>, Error> {
    let base = hosted.member.data_base();
    let (jkt, lifetime, scheme) = match &transfer.binding {
        Some(Binding::Key { thumbprint }) => {
            (Some(thumbprint.as_str()), app.config.contracts.token_s, "dpop")
        }
        Some(Binding::Bearer) => (None, app.config.contracts.bearer_s, "bearer"),
        None if transfer.destination.is_some() => return Ok(None),
        None => return Err(Error::Internal("a provider's transfer without binding".into())),
    };
    let grant = Grant {
        audience: &base,
        party: &transfer.peer,
        agreement: &transfer.agreement,
        transfer: &transfer.pid,
        jkt,
        expires: now.plus_seconds(lifetime),
    };
    let (token, _) = issue_data(&hosted.keys(), &grant, now)?;
    Ok(Some(DataAddress::pull(format!("{base}/{}", transfer.pid.segment()), token, scheme)))
}

/// Consumer: where and with what token the provider pushes; nothing for a pull. The address takes the bytes of this
/// transfer, from this provider, while it is started.
pub(crate) fn sink(
    app: &App,
    hosted: &Hosted,
    transfer: &Transfer,
    now: Timestamp,
) -> Result<Option<DataAddress>, Error> {
    let Some(Destination::Received(_)) = &transfer.destination else { return Ok(None) };
    let base = hosted.member.sink_base();
    let grant = Grant {
        audience: &base,
        party: &transfer.peer,
        agreement: &transfer.agreement,
        transfer: &transfer.pid,
        jkt: None,
        expires: now.plus_seconds(app.config.contracts.token_s),
    };
    let (token, _) = issue_data(&hosted.keys(), &grant, now)?;
    Ok(Some(DataAddress::sink(format!("{base}/{}", transfer.pid.segment()), token)))
}

/// The peer acknowledged our message. Says whether a push may begin.
pub(crate) async fn acknowledged(
    tx: &mut Tx<'_>,
    pid: &Pid,
    kind: &str,
    peer_pid: Option<Pid>,
) -> Result<bool, Error> {
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
        return Ok(false);
    }
    let begins = pending && transfer.pushes_to().is_some();
    if pending || learnt {
        tx.save_transfer(transfer).await?;
    }
    Ok(begins)
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

pub(crate) async fn write<F>(app: &App, hosted: &Hosted, job: F) -> Result<Transfer, Error>
where
    F: for<'t> FnOnce(&'t mut Tx<'_>) -> futures_util::future::BoxFuture<'t, Result<Transfer, Error>>
        + Send
        + 'static,
{
    Ok(app.store.write(hosted.id(), job).await?.value)
}
