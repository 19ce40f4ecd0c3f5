//! One access, one decision, with its reasons.

use ontology::action::Action;
use time::format_description::well_known::Rfc3339;

use crate::decision::{Decision, Key, Outcome, Reason, RuleKind, Take, Verdict};
use crate::evaluate::Mode;
use crate::facts::{Attestation, Facts, FirstUse, Request, VERSION};
use crate::operand::Operand;
use crate::policy::{Compiled, Expr, Rule, Test};

/// Decides one request. Closed by default; see the crate's documentation for the semantics.
pub fn decide(policy: &Compiled, request: &Request, facts: &Facts) -> Decision {
    let mut reasons = Vec::with_capacity(16);
    let mut permission = None;
    if let Some(action) = action(request, &mut reasons)
        && common(policy, request, facts, &mut reasons)
    {
        let prohibited = prohibited(policy, action, facts, &mut reasons);
        let permitted = permitted(policy, action, facts, &mut reasons);
        permission = permitted.filter(|_| !prohibited);
    }
    let take =
        |rule: &Rule| rule.limit().map(|limit| Take { counter: rule.pointer.clone(), amount: 1, limit });
    Decision {
        v: VERSION,
        outcome: if permission.is_some() { Outcome::Permit } else { Outcome::Refuse },
        permission: permission.map(|rule| rule.pointer.clone()),
        consumes: permission.and_then(take).into_iter().collect(),
        view: permission.and_then(|rule| rule.view(facts)),
        reasons,
    }
}

fn action(request: &Request, reasons: &mut Vec<Reason>) -> Option<Action> {
    let action = Action::parse(&request.action);
    if action.is_none() {
        reasons.push(whole(
            RuleKind::Policy,
            Key::Action,
            "",
            None,
            Some(&request.action),
            Verdict::Unsatisfied,
        ));
    }
    action
}

/// What holds for the policy as a whole: its dataset and its party.
fn common(policy: &Compiled, request: &Request, facts: &Facts, reasons: &mut Vec<Reason>) -> bool {
    let mut same = |key, expected: &Option<String>, found: &Option<String>| {
        let Some(expected) = expected else { return true };
        let verdict = match found {
            Some(found) if found == expected => return true,
            Some(_) => Verdict::Unsatisfied,
            None => Verdict::Unknown,
        };
        reasons.push(whole(RuleKind::Policy, key, "", Some(expected), found.as_deref(), verdict));
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

fn prohibited(policy: &Compiled, action: Action, facts: &Facts, reasons: &mut Vec<Reason>) -> bool {
    let mut any = false;
    for rule in policy.prohibitions.iter().filter(|rule| touches(rule, action)) {
        let verdict = conditions(rule, RuleKind::Prohibition, facts, reasons);
        any |= verdict != Verdict::Unsatisfied;
    }
    any
}

/// The permission to use: one that counts nothing if there is one, else the first.
fn permitted<'a>(
    policy: &'a Compiled,
    action: Action,
    facts: &Facts,
    reasons: &mut Vec<Reason>,
) -> Option<&'a Rule> {
    let mut chosen: Option<&Rule> = None;
    let mut covered = false;
    for rule in policy.permissions.iter().filter(|rule| rule.action.covers(action)) {
        covered = true;
        let verdict = conditions(rule, RuleKind::Permission, facts, reasons);
        let better = chosen.is_none_or(|old| old.limit().is_some() && rule.limit().is_none());
        if verdict == Verdict::Satisfied && better {
            chosen = Some(rule);
        }
    }
    if !covered {
        let names: Vec<&str> = policy.permissions.iter().map(|rule| rule.action.name()).collect();
        let (expected, found) = (names.join(", "), action.name());
        let verdict = Verdict::Unsatisfied;
        reasons.push(whole(RuleKind::Policy, Key::NoPermission, "", Some(&expected), Some(found), verdict));
    }
    chosen
}

/// Conditions and preconditions of a rule; a reason for the rule, then one for each of them.
fn conditions(rule: &Rule, kind: RuleKind, facts: &Facts, reasons: &mut Vec<Reason>) -> Verdict {
    let at = reasons.len();
    let action = rule.action.name();
    reasons.push(whole(kind, Key::Rule, &rule.pointer, Some(action), None, Verdict::Unknown));
    let mut verdict = Verdict::Satisfied;
    for part in &rule.when {
        verdict = verdict.and(condition(part, rule, kind, facts, reasons));
    }
    for duty in &rule.duties {
        let done = fulfilled(duty, facts);
        reasons.push(whole(kind, Key::Duty, &duty.pointer, Some(duty.action.name()), None, done));
        verdict = verdict.and(done);
    }
    if let Some(reason) = reasons.get_mut(at) {
        reason.verdict = verdict;
    }
    verdict
}

