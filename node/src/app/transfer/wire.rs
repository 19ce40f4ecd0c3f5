//! Domain → wire: the messages of a transfer, ready for the outbox.

use contracts::dps::DataFlowStatus;
use contracts::dsp::Message;
use contracts::dsp::transfer::{
    DataAddress, TransferCompletionMessage, TransferProcess, TransferRequestMessage, TransferStartMessage,
    TransferSuspensionMessage, TransferTerminationMessage,
};
use serde_json::Value;

use crate::app::Error;
use crate::app::peer::{Answer, outgoing_body, path_segment};
use crate::domain::outgoing::{Outgoing, Process};
use crate::domain::plane::DataPlane;
use crate::domain::time::Timestamp;
use crate::domain::transfer::{MessageKind, Signaled, State, StateKind, Transfer};
use crate::identity::random;
use crate::text::say;

fn outgoing<M: Message>(t: &Transfer, kind: MessageKind, tail: &str, message: &M) -> Result<Outgoing, Error> {
    if let Some(signaled) = &t.signaled {
        return callback(t, signaled, kind, None);
    }
    let base = t.callback.trim_end_matches('/');
    Ok(Outgoing {
        process: Process::Transfer(t.pid.clone()),
        peer: t.peer.clone(),
        kind: kind.as_str(),
        url: match &t.peer_pid {
            Some(pid) => format!("{base}/transfers/{}/{tail}", path_segment(pid.as_str())),
            None => format!("{base}/transfers/{tail}"),
        },
        body: outgoing_body(message)?,
    })
}

/// A data flow has no peer to tell: the control plane that drives it is told, and tells the peer.
pub fn callback(
    t: &Transfer,
    signaled: &Signaled,
    kind: MessageKind,
    address: Option<DataAddress>,
) -> Result<Outgoing, Error> {
    let (what, error) = match (kind, &t.state) {
        (MessageKind::Request, _) => ("prepared", None),
        (MessageKind::Start, _) => ("started", None),
        (MessageKind::Completion, _) => ("completed", None),
        (MessageKind::Termination, State::Terminated(end)) => ("errored", end.reason.clone()),
        (MessageKind::Termination, _) => ("errored", None),
        (MessageKind::Suspension, _) => {
            return Err(Error::Unsupported(say("unsupported.suspended-elsewhere")));
        }
    };
    let base = t.callback.trim_end_matches('/');
    let status = DataFlowStatus {
        message_id: random::nonce(),
        data_flow_id: t.pid.segment().to_owned(),
        state: flow_state(t).to_owned(),
        data_address: address,
        error,
    };
    Ok(Outgoing {
        process: Process::Flow(t.pid.clone()),
        peer: t.peer.clone(),
        kind: kind.as_str(),
        url: format!("{base}/transfers/{}/dataflow/{what}", path_segment(&signaled.process)),
        body: outgoing_body(&status)?,
    })
}

/// A transfer's state as Data Plane Signaling names it.
pub fn flow_state(t: &Transfer) -> &'static str {
    match t.state.kind() {
        StateKind::Requested => "PREPARED",
        other => other.as_str(),
    }
}

fn fresh(now: Timestamp) -> Option<String> {
    Some(random::uuid_v7(now).to_string())
}

/// The consumer's request, with its sink for a push. Our nodes prove possession of their key at each data request.
pub fn request(
    t: &Transfer,
    ours: &str,
    sink: Option<DataAddress>,
    now: Timestamp,
) -> Result<Outgoing, Error> {
    let mut message =
        TransferRequestMessage::new(t.pid.clone(), t.agreement.clone(), t.format.clone(), ours.to_owned());
    message.id = fresh(now);
    message.purpose = t.purpose.clone();
    message.statements = t.statements.clone();
    // Another data plane does not hold our key.
    message.dpop = (t.plane == DataPlane::Local).then_some(true);
    message.data_address = sink;
    outgoing(t, MessageKind::Request, "request", &message)
}

/// Start or resumption; the address from whose side the bytes are fetched or taken.
pub fn start(t: &Transfer, address: Option<DataAddress>, now: Timestamp) -> Result<Outgoing, Error> {
    if let Some(signaled) = &t.signaled {
        return callback(t, signaled, MessageKind::Start, address);
    }
    let (provider, consumer) = t.pids();
    let mut message = TransferStartMessage::new(provider, consumer);
    message.id = fresh(now);
    message.data_address = address;
    outgoing(t, MessageKind::Start, "start", &message)
}

pub fn suspension(t: &Transfer, reason: Option<&str>, now: Timestamp) -> Result<Outgoing, Error> {
    let (provider, consumer) = t.pids();
    let mut message = TransferSuspensionMessage::new(provider, consumer);
    message.id = fresh(now);
    message.reason = reason.map(|r| Value::String(r.to_owned())).into_iter().collect();
    outgoing(t, MessageKind::Suspension, "suspension", &message)
}

pub fn completion(t: &Transfer, now: Timestamp) -> Result<Outgoing, Error> {
    let (provider, consumer) = t.pids();
    let mut message = TransferCompletionMessage::new(provider, consumer);
    message.id = fresh(now);
    outgoing(t, MessageKind::Completion, "completion", &message)
}

pub fn termination(t: &Transfer, code: &str, reason: &str, now: Timestamp) -> Result<Outgoing, Error> {
    let (provider, consumer) = t.pids();
    let mut message = TransferTerminationMessage::new(provider, consumer);
    message.id = fresh(now);
    message.code = Some(code.to_owned());
    message.reason = vec![Value::String(reason.to_owned())];
    outgoing(t, MessageKind::Termination, "termination", &message)
}

/// The answer to a message or a question about the state.
pub fn state(t: &Transfer, state: StateKind, status: u16) -> Result<Answer, Error> {
    let (provider, consumer) = t.pids();
    let body = TransferProcess::new(provider, consumer, state.as_str().to_owned());
    Ok(Answer { status, body: outgoing_body(&body)? })
}
