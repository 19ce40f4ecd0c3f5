//! Our own acts: of persons through the management API, and of the node by itself.

use std::sync::Arc;

use contracts::dsp::negotiation::EventType;
use contracts::id::{OfferId, ParticipantId, Pid, RequestId};
use serde_json::Value;

use super::{load, save, wire};
use crate::app::access::not_understood;
use crate::app::peer::{lang, read_policy};
use crate::app::{App, Error, Hosted, access_request, catalogue, contract, framework, room, statement};
use crate::domain::negotiation::{Message, Negotiation, Role, State, Terms};
use crate::domain::process::PERSON;
use crate::domain::time::Timestamp;
use crate::identity::random;
use crate::store::Tx;
use crate::text::say;

/// Milliseconds that a peer has to write down our answer before it hears that all is over: EDC would write its step
/// over the end.
const AFTER_ANSWER: i64 = 200;

/// What a consumer asks for.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub provider: ParticipantId,
    pub dataset: contracts::id::DatasetId,
    /// Which of the dataset's offers; the only one when there is one.
    pub offer: Option<OfferId>,
    /// The purpose of the use, an IRI of the purpose scheme.
    pub purpose: Option<String>,
    /// Another policy than the offered one: a counter-offer, which a person at the provider must answer.
    pub policy: Option<Value>,
}

/// Consumer: asks for a contract. The dataset is fetched first, so that what was shown is what will be signed.
pub async fn request(app: &Arc<App>, hosted: &Arc<Hosted>, wanted: Wanted) -> Result<Negotiation, Error> {
    request_for(app, hosted, wanted, None).await
}

/// As [`request`], of what was granted to a request for access.
///
/// # Errors
/// [`Error::Conflict`] when that is negotiated already.
pub(crate) async fn request_for(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    wanted: Wanted,
    granted: Option<RequestId>,
) -> Result<Negotiation, Error> {
    let shown = catalogue::ask_dataset(app, hosted, &wanted.provider, &wanted.dataset).await?;
    let (offer, published) = shown.offer(wanted.offer.as_ref())?;
    let policy = wanted.policy.unwrap_or(published);
    framework::allows(app, hosted, &policy, wanted.purpose.as_deref()).await?;
    let now = app.now();
    let negotiation = Negotiation {
        pid: Pid::from_uuid(random::uuid_v7(now)),
        role: Role::Consumer,
        peer: wanted.provider,
        peer_pid: None,
        callback: shown.endpoint.clone(),
        terms: Terms {
            dataset: shown.id()?,
            offer,
            policy: policy.to_string(),
            shown: shown.shown,
            until: None,
        },
        state: State::Requested,
        statements: Vec::new(),
        unacknowledged: Some(crate::domain::negotiation::MessageKind::Request),
        needs_person: false,
        version: 0,
        created: now,
        updated: now,
    };
    let statements = statement::ours(app, hosted).await?;
    let message = wire::request(&negotiation, &hosted.member.dsp_base(), wanted.purpose, statements, now)?;
    let app2 = Arc::clone(app);
    let saved = app
        .store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                room::negotiation(&app2, tx).await?;
                if let Some(request) = &granted {
                    access_request::begun(tx, request, &negotiation.pid, now).await?;
                }
                let saved = tx.insert_negotiation(negotiation).await?;
                tx.record(saved.event());
                tx.enqueue(message).await?;
                Ok::<_, Error>(saved)
            })
        })
        .await?;
    Ok(saved.value)
}

/// Provider: a person agrees to what was asked.
pub async fn agree(app: &Arc<App>, hosted: &Arc<Hosted>, pid: &Pid) -> Result<Negotiation, Error> {
    let now = app.now();
    let before = super::get(app, hosted, pid).await?;
    let identity = app.resolver.resolve(&before.peer).await?;
    let drawn = contract::draw_up(app, hosted, &before, &identity, now)?;
    let pid = pid.clone();
    write(app, hosted, move |tx| {
        Box::pin(async move {
            let negotiation = load(tx, &pid).await?;
            if negotiation.terms != before.terms {
                return Err(Error::Conflict(say("conflict.terms")));
            }
            contract::propose(tx, negotiation, drawn, now).await
        })
    })
    .await
}

/// Consumer: a person accepts the provider's offer.
pub async fn accept(app: &Arc<App>, hosted: &Arc<Hosted>, pid: &Pid) -> Result<Negotiation, Error> {
    let (pid, now) = (pid.clone(), app.now());
    write(app, hosted, move |tx| {
        Box::pin(async move {
            let negotiation = load(tx, &pid).await?;
            let step = negotiation.send(Message::Accepted, now)?;
            let message = wire::event(&step.next, EventType::Accepted, now)?;
            let saved = save(tx, step).await?;
            tx.enqueue(message).await?;
            Ok(saved)
        })
    })
    .await
}

