//! One access, one decision, with its reasons.

use ontology::action::Action;

use crate::decision::{Decision, Key, Outcome, Reason, RuleKind, Take, Verdict};
use crate::evaluate::Mode;
use crate::facts::{Facts, Request, VERSION};
use crate::policy::{Compiled, Expr, Rule, Test};
use crate::seen::Seen;
use crate::text::Text;

/// Decides one request. Closed by default; see the crate's documentation for the semantics.
pub fn decide(policy: &Compiled, request: &Request, facts: &Facts) -> Decision {
    let mut reasons = Vec::with_capacity(32);
    let mut permission = None;
    let seen = Seen::of(facts);
    if let Some(action) = action(request, &mut reasons)
        && common(policy, request, facts, &mut reasons)
    {
        let prohibited = prohibited(policy, action, &seen, &mut reasons);
        let permitted = permitted(policy, action, &seen, &mut reasons);
        permission = permitted.filter(|_| !prohibited);
    }
    let take =
        |rule: &Rule| rule.limit().map(|limit| Take { counter: rule.pointer.to_string(), amount: 1, limit });
    Decision {
        v: VERSION,
        outcome: if permission.is_some() { Outcome::Permit } else { Outcome::Refuse },
        permission: permission.map(|rule| rule.pointer.to_string()),
        consumes: permission.and_then(take).into_iter().collect(),
        view: permission.and_then(|rule| rule.view(facts)),
        reasons,
    }
}

fn action(request: &Request, reasons: &mut Vec<Reason>) -> Option<Action> {
    let action = Action::parse(&request.action);
    if action.is_none() {
        let (found, verdict) = (Some(request.action.as_str().into()), Verdict::Unsatisfied);
        reasons.push(whole(RuleKind::Policy, Key::Action, Text::default(), None, found, verdict));
    }
    action
}

/// What holds for the policy as a whole: its dataset and its party.
fn common(policy: &Compiled, request: &Request, facts: &Facts, reasons: &mut Vec<Reason>) -> bool {
    let mut same = |key, expected: &Option<Text>, found: &Option<String>| {
        let Some(expected) = expected else { return true };
        let verdict = match found {
            Some(found) if expected == found => return true,
            Some(_) => Verdict::Unsatisfied,
            None => Verdict::Unknown,
        };
        let found = found.as_deref().map(Text::from);
        reasons.push(whole(RuleKind::Policy, key, Text::default(), Some(expected.clone()), found, verdict));
        false
    };
    let target = same(Key::Target, &policy.target, &request.target);
    let assignee = same(Key::Assignee, &policy.assignee, &facts.recipient);
    target && assignee
}

/// A prohibition touches a request when it covers the action, or when the request is so wide that it includes what
/// is prohibited.
pub(crate) fn touches(rule: &Rule, action: Action) -> bool {
    rule.action.covers(action) || action.covers(rule.action)
}

fn prohibited(policy: &Compiled, action: Action, seen: &Seen<'_>, reasons: &mut Vec<Reason>) -> bool {
    let mut any = false;
    for rule in policy.prohibitions.iter().filter(|rule| touches(rule, action)) {
        let verdict = conditions(rule, RuleKind::Prohibition, seen, reasons);
        any |= verdict != Verdict::Unsatisfied;
    }
    any
}

/// The permission to use: one that counts nothing if there is one, else the first.
fn permitted<'a>(
    policy: &'a Compiled,
    action: Action,
    seen: &Seen<'_>,
    reasons: &mut Vec<Reason>,
) -> Option<&'a Rule> {
    let mut chosen: Option<&Rule> = None;
    let mut covered = false;
    for rule in policy.permissions.iter().filter(|rule| rule.action.covers(action)) {
        covered = true;
        let verdict = conditions(rule, RuleKind::Permission, seen, reasons);
        let better = chosen.is_none_or(|old| old.limit().is_some() && rule.limit().is_none());
        if verdict == Verdict::Satisfied && better {
            chosen = Some(rule);
        }
    }
    if !covered {
        let names: Vec<&str> = policy.permissions.iter().map(|rule| rule.action.name()).collect();
        let (expected, found) = (Some(names.join(", ").into()), Some(action.name().into()));
        let (key, verdict) = (Key::NoPermission, Verdict::Unsatisfied);
        reasons.push(whole(RuleKind::Policy, key, Text::default(), expected, found, verdict));
    }
    chosen
}

/// Conditions and preconditions of a rule; a reason for the rule, then one for each of them.
fn conditions(rule: &Rule, kind: RuleKind, seen: &Seen<'_>, reasons: &mut Vec<Reason>) -> Verdict {
    let at = reasons.len();
    let (pointer, action) = (rule.pointer.clone(), Some(rule.said.clone()));
    reasons.push(whole(kind, Key::Rule, pointer, action, None, Verdict::Unknown));
    let mut verdict = Verdict::Satisfied;
    for part in &rule.when {
        verdict = verdict.and(condition(part, rule, kind, seen, reasons));
    }
    for duty in &rule.duties {
        let done = fulfilled(duty, seen.facts);
        let (pointer, action) = (duty.pointer.clone(), Some(duty.said.clone()));
        reasons.push(whole(kind, Key::Duty, pointer, action, None, done));
        verdict = verdict.and(done);
    }
    if let Some(reason) = reasons.get_mut(at) {
        reason.verdict = verdict;
    }
    verdict
}

/// One joint condition. A combined one gets a reason of its own before those of its parts.
fn condition(
    part: &Expr,
    rule: &Rule,
    kind: RuleKind,
    seen: &Seen<'_>,
    reasons: &mut Vec<Reason>,
) -> Verdict {
    let at = reasons.len();
    if let Expr::Logic(logic) = part {
        let (pointer, operator) = (logic.pointer.clone(), Some(logic.said.clone()));
        reasons.push(whole(kind, Key::Logic, pointer, operator, None, Verdict::Unknown));
    }
    let verdict = part.verdict(&mut |test: &Test| {
        let verdict = test.verdict(seen, &rule.pointer, Mode::Now);
        reasons.push(leaf(kind, test, rule, seen, verdict));
        verdict
    });
    if let (Expr::Logic(_), Some(reason)) = (part, reasons.get_mut(at)) {
        reason.verdict = verdict;
    }
    verdict
}

/// A precondition counts from the instant at which it was recorded, not before.
pub(crate) fn fulfilled(duty: &Rule, facts: &Facts) -> Verdict {
    recorded(&duty.pointer, facts)
}

/// The same by the pointer of the duty.
pub(crate) fn recorded(duty: &str, facts: &Facts) -> Verdict {
    let (Some(done), Some(now)) = (&facts.fulfilled, facts.now) else { return Verdict::Unknown };
    match done.iter().any(|one| one.duty == duty && one.at <= now) {
        true => Verdict::Satisfied,
        false => Verdict::Unsatisfied,
    }
}

fn whole(
    kind: RuleKind,
    key: Key,
    pointer: Text,
    expected: Option<Text>,
    found: Option<Text>,
    verdict: Verdict,
) -> Reason {
    Reason { kind, key, pointer, operand: None, operator: None, expected, found, level: None, verdict }
}

fn leaf(kind: RuleKind, test: &Test, rule: &Rule, seen: &Seen<'_>, verdict: Verdict) -> Reason {
    let (found, level) = seen.said(test.operand, &rule.pointer);
    Reason {
        kind,
        key: Key::Constraint,
        pointer: test.pointer.clone(),
        operand: Some(test.operand),
        operator: Some(test.operator),
        expected: Some(test.expected.clone()),
        found,
        level,
        verdict,
    }
}
