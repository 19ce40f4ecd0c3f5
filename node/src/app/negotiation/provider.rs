//! Messages of consumers. Each decides on what was read before, then writes once.

use std::sync::Arc;

use contracts::dsp::negotiation::{ContractAgreementVerificationMessage, ContractRequestMessage};
use contracts::id::{Pid, RequestId};
use contracts::odrl::same_policy;
use serde_json::Value;

use super::compared::{self, Course};
use super::receive::{keep_shown, named, own_role};
use super::{load_for, save, wire};
use crate::app::peer::{Answer, Caller, MessageKey, check_address, once, read_policy};
use crate::app::statement::Declared;
use crate::app::{Act, App, Error, Hosted, access_request, catalogue, contract, room};
use crate::domain::agreement::Agreement;
use crate::domain::negotiation::{Message, Negotiation, Role, State, StateKind, Terms};
use crate::domain::time::Timestamp;
use crate::identity::random;
use crate::store::Tx;
use crate::text::say;

const POLICY: &str = "policy";

/// A consumer asks for a contract: provider side, `POST /negotiations/request`.
///
/// An offer equal to the published one goes on by itself; of any other `[contracts]` says what becomes of it.
pub async fn request(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    caller: &Caller,
    message: ContractRequestMessage,
    key: MessageKey,
) -> Result<Answer, Error> {
    if message.provider_pid.is_some() {
        return Err(Error::malformed(say("malformed.first-request"), "/providerPid"));
    }
    let Some(callback) = message.callback_address.clone() else {
        return Err(Error::malformed(say("malformed.no-callback"), "/callbackAddress"));
    };
    check_address(app, &callback, "/callbackAddress")?;
    let now = app.now();
    let judged = judge(app, hosted, caller, &message, callback, now).await;
    let (app2, peer) = (Arc::clone(app), caller.did.clone());
    once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            // Sent again after a long time it may not be judged as at first: statements and offers end.
            if let Some(known) = tx.negotiation_of(&peer, &message.consumer_pid).await? {
                return wire::state(&known, known.state.kind(), 200);
            }
            let (negotiation, reply) = judged?;
            room::negotiation(&app2, tx).await?;
            let mut negotiation = tx.insert_negotiation(negotiation).await?;
            tx.record(negotiation.event());
            match reply {
                Reply::Agree(agreement, by_grant) => {
                    let agrees = match &by_grant {
                        Some(grant) => access_request::used(tx, grant, &negotiation.pid, now).await?,
                        None => true,
                    };
                    negotiation = match agrees {
                        true => contract::propose(tx, negotiation, *agreement, now).await?,
                        false => ask_person(tx, negotiation).await?,
                    };
                }
                Reply::Refuse(reason) => {
                    negotiation = super::act::end(tx, negotiation, POLICY, &reason, now).await?;
                }
                Reply::Counter(policy) => {
                    negotiation = super::act::offer(tx, negotiation, policy, now).await?;
                }
                Reply::AskPerson => negotiation = ask_person(tx, negotiation).await?,
            }
            wire::state(&negotiation, StateKind::Requested, 201)
        })
    })
    .await
}

async fn ask_person(tx: &mut Tx<'_>, mut negotiation: Negotiation) -> Result<Negotiation, Error> {
    negotiation.needs_person = true;
    Ok(tx.save_negotiation(negotiation).await?)
}

