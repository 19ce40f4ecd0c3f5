//! Messages of the other party of a transfer.

use std::sync::Arc;

use contracts::dsp::transfer::{
    DataAddress, HTTP_PULL, HTTP_PUSH, TransferCompletionMessage, TransferRequestMessage,
    TransferStartMessage, TransferSuspensionMessage, TransferTerminationMessage,
};
use contracts::id::Pid;

use super::{act, address, load_for, save, wire};
use crate::app::access::{self, Use};
use crate::app::negotiation::receive::said;
use crate::app::peer::{Answer, Caller, MessageKey, check_address, once, refused};
use crate::app::plane::{self, Told};
use crate::app::{Act, App, Error, Hosted, cosigning, duty, room};
use crate::domain::event::{Ending, Record, TransferEvent};
use crate::domain::outgoing::Process;
use crate::domain::plane::{Ask, DataPlane};
use crate::domain::process::Refusal;
use crate::domain::transfer::{Binding, Destination, Message, MessageKind, Role, State, StateKind, Transfer};
use crate::text::say;

/// A consumer asks for its data: `POST /transfers/request`. Decided like a data request; refused transfers end with
/// the reasons.
pub async fn request(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    caller: &Caller,
    message: TransferRequestMessage,
    key: MessageKey,
) -> Result<Answer, Error> {
    check_address(app, &message.callback_address, "/callbackAddress")?;
    let now = app.now();
    let mut transfer = Transfer {
        pid: Pid::from_uuid(crate::identity::random::uuid_v7(now)),
        role: Role::Provider,
        peer: caller.did.clone(),
        peer_pid: Some(message.consumer_pid.clone()),
        callback: message.callback_address.clone(),
        agreement: message.agreement_id.clone(),
        dataset: contracts::id::DatasetId::from_uuid(uuid::Uuid::nil()),
        format: message.format.clone(),
        purpose: message.purpose.clone(),
        statements: message.statements.clone(),
        binding: None,
        address: None,
        destination: None,
        signaled: None,
        plane: DataPlane::Local,
        state: State::Requested,
        unacknowledged: None,
        needs_person: false,
        version: 0,
        created: now,
        updated: now,
    };
    let (app2, hosted2, caller2) = (app.clone(), hosted.clone(), caller.clone());
    once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            if let Some(known) = tx.transfer_of(&transfer.peer, &message.consumer_pid).await? {
                return wire::state(&known, known.state.kind(), 200);
            }
            let agreement = tx
                .agreement(&transfer.agreement)
                .await?
                .filter(|a| a.peer == transfer.peer && a.role == Role::Provider)
                .ok_or_else(|| Error::malformed(say("malformed.not-agreed"), "/agreementId"))?;
            transfer.dataset = agreement.dataset.clone();
            transfer.plane = plane::giving(&app2, &hosted2, tx, &transfer.dataset, &message.format).await?;
            (transfer.binding, transfer.destination) = way(&app2, &caller2, &message, &transfer.plane)?;
            let what = Use {
                agreement: &agreement,
                transfer: &transfer,
                identity: &caller2.identity,
                counted: false,
            };
            let verdict = access::decide(&app2, tx, &what, now).await?;
            room::transfer(&app2, tx).await?;
            let mut saved = tx.insert_transfer(transfer).await?;
            tx.record(Record { event: saved.event(TransferEvent::Requested), decision: verdict.record() });
            let refused = match plane::unservable(&app2, tx, &saved, &verdict).await? {
                Some(reasons) => Some(("policy", reasons)),
                None => duty::refusal(&app2, tx, &agreement.id).await?.map(|reasons| ("duty", reasons)),
            };
            let refused = match refused {
                Some(refused) => Some(refused),
                None => cosigning::refusal(&app2, tx, &hosted2, Some(&saved.dataset))
                    .await?
                    .map(|reasons| (act::UNPROVEN, reasons)),
            };
            match refused {
                Some((code, reasons)) => {
                    saved = act::end(tx, saved, code, &reasons.join(" "), now).await?;
                }
                None if (app2.discretion.acts)(Act::Start) => {
                    let sink = message.data_address;
                    saved = match plane::ask(&app2, &hosted2, tx, &mut saved, Ask::Start, sink, now).await? {
                        Told::Done(address) => act::begin(tx, saved, address, now).await?,
                        Told::Later => tx.save_transfer(saved).await?,
                    };
                }
                None => {}
            }
            wire::state(&saved, StateKind::Requested, 201)
        })
    })
    .await
}

