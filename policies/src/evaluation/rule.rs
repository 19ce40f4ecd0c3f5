//! One rule: each of its premises, and whether it holds.

use super::constraint::{Checked, Place, check_all};
use super::duty::{self, DutyOutcome};
use super::feature::all;
use super::{Scene, collection, holds, understood};
use crate::decision::Verdict::{self, Satisfied, Unknown};
use crate::model::{Policy, Rule, RuleKind};

/// A rule with what its premises came to. A premise that the rule does not have is `None`: anything meets it.
#[derive(Debug, Clone)]
pub struct RuleOutcome<'a> {
    pub rule: &'a Rule,
    pub target: Option<Verdict>,
    pub party: Option<Verdict>,
    pub action: Option<Verdict>,
    /// Of the action, then of the target, then of the party.
    pub refinements: Vec<Checked<'a>>,
    pub constraints: Vec<Checked<'a>>,
    pub duties: Vec<DutyOutcome<'a>>,
    /// Unknown when something in the rule is not understood.
    pub understood: Verdict,
}

impl RuleOutcome<'_> {
    /// All premises together.
    pub fn verdict(&self) -> Verdict {
        let matched = [self.target, self.party, self.action].into_iter().flatten();
        all(matched).and(self.conditions())
    }

    /// Constraints and duties alone: whether the rule is in force, whoever asks for whatever.
    pub fn conditions(&self) -> Verdict {
        let duties = self.duties.iter().map(|duty| duty.met);
        all(self.constraints.iter().map(Checked::verdict).chain(duties)).and(self.understood)
    }

    /// Whether it counts as holding.
    pub fn active(&self) -> bool {
        holds(self.rule.kind, self.verdict())
    }
}

pub(super) fn evaluate<'a>(policy: &Policy, rule: &'a Rule, scene: Scene<'_>) -> RuleOutcome<'a> {
    let mut outcome = matched(rule, scene);
    outcome.constraints = check_all(&rule.constraints, Place::Rule, scene, &rule.pointer);
    outcome.duties = rule.duties.iter().map(|duty| duty::precondition(duty, scene)).collect();
    if rule.kind == RuleKind::Permission && !policy.unknown.is_empty() {
        outcome.understood = outcome.understood.and(Unknown);
    }
    outcome
}

/// Action, target and party with their refinements, without conditions.
pub(super) fn matched<'a>(rule: &'a Rule, scene: Scene<'_>) -> RuleOutcome<'a> {
    let (event, counter) = (scene.event, rule.pointer.as_str());
    let mut refinements = Vec::new();
    let wide = rule.kind == RuleKind::Prohibition;
    let action = rule.action.as_ref().map(|action| {
        let (verdict, checked) = collection::action(action, scene, counter, wide);
        refinements.extend(checked);
        verdict
    });
    let target = rule.target.as_ref().map(|target| {
        let (verdict, checked) =
            collection::scope(target, event.target.as_deref(), Place::Asset, scene, counter);
        refinements.extend(checked);
        verdict
    });
    let party = rule.assignee.as_ref().map(|party| {
        let asking = event.party.as_deref().or(scene.facts.recipient.as_deref());
        let (verdict, checked) = collection::scope(party, asking, Place::Party, scene, counter);
        refinements.extend(checked);
        verdict
    });
    RuleOutcome {
        rule,
        target,
        party,
        action,
        refinements,
        constraints: Vec::new(),
        duties: Vec::new(),
        understood: Satisfied.and(understood(&rule.unknown)),
    }
}