/// One joint condition. A combined one gets a reason of its own before those of its parts.
fn condition(part: &Expr, rule: &Rule, kind: RuleKind, facts: &Facts, reasons: &mut Vec<Reason>) -> Verdict {
    let at = reasons.len();
    if let Expr::Logic(logic) = part {
        let operator = logic.operator.name();
        reasons.push(whole(kind, Key::Logic, &logic.pointer, Some(operator), None, Verdict::Unknown));
    }
    let verdict = part.verdict(&mut |test: &Test| {
        let verdict = test.verdict(facts, &rule.pointer, Mode::Now);
        reasons.push(leaf(kind, test, rule, facts, verdict));
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
    pointer: &str,
    expected: Option<&str>,
    found: Option<&str>,
    verdict: Verdict,
) -> Reason {
    Reason {
        kind,
        key,
        pointer: pointer.to_owned(),
        operand: None,
        operator: None,
        expected: expected.map(str::to_owned),
        found: found.map(str::to_owned),
        level: None,
        verdict,
    }
}

fn leaf(kind: RuleKind, test: &Test, rule: &Rule, facts: &Facts, verdict: Verdict) -> Reason {
    let (found, level) = found(test.operand, rule, facts);
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

/// What the facts say about an operand, as text.
fn found(operand: Operand, rule: &Rule, facts: &Facts) -> (Option<String>, Option<Attestation>) {
    let instant = |at: time::OffsetDateTime| at.format(&Rfc3339).ok();
    let text = match operand {
        Operand::Purpose => facts.purpose.clone(),
        Operand::Recipient => facts.recipient.clone(),
        Operand::DateTime => facts.now.and_then(instant),
        Operand::ElapsedTime => match facts.first_use {
            Some(FirstUse::At(at)) => instant(at),
            _ => None,
        },
        Operand::Count => facts.counts.as_ref().map(|counts| {
            let used = counts.get(&rule.pointer).copied().unwrap_or(0);
            used.to_string()
        }),
        Operand::ProcessingPlace | Operand::GoverningLaw => {
            let place = operand == Operand::ProcessingPlace;
            let declared = if place { &facts.processing_place } else { &facts.governing_law };
            return declared.as_ref().map_or((None, None), |one| (Some(one.value.clone()), Some(one.level)));
        }
        Operand::CharterVersion => {
            let accepted = facts.charters.as_deref().unwrap_or_default();
            let names: Vec<String> =
                accepted.iter().map(|one| format!("{}@{}", one.id, one.version)).collect();
            let level = accepted.first().map(|one| one.level);
            return (facts.charters.is_some().then(|| names.join(", ")), level);
        }
        Operand::MemberKind | Operand::Label | Operand::UseCase | Operand::EthicalAudit => {
            let claims = facts.claims.iter().flatten().filter(|one| one.about == operand);
            let names: Vec<&str> = claims.clone().map(|one| one.value.as_str()).collect();
            return ((!names.is_empty()).then(|| names.join(", ")), claims.map(|one| one.level).next());
        }
        Operand::TimeInterval => None,
        Operand::DelayPeriod => facts.signed_at.and_then(instant),
        Operand::CountOfAssignee => facts.uses.map(|uses| uses.assignee.to_string()),
        Operand::CountOfDataset => facts.uses.map(|uses| uses.dataset.to_string()),
        Operand::Columns => facts.table.as_ref().map(|table| table.columns.join(", ")),
        Operand::Territory => facts
            .table
            .as_ref()
            .and_then(|table| table.row.as_ref())
            .map(|row| format!("{} ({}@{})", row.column, row.kind, row.vintage)),
        Operand::Contributors => facts.table.as_ref().and_then(|table| table.contributors.clone()),
        Operand::Embargo => facts.embargo.and_then(instant),
        Operand::Reciprocity => facts.given.as_ref().map(|given| given.join(", ")),
    };
    (text, None)
}
