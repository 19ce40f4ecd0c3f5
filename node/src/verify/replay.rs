//! Decisions made again: what the entry commits to is checked first, then the same facts are decided anew.

use std::collections::BTreeMap;

use contracts::api::decision::{ChangedView, ReplayView, ReportView};
use contracts::leaf::{FACTS, Leaf, Opening, Outcome, REPORT};
use ontology::Lang;
use policies::explain;
use serde_json::Value;

use crate::log::decision::{CannotReplay, Kept, Replayed, Report, Unread, digest};

/// An entry with what opens it.
#[derive(Debug, Clone, Copy)]
pub struct Opened<'a> {
    pub index: u64,
    pub leaf: &'a Leaf,
    pub openings: &'a BTreeMap<String, Opening>,
}

/// Why a decision is not made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotReplayed {
    /// The entry records no decision.
    NoDecision,
    /// What it looked at is not there any more, or was not given.
    Erased,
    /// What is there is not what the entry commits to, or not about it.
    Altered(String),
}

/// What an entry keeps of its decision, checked against the entry.
///
/// # Errors
/// See [`NotReplayed`].
pub fn kept(entry: Opened<'_>) -> Result<Kept, NotReplayed> {
    let altered = |what: &str| NotReplayed::Altered(format!("entry {}: {what}", entry.index));
    let outcome = entry.leaf.outcome.ok_or(NotReplayed::NoDecision)?;
    let facts = entry.openings.get(FACTS).ok_or(NotReplayed::Erased)?;
    for (field, opening) in entry.openings {
        entry.leaf.check(field, opening).map_err(|e| altered(&e.to_string()))?;
    }
    let kept = Kept::parse(&facts.value).map_err(|e| altered(&e))?;
    if kept.is_permitted() != (outcome == Outcome::Permit) {
        return Err(altered("what was kept of the decision is not the outcome that the entry states"));
    }
    let opened = |field: &str| entry.openings.get(field).map(|opening| opening.value.as_str());
    let about = [("peer", &kept.facts.recipient), ("dataset", &kept.request.target)];
    for (field, said) in about {
        if said.as_deref().zip(opened(field)).is_some_and(|(said, opened)| said != opened) {
            return Err(altered(&format!("the decision is about another {field}")));
        }
    }
    let report = kept.report().to_json().map_err(|e| altered(&e.to_string()))?;
    match (entry.leaf.commitments.contains_key(REPORT), opened(REPORT)) {
        (true, Some(named)) if named == digest(&report) => Ok(kept),
        (true, None) => Err(NotReplayed::Erased),
        (false, None) if kept.v == 1 => Ok(kept),
        _ => Err(altered("the kept decision is not the report that the entry names")),
    }
}

/// Makes the decision of an entry again by the policy of its agreement.
///
/// # Errors
/// See [`NotReplayed`].
pub fn replay(entry: Opened<'_>, policy: &Value, lang: Lang) -> Result<ReplayView, NotReplayed> {
    let kept = kept(entry)?;
    let replayed = kept.replay(policy).map_err(|CannotReplay::OtherPolicy| {
        NotReplayed::Altered(format!("entry {}: the agreement's policy is not the one it names", entry.index))
    })?;
    let say = |report: &Report| said(&kept, report, lang);
    let now = match &replayed.now {
        Ok(now) => say(now),
        Err(unread) => not_understood(unread, lang),
    };
    Ok(ReplayView {
        entry: entry.index,
        kind: entry.leaf.kind.clone(),
        same: replayed.is_same(),
        named: entry.openings.get(REPORT).map(|opening| opening.value.clone()),
        kept: say(&replayed.kept),
        now,
        changed: changed(&kept, &replayed, lang),
    })
}

fn said(kept: &Kept, report: &Report, lang: Lang) -> ReportView {
    let lack = report.lacks.zip(kept.right.as_ref()).map(|(lack, right)| right.sentence(lack).text(lang));
    let text = report.to_json().ok();
    let reasons = match lack.or_else(|| kept.standing.clone()) {
        Some(lack) => vec![lack],
        None => explain::decision(&report.decision, lang),
    };
    ReportView {
        outcome: word(report.outcome).into(),
        reasons,
        digest: text.as_deref().map(digest),
        report: text,
    }
}

fn word(outcome: policies::Outcome) -> &'static str {
    match outcome {
        policies::Outcome::Permit => "permit",
        policies::Outcome::Refuse => "refuse",
    }
}

fn not_understood(unread: &Unread, lang: Lang) -> ReportView {
    ReportView {
        outcome: "not-understood".into(),
        reasons: unread.sentences(lang),
        report: None,
        digest: None,
    }
}

fn changed(kept: &Kept, replayed: &Replayed, lang: Lang) -> Vec<ChangedView> {
    let mut all = Vec::new();
    let now = replayed.now.as_ref().ok();
    if let (Some(now), Some(right)) = (now.filter(|now| now.lacks != replayed.kept.lacks), &kept.right) {
        let say = |lack: Option<_>| lack.map(|lack| right.sentence(lack).text(lang));
        all.push(ChangedView { rule: String::new(), kept: say(replayed.kept.lacks), now: say(now.lacks) });
    }
    let say = |reason: Option<policies::Reason<'static>>| reason.map(|reason| explain::reason(&reason, lang));
    let steps = replayed.changed().into_iter();
    all.extend(steps.map(|c| ChangedView { rule: c.rule, kept: say(c.kept), now: say(c.now) }));
    all
}