/// The negotiation that a request asks for, and what we do with it.
async fn judge(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    caller: &Caller,
    message: &ContractRequestMessage,
    callback: String,
    now: Timestamp,
) -> Result<(Negotiation, Reply), Error> {
    let declared = Declared::read(&message.statements, caller, now)?;
    let (dataset, offer) = named(&message.offer)?;
    let published = catalogue::offer_for(app, hosted, &caller.did, &dataset, &offer).await?;
    let same = is_same(&published.policy, &message.offer)?;
    let granted = access_request::granted(app, hosted, &caller.did, (&dataset, &offer), message).await?;
    let term = published.term.end(now.to_date()).map(Timestamp::from_date);
    let ends =
        granted.as_ref().and_then(|one| one.wanted.ends).map(|ends| Timestamp::from_seconds(ends.seconds()));
    let between = (&caller.did, &dataset);
    let verdict =
        super::judge(app, hosted, &message.offer, message.purpose.clone(), &declared, between).await;
    let negotiation = Negotiation {
        pid: Pid::from_uuid(random::uuid_v7(now)),
        role: Role::Provider,
        peer: caller.did.clone(),
        peer_pid: Some(message.consumer_pid.clone()),
        callback,
        terms: Terms {
            dataset,
            offer,
            policy: message.offer.to_string(),
            shown: Some(published.shown),
            // What was granted until a day ends then, whatever the offer's term.
            until: [term, ends].into_iter().flatten().min(),
        },
        state: State::Requested,
        statements: message.statements.clone(),
        unacknowledged: None,
        needs_person: false,
        version: 0,
        created: now,
        updated: now,
    };
    let reply = match verdict {
        Err(Error::NotAllowed { reasons }) => Reply::Refuse(reasons.join(" ")),
        Err(other) => return Err(other),
        Ok(()) if same && (app.config.contracts.automatic || granted.is_some()) => {
            let agreement = contract::draw_up(app, hosted, &negotiation, &caller.identity, now)?;
            Reply::Agree(Box::new(agreement), granted.map(|one| one.id))
        }
        Ok(()) => match compared::course(app, &published.policy, &message.offer)? {
            Course::Agree => {
                let agreement = contract::draw_up(app, hosted, &negotiation, &caller.identity, now)?;
                Reply::Agree(Box::new(agreement), None)
            }
            Course::Counter => Reply::Counter(published.policy.clone()),
            Course::Refuse(why) => Reply::Refuse(why),
            Course::AskPerson => Reply::AskPerson,
        },
    };
    Ok((negotiation, reply))
}

/// What a provider does with a request that came.
enum Reply {
    /// By a request for access that was granted, where one was.
    Agree(Box<Agreement>, Option<RequestId>),
    Refuse(String),
    /// The published policy, offered again.
    Counter(Value),
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
        return Err(Error::malformed(say("malformed.late-callback"), "/callbackAddress"));
    }
    let (dataset, offer) = named(&message.offer)?;
    let terms = Terms { dataset, offer, policy: message.offer.to_string(), shown: None, until: None };
    let (caller_did, now, discretion) = (caller.did.clone(), app.now(), app.discretion);
    once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            let negotiation = load_for(tx, &pid, &caller_did).await?;
            own_role(&negotiation, Role::Provider)?;
            let terms = keep_shown(discretion, &negotiation, terms)?;
            let mut step = negotiation.receive(Message::Request(terms), now)?;
            step.next.needs_person = true;
            let saved = save(tx, step).await?;
            wire::state(&saved, StateKind::Requested, 200)
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
    let before = super::get(app, hosted, &pid).await?;
    if before.peer != caller.did {
        return Err(Error::NotFound("negotiation"));
    }
    own_role(&before, Role::Provider)?;
    let agreement = match before.agreement() {
        Some(id) => Some(contract::get(app, hosted, id).await?),
        None => None,
    };
    let countersigned = match agreement {
        Some(agreement) => Some(contract::countersignature(app, agreement, caller, &message.signatures, now)),
        None => None,
    };
    let by_itself = (app.discretion.acts)(Act::Finalize);
    once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            let negotiation = load_for(tx, &pid, &before.peer).await?;
            let step = negotiation.receive(Message::Verification, now)?;
            let countersigned = countersigned
                .ok_or_else(|| Error::Internal("an agreed negotiation without agreement".into()))?;
            match countersigned {
                Err(Error::NotAllowed { reasons }) => {
                    let saved = save(tx, step).await?;
                    super::act::end(tx, saved.clone(), "signature", &reasons.join(" "), now).await?;
                    wire::state(&saved, StateKind::Verified, 200)
                }
                Err(other) => Err(other),
                Ok(agreement) => {
                    let saved = save(tx, step).await?;
                    contract::concluded(tx, agreement).await?;
                    if by_itself {
                        super::act::finalize(tx, saved.clone(), now).await?;
                    }
                    wire::state(&saved, StateKind::Verified, 200)
                }
            }
        })
    })
    .await
}

fn is_same(published: &Value, asked: &Value) -> Result<bool, Error> {
    Ok(same_policy(&read_policy(published, "published offer")?, &read_policy(asked, "/offer")?))
}
