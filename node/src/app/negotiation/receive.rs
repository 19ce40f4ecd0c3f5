//! Messages of the other party. Each decides on what was read before, then writes once.

use std::sync::Arc;

use contracts::dsp::negotiation::{
    ContractAgreementMessage, ContractAgreementVerificationMessage, ContractNegotiationEventMessage,
    ContractNegotiationTerminationMessage, ContractOfferMessage, ContractRequestMessage, EventType,
};
use contracts::id::{DatasetId, OfferId, Pid};
use contracts::odrl::same_policy;
use serde_json::Value;

use super::{load_for, save, wire};
use crate::app::contract::{self, Countersigned};
use crate::app::peer::{Answer, Caller, MessageKey, check_address, once, read_policy};
use crate::app::statement::Declared;
use crate::app::{App, Error, Hosted, catalogue};
use crate::domain::agreement::Standing;
use crate::domain::negotiation::{Message, Negotiation, Role, State, StateKind, Terms};

const POLICY: &str = "policy";

/// A consumer asks for a contract: provider side, `POST /negotiations/request`.
///
/// An offer equal to the published one goes on by itself; any other waits for a person.
pub async fn request(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    caller: &Caller,
    message: ContractRequestMessage,
    key: MessageKey,
) -> Result<Answer, Error> {
    if message.provider_pid.is_some() {
        return Err(Error::malformed(
            "a first request names no provider process",
            "/providerPid",
            "leave it out, or post a counter-offer to the process",
        ));
    }
    let Some(callback) = message.callback_address.clone() else {
        return Err(Error::malformed(
            "the callback address is missing",
            "/callbackAddress",
            "give the base address of your protocol endpoint",
        ));
    };
    check_address(app, &callback, "/callbackAddress")?;
    let declared = Declared::read(&message.statements, caller, app.now())?;
    let (dataset, offer) = named(&message.offer)?;
    let published = catalogue::offer_for(app, hosted, &caller.did, &dataset, &offer).await?;
    let same = is_same(&published.policy, &message.offer)?;
    let verdict =
        super::judge(&message.offer, message.purpose.clone(), &declared, caller.did.as_str(), app.now());

    let now = app.now();
    let negotiation = Negotiation {
        pid: Pid::from_uuid(crate::identity::random::uuid_v7(now)),
        role: Role::Provider,
        peer: caller.did.clone(),
        peer_pid: Some(message.consumer_pid.clone()),
        callback,
        terms: Terms { dataset, offer, policy: message.offer.to_string(), shown: Some(published.shown) },
        state: State::Requested,
        statements: message.statements.clone(),
        unacknowledged: None,
        needs_person: false,
        version: 0,
        created: now,
        updated: now,
    };
    let reply = match verdict {
        Err(Error::NotAllowed { reasons }) => Reply::Refuse(reasons.join("; ")),
        Err(other) => return Err(other),
        Ok(()) if same && app.config.contracts.automatic => {
            Reply::Agree(Box::new(contract::draw_up(app, hosted, &negotiation, &caller.identity, now)?))
        }
        Ok(()) => Reply::AskPerson,
    };
    once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            if let Some(known) = tx.negotiation_of(&negotiation.peer, &message.consumer_pid).await? {
                return wire::state(&known, known.state.kind(), 200);
            }
            let mut negotiation = tx.insert_negotiation(negotiation).await?;
            tx.record(negotiation.event());
            match reply {
                Reply::Agree(agreement) => {
                    negotiation = contract::propose(tx, negotiation, *agreement, now).await?;
                }
                Reply::Refuse(reason) => {
                    negotiation = super::act::end(tx, negotiation, POLICY, &reason, now).await?;
                }
                Reply::AskPerson => {
                    negotiation.needs_person = true;
                    negotiation = tx.save_negotiation(negotiation).await?;
                }
            }
            wire::state(&negotiation, StateKind::Requested, 201)
        })
    })
    .await
}

/// What a provider does with a request that came.
enum Reply {
    Agree(Box<crate::domain::agreement::Agreement>),
    Refuse(String),
    AskPerson,
}

