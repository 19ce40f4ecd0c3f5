//! Messages of providers. Each decides on what was read before, then writes once.

use std::sync::Arc;

use contracts::dsp::negotiation::{ContractAgreementMessage, ContractOfferMessage};
use contracts::id::Pid;

use super::receive::{keep_shown, learn_pid, named, own_role};
use super::{load_for, save, wire};
use crate::app::contract::{self, Countersigned};
use crate::app::peer::{Answer, Caller, MessageKey, check_address, once};
use crate::app::statement::Declared;
use crate::app::{Act, App, Error, Hosted, room};
use crate::domain::negotiation::{Message, Negotiation, Role, State, StateKind, Terms};
use crate::identity::random;
use crate::text::say;

/// A provider begins with an offer: consumer side, `POST /negotiations/offers`. A person answers it.
pub async fn first_offer(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    caller: &Caller,
    message: ContractOfferMessage,
    key: MessageKey,
) -> Result<Answer, Error> {
    if message.consumer_pid.is_some() {
        return Err(Error::malformed(say("malformed.first-offer"), "/consumerPid"));
    }
    let Some(callback) = message.callback_address.clone() else {
        return Err(Error::malformed(say("malformed.no-callback"), "/callbackAddress"));
    };
    check_address(app, &callback, "/callbackAddress")?;
    Declared::read(&message.statements, caller, app.now())?;
    let (dataset, offer) = named(&message.offer)?;
    let now = app.now();
    let negotiation = Negotiation {
        pid: Pid::from_uuid(random::uuid_v7(now)),
        role: Role::Consumer,
        peer: caller.did.clone(),
        peer_pid: Some(message.provider_pid.clone()),
        callback,
        terms: Terms { dataset, offer, policy: message.offer.to_string(), shown: None, until: None },
        state: State::Offered,
        statements: message.statements.clone(),
        unacknowledged: None,
        needs_person: true,
        version: 0,
        created: now,
        updated: now,
    };
    let app2 = Arc::clone(app);
    once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            if let Some(known) = tx.negotiation_of(&negotiation.peer, &message.provider_pid).await? {
                return wire::state(&known, known.state.kind(), 200);
            }
            room::negotiation(&app2, tx).await?;
            let saved = tx.insert_negotiation(negotiation).await?;
            tx.record(saved.event());
            wire::state(&saved, StateKind::Offered, 201)
        })
    })
    .await
}

/// The provider's offer within a negotiation: `POST /negotiations/:consumerPid/offers`. A person answers it.
pub async fn offer(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    caller: &Caller,
    pid: Pid,
    message: ContractOfferMessage,
    key: MessageKey,
) -> Result<Answer, Error> {
    let (dataset, offer) = named(&message.offer)?;
    let terms = Terms { dataset, offer, policy: message.offer.to_string(), shown: None, until: None };
    let (caller_did, now, discretion) = (caller.did.clone(), app.now(), app.discretion);
    once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            let mut negotiation = load_for(tx, &pid, &caller_did).await?;
            own_role(&negotiation, Role::Consumer)?;
            learn_pid(&mut negotiation, &message.provider_pid)?;
            let terms = keep_shown(discretion, &negotiation, terms)?;
            let mut step = negotiation.receive(Message::Offer(terms), now)?;
            step.next.needs_person = true;
            let saved = save(tx, step).await?;
            wire::state(&saved, StateKind::Offered, 200)
        })
    })
    .await
}

/// The provider's agreement: `POST /negotiations/:consumerPid/agreement`. Checked against what was asked and shown,
/// countersigned, verified.
pub async fn agreement(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    caller: &Caller,
    pid: Pid,
    message: ContractAgreementMessage,
    key: MessageKey,
) -> Result<Answer, Error> {
    let now = app.now();
    let mut before = super::get(app, hosted, &pid).await?;
    if before.peer != caller.did {
        return Err(Error::NotFound("negotiation"));
    }
    own_role(&before, Role::Consumer)?;
    learn_pid(&mut before, &message.provider_pid)?;
    let checked = contract::check_proposal(app, hosted, &before, caller, &message, now);
    let by_itself = (app.discretion.acts)(Act::Verify);
    once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            let mut negotiation = load_for(tx, &pid, &before.peer).await?;
            learn_pid(&mut negotiation, &message.provider_pid)?;
            if negotiation.terms != before.terms {
                return Err(Error::Conflict(say("conflict.terms")));
            }
            // Judged by the machine first: an agreement at the wrong moment is an error, not a termination.
            let id = match &checked {
                Ok(countersigned) => countersigned.agreement.id.clone(),
                Err(_) => contract::agreement_id(&message.agreement)?,
            };
            let step = negotiation.receive(Message::Agreement(id), now)?;
            match checked {
                Err(Error::NotAllowed { reasons }) => {
                    let saved = save(tx, step).await?;
                    super::act::end(tx, saved.clone(), "agreement", &reasons.join("; "), now).await?;
                    wire::state(&saved, StateKind::Agreed, 200)
                }
                Err(other) => Err(other),
                Ok(Countersigned { agreement, ours }) => {
                    let mut saved = save(tx, step).await?;
                    contract::accept(tx, agreement).await?;
                    let answer = wire::state(&saved, StateKind::Agreed, 200)?;
                    saved = tx.save_negotiation(saved).await?;
                    if by_itself {
                        super::act::verify(tx, saved, ours, now).await?;
                    }
                    Ok(answer)
                }
            }
        })
    })
    .await
}
