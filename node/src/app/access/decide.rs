//! The decision itself: facts gathered, policy decided, record kept. Nothing is written here.

use std::collections::BTreeMap;
use std::sync::Arc;

use contracts::jcs;
use ontology::Lang;
use policies::{Decision, Facts, FirstUse, Request, View};

use super::facts::look;
use crate::app::negotiation::wire::parse;
use crate::app::peer::lang;
use crate::app::statement::Declared;
use crate::app::{App, Error};
use crate::domain::agreement::Agreement;
use crate::domain::event::DecisionRecord;
use crate::domain::time::Timestamp;
use crate::domain::transfer::Transfer;
use crate::identity::peer::PeerIdentity;
use crate::identity::random;
use crate::log::decision::{self, Kept, ReadyPolicy, Right, Unread};
use crate::store::Tx;
use crate::text::say;

/// Whether the agreement itself gives a right: signed by both (or accepted unsigned by configuration), not revoked,
/// within its term.
pub fn standing(app: &App, agreement: &Agreement, now: Timestamp) -> Result<(), Error> {
    let right = Right::of(agreement, app.config.contracts.accept_unsigned);
    match right.lacks(Some(now.to_date())) {
        None => Ok(()),
        Some(lack) => Err(Error::NotAllowed { reasons: vec![right.sentence(lack).text(lang(app))] }),
    }
}

/// One use that is to be decided.
pub(crate) struct Use<'a> {
    pub agreement: &'a Agreement,
    pub transfer: &'a Transfer,
    /// The consumer's identity, to read its statements with.
    pub identity: &'a PeerIdentity,
    /// Whether this use would take from counters (a data request does, the start of a transfer does not).
    pub counted: bool,
}

/// What was decided, and all it was decided from.
pub(crate) struct Verdict {
    kept: Kept,
    counted: bool,
    lang: Lang,
}

/// Gathers the facts and decides. Nothing is written.
pub(crate) async fn decide(
    app: &App,
    tx: &mut Tx<'_>,
    what: &Use<'_>,
    now: Timestamp,
) -> Result<Verdict, Error> {
    let policy = ready(app, what.agreement)?;
    let declared = Declared::recorded(app, &what.transfer.statements, what.identity, now);
    let mut counts = BTreeMap::new();
    for counter in policy.compiled.counters() {
        counts.insert(counter.to_owned(), tx.count(&what.agreement.id, counter).await?);
    }
    let mut facts = facts(what, &declared, counts, now);
    let looked = look(tx, &policy.compiled, &what.agreement.dataset, &what.transfer.peer).await?;
    looked.add(app, tx.member(), &mut facts, now);
    let request = Request::read(what.agreement.dataset.as_str());
    let decision = policies::decide(&policy.compiled, &request, &facts);
    let right = Right::of(what.agreement, app.config.contracts.accept_unsigned);
    let kept = Kept::new(random::secret(), &policy, (request, facts), right, decision);
    Ok(Verdict { kept, counted: what.counted, lang: lang(app) })
}

fn facts(what: &Use<'_>, declared: &Declared, counts: BTreeMap<String, u64>, now: Timestamp) -> Facts {
    Facts {
        purpose: what.transfer.purpose.clone(),
        recipient: Some(what.transfer.peer.to_string()),
        signed_at: Some(what.agreement.created.to_date()),
        first_use: Some(match what.agreement.first_use {
            Some(at) => FirstUse::At(at.to_date()),
            None => FirstUse::Never,
        }),
        counts: Some(counts),
        fulfilled: Some(Vec::new()),
        ..declared.facts(now)
    }
}

/// A policy ready to be decided. Stored policies were compiled before they were signed.
/// An agreement's policy never changes, so it is compiled once.
fn ready(app: &App, agreement: &Agreement) -> Result<Arc<ReadyPolicy>, Error> {
    if let Some(known) = app.policies.get(&agreement.id) {
        return Ok(known);
    }
    let ready = ReadyPolicy::read(&parse(&agreement.policy)?).map_err(|unread| match unread {
        Unread::Shape(what) => Error::malformed(say("malformed.policy").with("what", what), "stored policy"),
        Unread::Faults(faults) => not_understood(&faults, lang(app)),
    })?;
    let ready = Arc::new(ready);
    app.policies.put(agreement.id.clone(), Arc::clone(&ready));
    Ok(ready)
}

/// A policy that was not understood entirely, as a refusal.
pub(crate) fn not_understood(faults: &[policies::Fault], lang: Lang) -> Error {
    Error::NotAllowed { reasons: faults.iter().map(|f| policies::explain::fault(f, lang)).collect() }
}

impl Verdict {
    /// The reasons, if it is no.
    pub(crate) fn refused(&self) -> Option<Vec<String>> {
        if let (Some(lack), Some(right)) = (self.kept.lacks, &self.kept.right) {
            return Some(vec![right.sentence(lack).text(self.lang)]);
        }
        (!self.kept.is_permitted()).then(|| sentences(&self.kept.decision, self.lang))
    }

    /// Whether each use takes from a counter.
    pub(crate) fn counts(&self) -> bool {
        !self.kept.decision.consumes.is_empty()
    }

    /// What of the dataset leaves.
    pub(crate) fn view(&self) -> Option<&View> {
        self.kept.decision.view.as_ref()
    }

    /// Counters to take from, when the use is made.
    pub(crate) fn takes(&self) -> Vec<(String, u64)> {
        if !self.counted {
            return Vec::new();
        }
        self.kept.decision.consumes.iter().map(|t| (t.counter.clone(), t.amount)).collect()
    }

    /// The facts and the decision for the log; erasable, their digest is not.
    pub(crate) fn record(&self) -> Option<DecisionRecord> {
        let json = jcs::canonical(&self.kept).ok().and_then(|bytes| String::from_utf8(bytes).ok())?;
        let report = decision::digest(&self.kept.report().to_json().ok()?);
        Some(DecisionRecord { json, report, permitted: self.kept.is_permitted() })
    }
}

/// The reasons of a refusal as sentences.
pub(crate) fn sentences(decision: &Decision, lang: Lang) -> Vec<String> {
    policies::explain::decision(decision, lang)
}
