//! Domain → wire: the messages of a negotiation, ready for the outbox.

use contracts::dsp::Message;
use contracts::dsp::negotiation::{
    ContractAgreementMessage, ContractAgreementVerificationMessage, ContractNegotiation,
    ContractNegotiationEventMessage, ContractNegotiationTerminationMessage, ContractOfferMessage,
    ContractRequestMessage, EventType,
};
use serde_json::Value;

use crate::app::Error;
use crate::app::peer::{Answer, outgoing_body};
use crate::domain::agreement::Agreement;
use crate::domain::negotiation::{MessageKind, Negotiation, StateKind};
use crate::domain::outgoing::{Outgoing, Process};
use crate::domain::time::Timestamp;

/// `<callback>/negotiations/<their pid>/<tail>`.
fn url(n: &Negotiation, tail: &str) -> String {
    let base = n.callback.trim_end_matches('/');
    match &n.peer_pid {
        Some(pid) => format!("{base}/negotiations/{}/{tail}", crate::app::peer::path_segment(pid.as_str())),
        None => format!("{base}/negotiations/{tail}"),
    }
}

fn outgoing<M: Message>(
    n: &Negotiation,
    kind: MessageKind,
    tail: &str,
    message: M,
) -> Result<Outgoing, Error> {
    Ok(Outgoing {
        process: Process::Negotiation(n.pid.clone()),
        peer: n.peer.clone(),
        kind: kind.as_str(),
        url: url(n, tail),
        body: outgoing_body(&message)?,
    })
}

/// The consumer's first request, or a counter-offer.
pub fn request(
    n: &Negotiation,
    ours: &str,
    purpose: Option<String>,
    statements: Vec<String>,
    now: Timestamp,
) -> Result<Outgoing, Error> {
    let mut message = ContractRequestMessage::new(n.pid.clone(), offer_of(n)?);
    message.id = Some(crate::identity::random::uuid_v7(now).to_string());
    message.statements = statements;
    message.purpose = purpose;
    match &n.peer_pid {
        Some(pid) => message.provider_pid = Some(pid.clone()),
        None => message.callback_address = Some(ours.to_owned()),
    }
    outgoing(n, MessageKind::Request, "request", message)
}

/// The provider's counter-offer.
pub fn offer(n: &Negotiation, now: Timestamp) -> Result<Outgoing, Error> {
    let mut message = ContractOfferMessage::new(n.pid.clone(), offer_of(n)?);
    message.id = Some(crate::identity::random::uuid_v7(now).to_string());
    message.consumer_pid = n.peer_pid.clone();
    outgoing(n, MessageKind::Offer, "offers", message)
}

/// The agreement, with the contract when there is one.
pub fn agreement(n: &Negotiation, a: &Agreement, now: Timestamp) -> Result<Outgoing, Error> {
    let (provider, consumer) = n.pids();
    let policy = parse(&a.policy)?;
    let mut message = ContractAgreementMessage::new(provider, consumer, policy);
    message.id = Some(crate::identity::random::uuid_v7(now).to_string());
    if let Some(contract) = &a.contract {
        message.contract = Some(crate::app::peer::b64(contract.document.as_bytes()));
        message.text = Some(contract.text.clone());
        message.signatures = contract.signatures.clone();
    }
    outgoing(n, MessageKind::Agreement, "agreement", message)
}

/// The consumer's verification, with its signatures.
pub fn verification(n: &Negotiation, signatures: Vec<String>, now: Timestamp) -> Result<Outgoing, Error> {
    let (provider, consumer) = n.pids();
    let mut message = ContractAgreementVerificationMessage::new(provider, consumer);
    message.id = Some(crate::identity::random::uuid_v7(now).to_string());
    message.signatures = signatures;
    outgoing(n, MessageKind::Verification, "agreement/verification", message)
}

/// `ACCEPTED` or `FINALIZED`.
pub fn event(n: &Negotiation, kind: EventType, now: Timestamp) -> Result<Outgoing, Error> {
    let (provider, consumer) = n.pids();
    let mut message = ContractNegotiationEventMessage::new(provider, consumer, kind);
    message.id = Some(crate::identity::random::uuid_v7(now).to_string());
    let kind = match kind {
        EventType::Accepted => MessageKind::Accepted,
        EventType::Finalized => MessageKind::Finalized,
    };
    outgoing(n, kind, "events", message)
}

/// The end, with its reason.
pub fn termination(n: &Negotiation, code: &str, reason: &str, now: Timestamp) -> Result<Outgoing, Error> {
    let (provider, consumer) = n.pids();
    let mut message = ContractNegotiationTerminationMessage::new(provider, consumer);
    message.id = Some(crate::identity::random::uuid_v7(now).to_string());
    message.code = Some(code.to_owned());
    message.reason = vec![Value::String(reason.to_owned())];
    outgoing(n, MessageKind::Termination, "termination", message)
}

/// The answer to a message or a question about the state: `state` as it was when the peer's message was accepted.
pub fn state(n: &Negotiation, state: StateKind, status: u16) -> Result<Answer, Error> {
    let (provider, consumer) = n.pids();
    let body = ContractNegotiation::new(provider, consumer, state.as_str().to_owned());
    Ok(Answer { status, body: outgoing_body(&body)? })
}

/// The offer under negotiation as a message carries it: with `@type` and `target`.
fn offer_of(n: &Negotiation) -> Result<Value, Error> {
    let mut offer = parse(&n.terms.policy)?;
    if let Some(members) = offer.as_object_mut() {
        members.insert("@id".into(), n.terms.offer.as_str().into());
        members.insert("@type".into(), "Offer".into());
        members.insert("target".into(), n.terms.dataset.as_str().into());
    }
    Ok(offer)
}

pub fn parse(text: &str) -> Result<Value, Error> {
    serde_json::from_str(text).map_err(|e| Error::Internal(format!("stored JSON: {e}")))
}
