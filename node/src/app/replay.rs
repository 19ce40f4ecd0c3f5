//! Decisions of the log, made again or explained.

use contracts::api::decision::{DecisionReportView, ReplayView};
use contracts::id::AgreementId;
use contracts::leaf::Leaf;
use serde_json::Value;

use super::negotiation::wire::parse;
use super::{App, Error, Hosted};
use crate::log::proof::openings;
use crate::text::{Lang, say};
use crate::verify::explained::explained;
use crate::verify::replay::{NotReplayed, Opened, replay};

/// Makes the decision of an entry again, from the facts kept with it and the policy of its contract.
///
/// # Errors
/// [`Error::NotFound`] when there is no such entry or no decision in it, [`Error::Conflict`] when its facts were erased
/// or are not those that the entry commits to.
pub async fn decision(app: &App, hosted: &Hosted, index: u64, lang: Lang) -> Result<ReplayView, Error> {
    with(app, hosted, index, |entry, policy| replay(entry, policy, lang)).await
}

/// Explains the decision of an entry.
///
/// # Errors
/// As [`decision`].
pub async fn report(app: &App, hosted: &Hosted, index: u64, lang: Lang) -> Result<DecisionReportView, Error> {
    with(app, hosted, index, |entry, policy| explained(entry, policy, lang)).await
}

/// Does something with the opened entry and the policy of its contract.
async fn with<T>(
    app: &App,
    hosted: &Hosted,
    index: u64,
    make: impl FnOnce(Opened<'_>, &Value) -> Result<T, NotReplayed>,
) -> Result<T, Error> {
    let entry = app.store.read(hosted.id()).await?.entry(index).await?.ok_or(Error::NotFound("log entry"))?;
    let altered = |what: String| Error::Conflict(say("conflict.decision-altered").with("what", what));
    let leaf = Leaf::parse(&entry.leaf).map_err(|e| altered(e.to_string()))?;
    let openings = openings(&entry);
    let not_replayed = |why| match why {
        NotReplayed::NoDecision => Error::NotFound("decision"),
        NotReplayed::Erased => Error::Conflict(say("conflict.facts-erased").with("entry", index)),
        NotReplayed::Altered(what) => altered(what),
    };
    if leaf.outcome.is_none() {
        return Err(Error::NotFound("decision"));
    }
    let agreement = openings.get("agreement").ok_or(NotReplayed::Erased).map_err(not_replayed)?;
    let agreement = AgreementId::parse(&agreement.value).map_err(|e| altered(e.to_string()))?;
    let agreement = app.store.agreement(hosted.id(), &agreement).await?.ok_or(Error::NotFound("contract"))?;
    let opened = Opened { index, leaf: &leaf, openings: &openings };
    make(opened, &parse(&agreement.policy)?).map_err(not_replayed)
}