/// A counter-offer of the consumer: `POST /negotiations/:providerPid/request`. A person answers it,
/// unless it is the published offer again.
pub async fn counter_request(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    caller: &Caller,
    pid: Pid,
    message: ContractRequestMessage,
    key: MessageKey,
) -> Result<Answer, Error> {
    if message.callback_address.is_some() {
        return Err(Error::malformed(
            "a counter-offer gives no callback address",
            "/callbackAddress",
            "leave it out: the first message gave it",
        ));
    }
    let (dataset, offer) = named(&message.offer)?;
    let terms = Terms { dataset, offer, policy: message.offer.to_string(), shown: None };
    let (caller_did, now) = (caller.did.clone(), app.now());
    once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            let negotiation = load_for(tx, &pid, &caller_did).await?;
            own_role(&negotiation, Role::Provider)?;
            let terms = keep_shown(&negotiation, terms)?;
            let mut step = negotiation.receive(Message::Request(terms), now)?;
            step.next.needs_person = true;
            let saved = save(tx, step).await?;
            wire::state(&saved, StateKind::Requested, 200)
        })
    })
    .await
}

/// A provider begins with an offer: consumer side, `POST /negotiations/offers`. A person answers it.
pub async fn first_offer(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    caller: &Caller,
    message: ContractOfferMessage,
    key: MessageKey,
) -> Result<Answer, Error> {
    if message.consumer_pid.is_some() {
        return Err(Error::malformed(
            "a first offer names no consumer process",
            "/consumerPid",
            "leave it out, or post the offer to the process",
        ));
    }
    let Some(callback) = message.callback_address.clone() else {
        return Err(Error::malformed(
            "the callback address is missing",
            "/callbackAddress",
            "give the base address of your protocol endpoint",
        ));
    };
    check_address(app, &callback, "/callbackAddress")?;
    Declared::read(&message.statements, caller, app.now())?;
    let (dataset, offer) = named(&message.offer)?;
    let now = app.now();
    let negotiation = Negotiation {
        pid: Pid::from_uuid(crate::identity::random::uuid_v7(now)),
        role: Role::Consumer,
        peer: caller.did.clone(),
        peer_pid: Some(message.provider_pid.clone()),
        callback,
        terms: Terms { dataset, offer, policy: message.offer.to_string(), shown: None },
        state: State::Offered,
        statements: message.statements.clone(),
        unacknowledged: None,
        needs_person: true,
        version: 0,
        created: now,
        updated: now,
    };
    once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            if let Some(known) = tx.negotiation_of(&negotiation.peer, &message.provider_pid).await? {
                return wire::state(&known, known.state.kind(), 200);
            }
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
    let terms = Terms { dataset, offer, policy: message.offer.to_string(), shown: None };
    let (caller_did, now) = (caller.did.clone(), app.now());
    once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            let mut negotiation = load_for(tx, &pid, &caller_did).await?;
            own_role(&negotiation, Role::Consumer)?;
            learn_pid(&mut negotiation, &message.provider_pid)?;
            let terms = keep_shown(&negotiation, terms)?;
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
    let mut before = app
        .store
        .read(hosted.id())
        .await?
        .negotiation(&pid)
        .await?
        .filter(|n| n.peer == caller.did)
        .ok_or(Error::NotFound("negotiation"))?;
    own_role(&before, Role::Consumer)?;
    learn_pid(&mut before, &message.provider_pid)?;
    let checked = contract::check_proposal(app, hosted, &before, caller, &message, now);
    once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            let mut negotiation = load_for(tx, &pid, &before.peer).await?;
            learn_pid(&mut negotiation, &message.provider_pid)?;
            if negotiation.terms != before.terms {
                return Err(Error::Conflict("the terms changed meanwhile; send the agreement again".into()));
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
                    super::act::verify(tx, saved, ours, now).await?;
                    Ok(answer)
                }
            }
        })
    })
    .await
}

