//! Messages that both roles receive, and what all received messages share.

use std::sync::Arc;

use contracts::dsp::negotiation::{
    ContractNegotiationEventMessage, ContractNegotiationTerminationMessage, EventType,
};
use contracts::id::{DatasetId, OfferId, Pid};
use serde_json::Value;

use super::{load_for, save, wire};
use crate::app::peer::{Answer, Caller, MessageKey, once};
use crate::app::{App, Discretion, Error, Hosted, contract};
use crate::domain::negotiation::{Message, Negotiation, Role, State, StateKind, Terms};
use crate::text::say;

/// `ACCEPTED` from a consumer, `FINALIZED` from a provider: `POST /negotiations/:pid/events`.
pub async fn event(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    caller: &Caller,
    pid: Pid,
    message: ContractNegotiationEventMessage,
    key: MessageKey,
) -> Result<Answer, Error> {
    let now = app.now();
    let before = super::get(app, hosted, &pid).await?;
    if before.peer != caller.did {
        return Err(Error::NotFound("negotiation"));
    }
    // Accepting our own offer: the agreement can be drawn up at once, if no person has to.
    let drawn = match (message.event_type, before.role, before.state.kind()) {
        (EventType::Accepted, Role::Provider, StateKind::Offered) if app.config.contracts.automatic => {
            Some(contract::draw_up(app, hosted, &before, &caller.identity, now)?)
        }
        _ => None,
    };
    once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            let negotiation = load_for(tx, &pid, &before.peer).await?;
            match message.event_type {
                EventType::Accepted => {
                    own_role(&negotiation, Role::Provider)?;
                    let mut step = negotiation.receive(Message::Accepted, now)?;
                    step.next.needs_person = drawn.is_none();
                    let saved = save(tx, step).await?;
                    let answer = wire::state(&saved, StateKind::Accepted, 200)?;
                    if let Some(agreement) = drawn {
                        contract::propose(tx, saved, agreement, now).await?;
                    }
                    Ok(answer)
                }
                EventType::Finalized => {
                    own_role(&negotiation, Role::Consumer)?;
                    let step = negotiation.receive(Message::Finalized, now)?;
                    let saved = save(tx, step).await?;
                    if let State::Finalized(id) = &saved.state {
                        contract::finalized(tx, id).await?;
                    }
                    wire::state(&saved, StateKind::Finalized, 200)
                }
            }
        })
    })
    .await
}

/// The other party ends it: `POST /negotiations/:pid/termination`.
pub async fn termination(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    caller: &Caller,
    pid: Pid,
    message: ContractNegotiationTerminationMessage,
    key: MessageKey,
) -> Result<Answer, Error> {
    let (caller_did, now) = (caller.did.clone(), app.now());
    once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            let negotiation = load_for(tx, &pid, &caller_did).await?;
            let agreement = negotiation.agreement().cloned();
            let reason = said(&message.reason);
            let step = negotiation.receive(Message::Termination { code: message.code, reason }, now)?;
            let saved = save(tx, step).await?;
            contract::abandon(tx, agreement).await?;
            wire::state(&saved, StateKind::Terminated, 200)
        })
    })
    .await
}

/// The state of a negotiation, for its other party.
pub async fn state(app: &App, hosted: &Arc<Hosted>, caller: &Caller, pid: &Pid) -> Result<Answer, Error> {
    let negotiation = super::get(app, hosted, pid).await?;
    if negotiation.peer != caller.did {
        return Err(Error::NotFound("negotiation"));
    }
    wire::state(&negotiation, negotiation.state.kind(), 200)
}

pub(super) fn own_role(negotiation: &Negotiation, role: Role) -> Result<(), Error> {
    if negotiation.role == role {
        return Ok(());
    }
    Err(Error::NotNow {
        state: negotiation.state.kind().as_str().to_owned(),
        expected: format!("a message of the {}", negotiation.role.other().as_str()),
    })
}

/// A provider's process name may reach us with its next message before the answer to our first.
pub(super) fn learn_pid(negotiation: &mut Negotiation, pid: &Pid) -> Result<(), Error> {
    match &negotiation.peer_pid {
        None => negotiation.peer_pid = Some(pid.clone()),
        Some(known) if known == pid => {}
        Some(_) => {
            return Err(Error::malformed(say("malformed.other-name"), "/providerPid"));
        }
    }
    Ok(())
}

/// A counter-offer is about the same dataset, as it was shown.
pub(super) fn keep_shown(
    discretion: Discretion,
    negotiation: &Negotiation,
    mut terms: Terms,
) -> Result<Terms, Error> {
    (discretion.terms)(if terms.dataset == negotiation.terms.dataset {
        Ok(())
    } else {
        Err(Error::malformed(say("malformed.other-dataset"), "/offer/target"))
    })?;
    terms.dataset = negotiation.terms.dataset.clone();
    terms.shown = negotiation.terms.shown.clone();
    terms.until = negotiation.terms.until;
    Ok(terms)
}

/// Dataset and offer that an offer in a message names.
pub(super) fn named(offer: &Value) -> Result<(DatasetId, OfferId), Error> {
    let text = |member: &str| {
        offer.get(member).and_then(Value::as_str).ok_or_else(|| {
            let missing = say("malformed.offer-member").with("member", member);
            Error::malformed(missing, format!("/offer/{member}"))
        })
    };
    let dataset = DatasetId::parse(text("target")?);
    let id = OfferId::parse(text("@id")?);
    match (dataset, id) {
        (Ok(dataset), Ok(id)) => Ok((dataset, id)),
        (Err(e), _) => Err(Error::malformed(say("malformed.identifier").with("what", e), "/offer/target")),
        (_, Err(e)) => Err(Error::malformed(say("malformed.identifier").with("what", e), "/offer/@id")),
    }
}

/// Reasons of a termination as one sentence, at most 1000 characters.
pub(crate) fn said(reasons: &[Value]) -> Option<String> {
    let text: Vec<String> =
        reasons.iter().map(|r| r.as_str().map(ToOwned::to_owned).unwrap_or_else(|| r.to_string())).collect();
    (!text.is_empty()).then(|| text.join("; ").chars().take(1000).collect())
}
