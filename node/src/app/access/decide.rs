//! The decision itself: facts gathered, policy decided, record kept. Nothing is written here.

use std::collections::BTreeMap;
use std::sync::Arc;

use contracts::jcs;
use ontology::Lang;
use policies::{Compiled, Decision, Facts, FirstUse, Outcome, Request};
use serde::Serialize;

use crate::app::negotiation::wire::parse;
use crate::app::peer::{lang, read_policy, refused};
use crate::app::statement::Declared;
use crate::app::{App, Error};
use crate::domain::agreement::{Agreement, Standing};
use crate::domain::event::DecisionRecord;
use crate::domain::time::Timestamp;
use crate::domain::transfer::Transfer;
use crate::identity::peer::PeerIdentity;
use crate::identity::random;
use crate::store::Tx;

/// Whether the agreement itself gives a right: signed by both (or accepted unsigned by configuration), not revoked,
/// within its term.
pub fn standing(app: &App, agreement: &Agreement, now: Timestamp) -> Result<(), Error> {
    if let Some(revoked) = &agreement.revoked {
        let at = revoked.at.rfc3339();
        let values = [("at", at.as_str()), ("by", revoked.by.as_str()), ("ground", revoked.ground.as_str())];
        return Err(refused(app, "refusal.revoked", &values));
    }
    if let Some(until) = agreement.until
        && now >= until
    {
        return Err(refused(app, "refusal.ended", &[("at", &until.rfc3339())]));
    }
    match agreement.standing {
        Standing::Signed => Ok(()),
        Standing::Unsigned if app.config.contracts.accept_unsigned => Ok(()),
        Standing::Unsigned => Err(refused(app, "refusal.unsigned", &[])),
        Standing::Pending => Err(refused(app, "refusal.pending", &[])),
        Standing::Abandoned => Err(refused(app, "refusal.abandoned", &[])),
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
    standing: Result<(), Error>,
    request: Request,
    facts: Facts,
    decision: Decision,
    counted: bool,
    lang: Lang,
}

/// The record of a decision: what a replay needs, in canonical form.
#[derive(Serialize)]
struct Kept<'a> {
    v: u8,
    /// Random, so that the record's digest in the leaf says nothing about it.
    salt: String,
    request: &'a Request,
    facts: &'a Facts,
    decision: &'a Decision,
    standing: Option<String>,
}

/// Gathers the facts and decides. Nothing is written.
pub(crate) async fn decide(
    app: &App,
    tx: &mut Tx<'_>,
    what: &Use<'_>,
    now: Timestamp,
) -> Result<Verdict, Error> {
    let policy = compiled(app, what.agreement)?;
    let declared = Declared::recorded(app, &what.transfer.statements, what.identity, now);
    let mut counts = BTreeMap::new();
    for counter in policy.counters() {
        counts.insert(counter.to_owned(), tx.count(&what.agreement.id, counter).await?);
    }
    let facts = facts(what, &declared, counts, now);
    let request = Request::read(what.agreement.dataset.as_str());
    let decision = policies::decide(&policy, &request, &facts);
    Ok(Verdict {
        standing: standing(app, what.agreement, now),
        request,
        facts,
        decision,
        counted: what.counted,
        lang: lang(app),
    })
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
fn compiled(app: &App, agreement: &Agreement) -> Result<Arc<Compiled>, Error> {
    if let Some(known) = app.policies.get(&agreement.id) {
        return Ok(known);
    }
    let policy = read_policy(&parse(&agreement.policy)?, "stored policy")?;
    let compiled = Arc::new(policies::compile(&policy).map_err(|faults| not_understood(&faults, lang(app)))?);
    app.policies.put(agreement.id.clone(), Arc::clone(&compiled));
    Ok(compiled)
}

/// A policy that was not understood entirely, as a refusal.
pub(crate) fn not_understood(faults: &[policies::Fault], lang: Lang) -> Error {
    Error::NotAllowed { reasons: faults.iter().map(|f| policies::explain::fault(f, lang)).collect() }
}

impl Verdict {
    /// The reasons, if it is no.
    pub(crate) fn refused(&self) -> Option<Vec<String>> {
        if let Err(error) = &self.standing {
            return Some(match error {
                Error::NotAllowed { reasons } => reasons.clone(),
                other => vec![other.to_string()],
            });
        }
        match self.decision.outcome {
            Outcome::Permit => None,
            Outcome::Refuse => Some(sentences(&self.decision, self.lang)),
        }
    }

    /// Whether each use takes from a counter.
    pub(crate) fn counts(&self) -> bool {
        !self.decision.consumes.is_empty()
    }

    /// Counters to take from, when the use is made.
    pub(crate) fn takes(&self) -> Vec<(String, u64)> {
        if !self.counted {
            return Vec::new();
        }
        self.decision.consumes.iter().map(|t| (t.counter.clone(), t.amount)).collect()
    }

    /// The facts and the decision for the log; erasable, their digest is not.
    pub(crate) fn record(&self) -> Option<DecisionRecord> {
        let kept = Kept {
            v: 1,
            salt: random::secret(),
            request: &self.request,
            facts: &self.facts,
            decision: &self.decision,
            standing: self.standing.as_ref().err().map(ToString::to_string),
        };
        let json = jcs::canonical(&kept).ok().and_then(|bytes| String::from_utf8(bytes).ok())?;
        Some(DecisionRecord { json, permitted: self.refused().is_none() })
    }
}

/// The reasons of a refusal as sentences.
pub(crate) fn sentences(decision: &Decision, lang: Lang) -> Vec<String> {
    policies::explain::decision(decision, lang)
}
