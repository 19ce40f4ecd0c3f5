//! Domain → wire: the messages of a transfer, ready for the outbox.

use contracts::dsp::Message;
use contracts::dsp::transfer::{
    DataAddress, TransferCompletionMessage, TransferProcess, TransferRequestMessage, TransferStartMessage,
    TransferSuspensionMessage, TransferTerminationMessage,
};
use serde_json::Value;

use crate::app::Error;
use crate::app::peer::{Answer, outgoing_body, path_segment};
use crate::domain::outgoing::{Outgoing, Process};
use crate::domain::time::Timestamp;
use crate::domain::transfer::{MessageKind, StateKind, Transfer};
use crate::identity::random;

fn outgoing<M: Message>(t: &Transfer, kind: MessageKind, tail: &str, message: &M) -> Result<Outgoing, Error> {
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
    message.dpop = Some(true);
    message.data_address = sink;
    outgoing(t, MessageKind::Request, "request", &message)
}

/// Start or resumption; the address from whose side the bytes are fetched or taken.
pub fn start(t: &Transfer, address: Option<DataAddress>, now: Timestamp) -> Result<Outgoing, Error> {
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