/// How the consumer proves its right to fetch, or where we push: its request says one of the two.
fn way(
    app: &App,
    caller: &Caller,
    message: &TransferRequestMessage,
    plane: &DataPlane,
) -> Result<(Option<Binding>, Option<Destination>), Error> {
    match (message.format.as_str(), &message.data_address) {
        // Another data plane gives tokens of its own, and is given the sink with its start.
        (HTTP_PULL, _) if *plane != DataPlane::Local => Ok((None, None)),
        (HTTP_PULL, _) if message.dpop == Some(true) => {
            Ok((Some(Binding::Key { thumbprint: caller.thumbprint.clone() }), None))
        }
        (HTTP_PULL, _) if app.config.contracts.foreign_bearer => Ok((Some(Binding::Bearer), None)),
        (HTTP_PULL, _) => Err(refused(app, "refusal.bearer", &[])),
        (HTTP_PUSH, Some(named)) => {
            let sink = address::checked_sink(app, named)?;
            Ok((None, (*plane == DataPlane::Local).then_some(Destination::Sink(sink))))
        }
        (HTTP_PUSH, None) => Err(Error::malformed(say("malformed.push-address"), "/dataAddress")),
        (other, _) => Err(Error::malformed(say("malformed.format").with("found", other), "/format")),
    }
}

/// The provider starts or either resumes: `POST /transfers/:pid/start`.
pub async fn start(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    caller: &Caller,
    pid: Pid,
    message: TransferStartMessage,
    key: MessageKey,
) -> Result<Answer, Error> {
    let now = app.now();
    let (app2, ours) = (Arc::clone(app), pid.clone());
    let to_provider = message.provider_pid == pid;
    let given = message.data_address.clone();
    let answer = step(app, hosted, caller, (pid.clone(), key), given, move |mut transfer, resumes| {
        learn_pid(&mut transfer, &message.provider_pid)?;
        let mut address = None;
        let local = transfer.plane == DataPlane::Local;
        match (&transfer.destination, &message.data_address) {
            // A consumer that resumes may name its sink anew.
            (Some(Destination::Sink(_)), Some(new)) => {
                transfer.destination = Some(Destination::Sink(address::checked_sink(&app2, new)?));
            }
            (Some(_), _) => {}
            // It is for the data plane that fetches, or pushes there.
            (None, Some(new)) if !local => {
                if transfer.role == Role::Provider && transfer.format == HTTP_PUSH {
                    address::checked_sink(&app2, new)?;
                }
            }
            // Whether this node may call it is judged when it is called: the provider has started all the same.
            (None, Some(new)) => address = address::pull(new),
            (None, None) => {}
        }
        let pulls = local && transfer.role == Role::Consumer && transfer.destination.is_none();
        if pulls && transfer.state == State::Requested && address.is_none() {
            return Err(Error::malformed(say("malformed.pull-address"), "/dataAddress"));
        }
        match address {
            Some(address) if transfer.role == Role::Consumer && transfer.state == State::Started => {
                Ok(transfer.renewed(Some(address), now))
            }
            None if !local && transfer.role == Role::Consumer && transfer.state == State::Started => {
                Ok(transfer.renewed(None, now))
            }
            address => {
                Ok(transfer.receive(Message::Start { address }, now).map_err(|refusal| match refusal {
                    // Each resumed and suspended again before it heard of the other: if both waited, they would for ever.
                    Refusal::Crossing(expected) if resumes => {
                        Refusal::NotNow { state: StateKind::Suspended.as_str(), expected: vec![expected] }
                    }
                    other => other,
                })?)
            }
        }
    })
    .await?;
    if to_provider {
        app.pushes.due(hosted.id(), &ours);
    }
    Ok(answer)
}

