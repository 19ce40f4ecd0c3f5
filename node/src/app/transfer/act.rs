//! Our own acts on a transfer: of persons through the management API, and of the node by itself.

use std::sync::Arc;
use std::time::Duration;

use contracts::dsp::transfer::{DataAddress, HTTP_PULL};
use contracts::id::Pid;
use tokio::time::{Instant, sleep};

use super::{load, save, wire};
use crate::app::plane::{self, Notice, Told};
use crate::app::{App, Error, Hosted, access, cosigning, duty};
use crate::domain::event::Ending;
use crate::domain::plane::{Ask, DataPlane};
use crate::domain::process::{PERSON, Role};
use crate::domain::time::Timestamp;
use crate::domain::transfer::{Binding, Destination, Message, StateKind, Transfer};
use crate::identity::token::{Grant, issue_data};
use crate::store::Tx;

/// How long a resumption waits until our own suspension is acknowledged, and how often it looks.
const HEARD: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_millis(20);

/// Code of a termination that follows from a revocation.
pub const REVOKED: &str = "revoked";

/// Code of a termination because our log lacks what proves it to others.
pub const UNPROVEN: &str = "unproven";

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
            plane::tell(tx, &step.next, Notice::Suspend(reason)).await?;
            let saved = save(tx, step).await?;
            tx.enqueue(message).await?;
            Ok(saved)
        })
    })
    .await?;
    app.flights.stop_transfer(hosted.id(), pid, Ending::Suspended);
    Ok(saved)
}

/// As [`resume`], after the peer's acknowledgement of a suspension of ours, if that comes soon.
pub async fn resume_soon(app: &Arc<App>, hosted: &Arc<Hosted>, pid: &Pid) -> Result<Transfer, Error> {
    let end = Instant::now() + HEARD;
    while super::get(app, hosted, pid).await?.suspends_unheard() && Instant::now() < end {
        sleep(LOOK).await;
    }
    resume(app, hosted, pid).await
}

/// A person resumes; a provider decides again. Who gave a token gives a new one. Another data plane is asked first.
pub async fn resume(app: &Arc<App>, hosted: &Arc<Hosted>, pid: &Pid) -> Result<Transfer, Error> {
    let (id, now) = (pid.clone(), app.now());
    let (app2, hosted2) = (app.clone(), hosted.clone());
    let known = super::get(app, hosted, pid).await?;
    let identity = match (known.role, &known.plane) {
        (Role::Provider, DataPlane::Foreign(_)) => Some(app.resolver.resolve(&known.peer).await?),
        (Role::Provider, DataPlane::Local) | (Role::Consumer, _) => None,
    };
    write(app, hosted, move |tx| {
        Box::pin(async move {
            let mut transfer = load(tx, &id).await?;
            let state = transfer.state.kind();
            if transfer.role == Role::Provider {
                let agreement =
                    tx.agreement(&transfer.agreement).await?.ok_or(Error::NotFound("contract"))?;
                access::standing(&app2, &agreement, now)?;
                if let Some(reasons) = duty::refusal(&app2, tx, &agreement.id).await? {
                    return Err(Error::NotAllowed { reasons });
                }
                if state == StateKind::Requested
                    && let Some(reasons) =
                        cosigning::refusal(&app2, tx, &hosted2, Some(&transfer.dataset)).await?
                {
                    return Err(Error::NotAllowed { reasons });
                }
            }
            if let Some(identity) = identity
                && let Some(reasons) = plane::refusal(&app2, tx, &transfer, &identity, now).await?
            {
                return Err(Error::NotAllowed { reasons });
            }
            if let DataPlane::Foreign(foreign) = &transfer.plane {
                if foreign.asked.is_some() {
                    let expected = "the answer of its data plane".into();
                    return Err(Error::NotNow { state: state.as_str().into(), expected });
                }
                // It is asked for nothing that could not follow.
                transfer.clone().send(Message::Start { address: None }, now)?;
                // The provider's data plane gives the address that the consumer's waits for.
                if (transfer.role, transfer.format.as_str()) == (Role::Consumer, HTTP_PULL) {
                    return begin(tx, transfer, None, now).await;
                }
            }
            let ask = if state == StateKind::Requested { Ask::Start } else { Ask::Resume };
            match plane::ask(&app2, &hosted2, tx, &mut transfer, ask, None, now).await? {
                Told::Done(address) => begin(tx, transfer, address, now).await,
                Told::Later => Ok(tx.save_transfer(transfer).await?),
            }
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
            plane::tell(tx, &step.next, Notice::Completed).await?;
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
    give_up(app, hosted, pid, PERSON, reason).await
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
    plane::tell(tx, &step.next, Notice::Terminate(Some(reason.to_owned()))).await?;
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
