//! Negotiating a contract, both roles: messages received, acts of persons, and what the node does by itself.

pub mod act;
mod compared;
pub mod consumer;
pub mod provider;
pub mod receive;
pub mod sent;
pub mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;

use contracts::id::{DatasetId, ParticipantId, Pid};
use ontology::purpose::Purpose;
use policies::{Facts, FirstUse, Request};
use serde_json::Value;

use super::access::{facts, not_understood, sentences};
use super::peer::{lang, read_policy};
use super::statement::Declared;
use super::{App, Error, Hosted, framework};
use crate::domain::negotiation::{Negotiation, Step};
use crate::domain::process::Refusal;
use crate::domain::time::Timestamp;
use crate::store::{Page, Tx};
use crate::text::say;

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotNow { state, expected } => {
                Self::NotNow { state: state.to_owned(), expected: expected.join(", ") }
            }
            Refusal::Crossing(limit) => Self::Busy { limit, retry_after: 1 },
        }
    }
}

/// Loads a negotiation of this member by our name for it.
pub(crate) async fn load(tx: &mut Tx<'_>, pid: &Pid) -> Result<Negotiation, Error> {
    tx.negotiation(pid).await?.ok_or(Error::NotFound("negotiation"))
}

/// As [`load`], if the caller is its other party: somebody else's process does not exist for the caller.
pub(crate) async fn load_for(
    tx: &mut Tx<'_>,
    pid: &Pid,
    caller: &ParticipantId,
) -> Result<Negotiation, Error> {
    let negotiation = load(tx, pid).await?;
    if &negotiation.peer == caller { Ok(negotiation) } else { Err(Error::NotFound("negotiation")) }
}

/// Saves a step: the new state and its event.
pub(crate) async fn save(tx: &mut Tx<'_>, step: Step) -> Result<Negotiation, Error> {
    let saved = tx.save_negotiation(step.next).await?;
    tx.record(step.event);
    Ok(saved)
}

/// Would this offer give this peer its use now? At negotiation as later, what is unknown refuses.
pub(crate) async fn judge(
    app: &App,
    hosted: &Hosted,
    policy: &Value,
    purpose: Option<String>,
    declared: &Declared,
    (peer, dataset): (&ParticipantId, &DatasetId),
) -> Result<(), Error> {
    if purpose.as_deref().and_then(Purpose::parse).is_some_and(Purpose::is_prohibited) {
        return Err(Error::NotAllowed { reasons: vec![say("refusal.prohibited-purpose").text(lang(app))] });
    }
    framework::allows(app, hosted, policy, purpose.as_deref()).await?;
    let now = app.now();
    let policy = read_policy(policy, "/offer")?;
    let request = Request::read(policy.target.clone().unwrap_or_default());
    let compiled = policies::compile(&policy).map_err(|faults| not_understood(&faults, lang(app)))?;
    let mut facts = Facts {
        purpose,
        recipient: Some(peer.to_string()),
        // A delay runs from a signature that has not been: it will pass.
        signed_at: Some(Timestamp(0).to_date()),
        first_use: Some(FirstUse::Never),
        counts: Some(BTreeMap::new()),
        fulfilled: Some(Vec::new()),
        ..declared.facts(now)
    };
    if compiled.asks_of_dataset()
        || compiled.asks_of_uses()
        || compiled.asks_of_return()
        || compiled.asks_of_recipient()
    {
        let mut reader = app.store.read(hosted.id()).await?;
        let looked = facts::look_before(&mut reader, &compiled, dataset, peer).await?;
        looked.add(app, hosted.id(), &mut facts, now);
    }
    let decision = policies::decide(&compiled, &request, &facts);
    if decision.is_permit() {
        Ok(())
    } else {
        Err(Error::NotAllowed { reasons: sentences(&decision, lang(app)) })
    }
}

/// One negotiation as the member sees it.
pub async fn get(app: &App, hosted: &Arc<Hosted>, pid: &Pid) -> Result<Negotiation, Error> {
    app.store.negotiation(hosted.id(), pid).await?.ok_or(Error::NotFound("negotiation"))
}

/// Negotiations of the member, oldest first, after a cursor.
pub async fn list(app: &App, hosted: &Hosted, page: &Page) -> Result<Vec<Negotiation>, Error> {
    Ok(app.store.read(hosted.id()).await?.negotiations(None, page).await?)
}