/// `POST /transfers/:pid/suspension`.
pub async fn suspension(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    caller: &Caller,
    pid: Pid,
    message: TransferSuspensionMessage,
    key: MessageKey,
) -> Result<Answer, Error> {
    let now = app.now();
    let answer = step(app, hosted, caller, (pid.clone(), key), None, move |transfer, _| {
        Ok(transfer.receive(Message::Suspension { reason: said(&message.reason) }, now)?)
    })
    .await?;
    app.flights.stop_transfer(hosted.id(), &pid, Ending::Suspended);
    Ok(answer)
}

/// `POST /transfers/:pid/completion`.
pub async fn completion(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    caller: &Caller,
    pid: Pid,
    _message: TransferCompletionMessage,
    key: MessageKey,
) -> Result<Answer, Error> {
    let now = app.now();
    let completed = move |transfer: Transfer, _| Ok(transfer.receive(Message::Completion, now)?);
    step(app, hosted, caller, (pid, key), None, completed).await
}

/// `POST /transfers/:pid/termination`.
pub async fn termination(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    caller: &Caller,
    pid: Pid,
    message: TransferTerminationMessage,
    key: MessageKey,
) -> Result<Answer, Error> {
    let now = app.now();
    // The statement itself may come after it.
    let revoked = message.code.as_deref() == Some(act::REVOKED);
    let answer = step(app, hosted, caller, (pid.clone(), key), None, move |transfer, _| {
        let reason = said(&message.reason);
        Ok(transfer.receive(Message::Termination { code: message.code, reason }, now)?)
    })
    .await?;
    let why = if revoked { Ending::Revoked } else { Ending::Terminated };
    app.flights.stop_transfer(hosted.id(), &pid, why);
    Ok(answer)
}

/// The state of a transfer, for its other party.
pub async fn state(app: &App, hosted: &Arc<Hosted>, caller: &Caller, pid: &Pid) -> Result<Answer, Error> {
    let transfer = super::get(app, hosted, pid).await?;
    if transfer.peer != caller.did {
        return Err(Error::NotFound("transfer"));
    }
    wire::state(&transfer, transfer.state.kind(), 200)
}

/// One received message: judged by the machine, which is told whether a resumption of ours is still to be sent; saved with
/// its event; the data plane follows.
async fn step<F>(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    caller: &Caller,
    (pid, key): (Pid, MessageKey),
    given: Option<DataAddress>,
    receive: F,
) -> Result<Answer, Error>
where
    F: FnOnce(Transfer, bool) -> Result<crate::domain::transfer::Step, Error> + Send + 'static,
{
    let now = app.now();
    let (app2, hosted2, caller2) = (app.clone(), hosted.clone(), caller.clone());
    once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            let transfer = load_for(tx, &pid, &caller2.did).await?;
            let before = transfer.state.kind();
            let resumes = transfer.suspends_unheard()
                && tx
                    .outbox_head(&Process::Transfer(pid.clone()))
                    .await?
                    .is_some_and(|first| first.kind == MessageKind::Start.as_str());
            let mut step = receive(transfer, resumes)?;
            let next = &mut step.next;
            let resumed = next.role == Role::Provider && next.state == State::Started;
            if resumed
                && next.plane != DataPlane::Local
                && let Some(reasons) = plane::refusal(&app2, tx, next, &caller2.identity, now).await?
            {
                return Err(Error::NotAllowed { reasons });
            }
            let address = plane::follow(&app2, &hosted2, tx, (before, next), given, now).await?;
            let saved = save(tx, step).await?;
            if address.is_some() {
                tx.enqueue(wire::start(&saved, address, now)?).await?;
            }
            if saved.suspends_too(before) {
                tx.enqueue(wire::suspension(&saved, None, now)?).await?;
            }
            wire::state(&saved, saved.state.kind(), 200)
        })
    })
    .await
}

fn learn_pid(transfer: &mut Transfer, provider: &Pid) -> Result<(), Error> {
    if transfer.role == Role::Provider {
        return Ok(());
    }
    match &transfer.peer_pid {
        None => transfer.peer_pid = Some(provider.clone()),
        Some(known) if known == provider => {}
        Some(_) => {
            return Err(Error::malformed(say("malformed.other-name"), "/providerPid"));
        }
    }
    Ok(())
}