/// Either side: a person offers or asks for other terms.
pub async fn counter(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    pid: &Pid,
    mut policy: Value,
) -> Result<Negotiation, Error> {
    let (pid, now, ours) = (pid.clone(), app.now(), hosted.did().clone());
    policies::compile(&read_policy(&policy, "/policy")?)
        .map_err(|faults| not_understood(&faults, lang(app)))?;
    write(app, hosted, move |tx| {
        Box::pin(async move {
            let negotiation = load(tx, &pid).await?;
            if let (Role::Provider, Some(members)) = (negotiation.role, policy.as_object_mut()) {
                // The agreement will name us: peers compare it with the offer, word for word.
                members.insert("assigner".into(), ours.as_str().into());
            }
            let terms = Terms {
                offer: OfferId::from_uuid(random::uuid_v7(now)),
                policy: policy.to_string(),
                ..negotiation.terms.clone()
            };
            let provider = negotiation.role == Role::Provider;
            let message = if provider { Message::Offer(terms) } else { Message::Request(terms) };
            let step = negotiation.send(message, now)?;
            let message = if provider {
                wire::offer(&step.next, now)?
            } else {
                wire::request(&step.next, "", None, Vec::new(), now)?
            };
            let saved = save(tx, step).await?;
            tx.enqueue(message).await?;
            Ok(saved)
        })
    })
    .await
}

/// Provider: offers the published terms again, for those asked for.
pub(super) async fn offer(
    tx: &mut Tx<'_>,
    negotiation: Negotiation,
    policy: Value,
    now: Timestamp,
) -> Result<Negotiation, Error> {
    let terms = Terms { policy: policy.to_string(), ..negotiation.terms.clone() };
    let step = negotiation.send(Message::Offer(terms), now)?;
    let message = wire::offer(&step.next, now)?;
    let saved = save(tx, step).await?;
    tx.enqueue_at(message, now.plus_millis(AFTER_ANSWER)).await?;
    Ok(saved)
}

/// Either side: a person ends it.
pub async fn terminate(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    pid: &Pid,
    reason: String,
) -> Result<Negotiation, Error> {
    let (pid, now) = (pid.clone(), app.now());
    write(app, hosted, move |tx| {
        Box::pin(async move {
            let negotiation = load(tx, &pid).await?;
            end(tx, negotiation, PERSON, &reason, now).await
        })
    })
    .await
}

/// Ends a negotiation and tells the peer.
pub(crate) async fn end(
    tx: &mut Tx<'_>,
    negotiation: Negotiation,
    code: &str,
    reason: &str,
    now: Timestamp,
) -> Result<Negotiation, Error> {
    let agreement = negotiation.agreement().cloned();
    let (known, before) = (negotiation.peer_pid.is_some(), negotiation.unacknowledged);
    let message = Message::Termination { code: Some(code.to_owned()), reason: Some(reason.to_owned()) };
    let mut step = negotiation.send(message, now)?;
    if !known {
        // The peer's name for it comes with the answer to our request: it is told then.
        step.next.unacknowledged = before;
        let saved = save(tx, step).await?;
        contract::abandon(tx, agreement).await?;
        return Ok(saved);
    }
    let message = wire::termination(&step.next, code, reason, now)?;
    let saved = save(tx, step).await?;
    contract::abandon(tx, agreement).await?;
    let pause = if code == PERSON { 0 } else { AFTER_ANSWER };
    tx.enqueue_at(message, now.plus_millis(pause)).await?;
    Ok(saved)
}

/// Consumer: sends the verification of an agreement where the node kept it back ([`Act::Verify`]).
///
/// [`Act::Verify`]: crate::app::Act::Verify
pub async fn confirm(app: &Arc<App>, hosted: &Arc<Hosted>, pid: &Pid) -> Result<Negotiation, Error> {
    let (pid, now) = (pid.clone(), app.now());
    write(app, hosted, move |tx| {
        Box::pin(async move {
            let negotiation = load(tx, &pid).await?;
            let agreement = match negotiation.agreement() {
                Some(id) => tx.agreement(id).await?,
                None => None,
            };
            // Ours was added last.
            let signature = agreement.and_then(|a| a.contract).and_then(|mut c| c.signatures.pop());
            verify(tx, negotiation, signature.into_iter().collect(), now).await
        })
    })
    .await
}

/// Provider: finalizes where the node kept it back ([`Act::Finalize`]).
///
/// [`Act::Finalize`]: crate::app::Act::Finalize
pub async fn conclude(app: &Arc<App>, hosted: &Arc<Hosted>, pid: &Pid) -> Result<Negotiation, Error> {
    let (pid, now) = (pid.clone(), app.now());
    write(app, hosted, move |tx| {
        Box::pin(async move {
            let negotiation = load(tx, &pid).await?;
            finalize(tx, negotiation, now).await
        })
    })
    .await
}

/// Consumer: verifies an agreement that was checked and countersigned.
pub(crate) async fn verify(
    tx: &mut Tx<'_>,
    negotiation: Negotiation,
    signatures: Vec<String>,
    now: Timestamp,
) -> Result<Negotiation, Error> {
    let step = negotiation.send(Message::Verification, now)?;
    let message = wire::verification(&step.next, signatures, now)?;
    let saved = save(tx, step).await?;
    tx.enqueue(message).await?;
    Ok(saved)
}

/// Provider: finalizes what was verified.
pub(crate) async fn finalize(
    tx: &mut Tx<'_>,
    negotiation: Negotiation,
    now: Timestamp,
) -> Result<Negotiation, Error> {
    let step = negotiation.send(Message::Finalized, now)?;
    let message = wire::event(&step.next, EventType::Finalized, now)?;
    let saved = save(tx, step).await?;
    tx.enqueue(message).await?;
    Ok(saved)
}

async fn write<F>(app: &App, hosted: &Hosted, job: F) -> Result<Negotiation, Error>
where
    F: for<'t> FnOnce(&'t mut Tx<'_>) -> futures_util::future::BoxFuture<'t, Result<Negotiation, Error>>
        + Send
        + 'static,
{
    Ok(app.store.write(hosted.id(), job).await?.value)
}