/// The consumer's verification: `POST /negotiations/:providerPid/agreement/verification`.
pub async fn verification(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    caller: &Caller,
    pid: Pid,
    message: ContractAgreementVerificationMessage,
    key: MessageKey,
) -> Result<Answer, Error> {
    let now = app.now();
    let mut reader = app.store.read(hosted.id()).await?;
    let before = reader
        .negotiation(&pid)
        .await?
        .filter(|n| n.peer == caller.did)
        .ok_or(Error::NotFound("negotiation"))?;
    own_role(&before, Role::Provider)?;
    let agreement = match before.agreement() {
        Some(id) => reader.agreement(id).await?,
        None => None,
    };
    drop(reader);
    let countersigned = match agreement {
        Some(agreement) => Some(contract::countersignature(app, agreement, caller, &message.signatures, now)),
        None => None,
    };
    once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            let negotiation = load_for(tx, &pid, &before.peer).await?;
            let step = negotiation.receive(Message::Verification, now)?;
            let countersigned = countersigned
                .ok_or_else(|| Error::Internal("an agreed negotiation without agreement".into()))?;
            match countersigned {
                Err(Error::NotAllowed { reasons }) => {
                    let saved = save(tx, step).await?;
                    super::act::end(tx, saved.clone(), "signature", &reasons.join("; "), now).await?;
                    wire::state(&saved, StateKind::Verified, 200)
                }
                Err(other) => Err(other),
                Ok(agreement) => {
                    let saved = save(tx, step).await?;
                    contract::concluded(tx, agreement).await?;
                    super::act::finalize(tx, saved.clone(), now).await?;
                    wire::state(&saved, StateKind::Verified, 200)
                }
            }
        })
    })
    .await
}

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
                    if let State::Finalized(id) = &saved.state
                        && let Some(mut agreement) = tx.agreement(id).await?
                        && agreement.standing == Standing::Pending
                    {
                        agreement.standing = Standing::Signed;
                        tx.save_agreement(agreement).await?;
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

fn own_role(negotiation: &Negotiation, role: Role) -> Result<(), Error> {
    if negotiation.role == role {
        return Ok(());
    }
    Err(Error::NotNow {
        state: negotiation.state.kind().as_str().to_owned(),
        expected: format!("a message of the {}", negotiation.role.other().as_str()),
    })
}

/// A provider's process name may reach us with its next message before the answer to our first.
fn learn_pid(negotiation: &mut Negotiation, pid: &Pid) -> Result<(), Error> {
    match &negotiation.peer_pid {
        None => negotiation.peer_pid = Some(pid.clone()),
        Some(known) if known == pid => {}
        Some(_) => {
            return Err(Error::malformed(
                "this process has another name at your side",
                "/providerPid",
                "send the identifier given first",
            ));
        }
    }
    Ok(())
}

/// A counter-offer is about the same dataset, as it was shown.
fn keep_shown(negotiation: &Negotiation, mut terms: Terms) -> Result<Terms, Error> {
    if terms.dataset != negotiation.terms.dataset {
        return Err(Error::malformed(
            "a counter-offer cannot change the dataset",
            "/offer/target",
            "start another negotiation for another dataset",
        ));
    }
    terms.shown = negotiation.terms.shown.clone();
    Ok(terms)
}

/// Dataset and offer that an offer in a message names.
fn named(offer: &Value) -> Result<(DatasetId, OfferId), Error> {
    let text = |member: &str| {
        offer.get(member).and_then(Value::as_str).ok_or_else(|| {
            Error::malformed(
                format!("`{member}` is missing"),
                format!("/offer/{member}"),
                "send the offer as the catalogue shows it, with `@id` and `target`",
            )
        })
    };
    let dataset = DatasetId::parse(text("target")?);
    let id = OfferId::parse(text("@id")?);
    match (dataset, id) {
        (Ok(dataset), Ok(id)) => Ok((dataset, id)),
        (Err(e), _) => Err(Error::malformed(e.to_string(), "/offer/target", "name the dataset")),
        (_, Err(e)) => Err(Error::malformed(e.to_string(), "/offer/@id", "name the offer")),
    }
}

fn is_same(published: &Value, asked: &Value) -> Result<bool, Error> {
    Ok(same_policy(&read_policy(published, "published offer")?, &read_policy(asked, "/offer")?))
}

/// Reasons of a termination as one sentence, at most 1000 characters.
pub(crate) fn said(reasons: &[Value]) -> Option<String> {
    let text: Vec<String> =
        reasons.iter().map(|r| r.as_str().map(ToOwned::to_owned).unwrap_or_else(|| r.to_string())).collect();
    (!text.is_empty()).then(|| text.join("; ").chars().take(1000).collect())
}
