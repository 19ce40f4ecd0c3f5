//! Data Plane Signaling: another control plane of this member drives its data flows.
//!
//! A data flow is a transfer under an agreement that this member holds: the same decision, log and bytes. Only its
//! messages come from, and go to, that control plane instead of the peer.

mod enter;
mod renew;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use contracts::dps::{self, DataFlowMessage, DataFlowStatus, PROFILE_PULL, StartedNotification};
use contracts::dsp::transfer::{DataAddress, HTTP_PUSH};
use contracts::id::{AgreementId, DatasetId, IdError, MemberId, ParticipantId, Pid};
use tokio::time::timeout;

pub use self::renew::{Renewed, renew};
use super::transfer::{act, address, load, request, save, wire};
use super::{App, Error, Hosted};
use crate::domain::event::Ending;
use crate::domain::plane::DataPlane;
use crate::domain::process::Role;
use crate::domain::transfer::{Destination, Message, Signaled, State, StateKind, Transfer};
use crate::identity::random;
use crate::text::say;

/// Longest wait for what an answer needs; then it comes as a message.
const AT_ONCE: Duration = Duration::from_secs(2);

/// Data flows whose counterparty is still being looked up, with their state.
#[derive(Debug, Default)]
pub struct Pending(Mutex<HashMap<(MemberId, Pid), &'static str>>);

impl Pending {
    fn all(&self) -> MutexGuard<'_, HashMap<(MemberId, Pid), &'static str>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The answer to a message; `later` when the rest comes as a message to the control plane.
#[derive(Debug)]
pub struct Answer {
    pub later: bool,
    pub status: DataFlowStatus,
}

fn status(pid: &Pid, state: &str, address: Option<DataAddress>) -> DataFlowStatus {
    DataFlowStatus {
        message_id: random::nonce(),
        data_flow_id: pid.segment().to_owned(),
        state: state.to_owned(),
        data_address: address,
        error: None,
    }
}

/// Prepares (consumer) or starts (provider) a data flow.
pub async fn begin(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    role: Role,
    message: DataFlowMessage,
) -> Result<Answer, Error> {
    let transfer = read(app, hosted, role, message)?;
    let (pid, peer) = (transfer.pid.clone(), transfer.peer.clone());
    let app2 = Arc::clone(app);
    let mut looking = tokio::spawn(async move { app2.resolver.resolve(&peer).await });
    if let Ok(found) = timeout(AT_ONCE, &mut looking).await {
        let identity = found.map_err(|e| Error::Internal(e.to_string()))??;
        let (entered, address) = enter::enter(app, hosted, transfer, identity, false).await?;
        return Ok(Answer { later: false, status: status(&pid, wire::flow_state(&entered), address) });
    }
    let state = if role == Role::Consumer { "PREPARING" } else { "STARTING" };
    let key = (hosted.id().clone(), pid.clone());
    app.flows.all().insert(key.clone(), state);
    let (app, hosted) = (Arc::clone(app), Arc::clone(hosted));
    tokio::spawn(async move {
        if let Err(error) = enter::later(&app, &hosted, transfer, looking).await {
            tracing::warn!(%error, flow = %key.1, "signaling: a data flow did not begin");
        }
        app.flows.all().remove(&key);
    });
    Ok(Answer { later: true, status: status(&pid, state, None) })
}

fn read(app: &App, hosted: &Hosted, role: Role, message: DataFlowMessage) -> Result<Transfer, Error> {
    let now = app.now();
    let wrong = |e: IdError, at: &str| Error::malformed(say("malformed.identifier").with("what", e), at);
    if message.participant_id != hosted.did().as_str() {
        let other = say("malformed.other-participant").with("found", message.participant_id);
        return Err(Error::malformed(other, "/participantId"));
    }
    let pid = Pid::from_uuid(random::uuid_v7(now));
    let format = dps::format(&message.profile).ok_or_else(|| {
        Error::malformed(say("malformed.profile").with("found", &message.profile), "/profile")
    })?;
    let destination = match (format == HTTP_PUSH, role, &message.data_address) {
        (false, ..) => None,
        (true, Role::Consumer, _) => Some(Destination::Received(request::name(&pid))),
        (true, Role::Provider, Some(named)) => Some(Destination::Sink(address::checked_sink(app, named)?)),
        (true, Role::Provider, None) => {
            return Err(Error::malformed(say("malformed.push-address"), "/dataAddress"));
        }
    };
    let purpose = message.metadata.as_ref().and_then(|m| m.get("purpose")).and_then(|p| p.as_str());
    Ok(Transfer {
        role,
        peer: ParticipantId::did(&message.counter_party_id).map_err(|e| wrong(e, "/counterPartyId"))?,
        peer_pid: Some(Pid::parse(&message.process_id).map_err(|e| wrong(e, "/processId"))?),
        callback: app.config.signaling.control_plane.clone(),
        agreement: AgreementId::parse(&message.agreement_id).map_err(|e| wrong(e, "/agreementId"))?,
        dataset: DatasetId::parse(&message.dataset_id).map_err(|e| wrong(e, "/datasetId"))?,
        format: format.to_owned(),
        purpose: purpose.map(str::to_owned),
        statements: Vec::new(),
        binding: enter::binding(app, role, format)?,
        address: None,
        destination,
        signaled: Some(Signaled { process: message.process_id, profile: message.profile }),
        plane: DataPlane::Local,
        state: State::Requested,
        unacknowledged: None,
        needs_person: false,
        version: 0,
        created: now,
        updated: now,
        pid,
    })
}

/// The provider's side has started: a pull may say where to fetch.
pub async fn started(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    pid: &Pid,
    message: StartedNotification,
) -> Result<DataFlowStatus, Error> {
    let given = message.data_address;
    step(app, hosted, pid, StateKind::Started, move |transfer| {
        let profile = transfer.signaled.as_ref().map(|s| s.profile.as_str());
        if profile == Some(PROFILE_PULL) && given.as_ref().is_some_and(|a| !renewable(a)) {
            return Err(Error::malformed(say("malformed.renewable"), "/dataAddress"));
        }
        Ok(Message::Start { address: given.as_ref().and_then(address::pull) })
    })
    .await
}

fn renewable(address: &DataAddress) -> bool {
    let has = |name: &str| address.property(name).is_some_and(|value| !value.is_empty());
    let seconds = address.property("expiresIn").is_some_and(|s| s.parse::<u32>().is_ok());
    seconds && ["authorization", "refreshToken", "refreshEndpoint"].into_iter().all(has)
}

/// What the control plane says of a data flow that has begun.
pub async fn notice(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    pid: &Pid,
    message: Message,
) -> Result<DataFlowStatus, Error> {
    let (to, stops) = match &message {
        Message::Suspension { .. } => (StateKind::Suspended, Some(Ending::Suspended)),
        Message::Termination { .. } => (StateKind::Terminated, Some(Ending::Terminated)),
        Message::Completion => (StateKind::Completed, None),
        Message::Request | Message::Start { .. } => (StateKind::Started, None),
    };
    let told = step(app, hosted, pid, to, move |_| Ok(message)).await?;
    if let Some(why) = stops {
        app.flights.stop_transfer(hosted.id(), pid, why);
    }
    Ok(told)
}

/// One message, judged by the machine of transfers. Repeated, it finds what it wanted.
async fn step<F>(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    pid: &Pid,
    to: StateKind,
    message: F,
) -> Result<DataFlowStatus, Error>
where
    F: FnOnce(&Transfer) -> Result<Message, Error> + Send + 'static,
{
    let (id, now) = (pid.clone(), app.now());
    let saved = act::write(app, hosted, move |tx| {
        Box::pin(async move {
            let transfer = load(tx, &id).await?;
            if transfer.signaled.is_none() {
                return Err(Error::NotFound("data flow"));
            }
            let message = message(&transfer)?;
            if transfer.state.kind() == to {
                return Ok(transfer);
            }
            save(tx, transfer.receive(message, now)?).await
        })
    })
    .await?;
    let mut address = None;
    if to == StateKind::Started && saved.role == Role::Provider {
        address = enter::address(app, hosted, &saved, now)?;
        app.pushes.due(hosted.id(), pid);
    }
    Ok(status(pid, wire::flow_state(&saved), address))
}

/// Where a data flow stands.
pub async fn state(app: &App, hosted: &Hosted, pid: &Pid) -> Result<DataFlowStatus, Error> {
    let known = app.store.transfer(hosted.id(), pid).await?.filter(|t| t.signaled.is_some());
    if let Some(transfer) = known {
        return Ok(status(pid, wire::flow_state(&transfer), None));
    }
    let pending = app.flows.all().get(&(hosted.id().clone(), pid.clone())).copied();
    pending.map(|state| status(pid, state, None)).ok_or(Error::NotFound("data flow"))
}
