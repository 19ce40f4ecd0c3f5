//! Names for clauses that say the same in the same words, whichever document they stand in.

use std::collections::BTreeSet;

use super::formula::Side;
use crate::model::{Atomic, Constraint, Policy, Rule, Scope, Strategy};
use crate::operand::Operand;

/// What names of duties begin with: they can be done, whatever they are.
const DUTY: &str = "duty ";

pub(super) fn is_duty(name: &str) -> bool {
    name.starts_with(DUTY)
}

/// A constraint by what it says.
pub(super) fn atomic(atomic: &Atomic) -> String {
    let mut right: Vec<String> = atomic.right.iter().map(ToString::to_string).collect();
    right.sort_unstable();
    let Atomic { left, operator, references, unit, unknown, .. } = atomic;
    format!("{left} {operator:?} {right:?} {references:?} {unit:?} {unknown:?}")
}

/// A duty by what is to be done, by whom, and when.
pub(super) fn rule(rule: &Rule, side: Side) -> String {
    let scope = |scope: &Option<Scope>| {
        scope.as_ref().map(|scope| {
            let source = (scope.source.clone(), all(&scope.refinements, side));
            if scope.anonymous { (String::new(), source) } else { (scope.id.clone(), source) }
        })
    };
    let action = rule.action.as_ref().map(|action| (&action.name, all(&action.refinements, side)));
    let (target, assignee) = (scope(&rule.target), scope(&rule.assignee));
    let below = |list: &[Rule]| -> Vec<String> { list.iter().map(|one| self::rule(one, side)).collect() };
    let then = below(&rule.consequences);
    let strange: Vec<String> =
        rule.unknown.iter().map(|name| self::strange(name, &rule.pointer, side)).collect();
    format!(
        "{DUTY}{action:?} {target:?} {assignee:?} {:?} {then:?} {strange:?}",
        all(&rule.constraints, side)
    )
}

/// Whether a policy says plainly all that another one says: each of its permissions is one of the other's, or one with
/// more conditions; and all that the other forbids or obliges to.
pub(super) fn within(inner: &Policy, outer: &Policy) -> bool {
    let strange = |policy: &Policy| !policy.unknown.is_empty();
    if strange(outer) || (inner.strategy == Strategy::Permit && outer.strategy != Strategy::Permit) {
        return false;
    }
    let keys = |rules: &[Rule]| -> BTreeSet<String> {
        rules.iter().map(|one| format!("{}{:?}", head(one), parts(one))).collect()
    };
    let said = |own: &[Rule], wanted: &[Rule]| wanted.is_empty() || keys(wanted).is_subset(&keys(own));
    let forbids = outer.strategy == Strategy::Permit || said(&inner.prohibitions, &outer.prohibitions);
    let narrower = |own: &Rule, one: &Rule| {
        one.unknown.is_empty() && head(own) == head(one) && parts(one).is_subset(&parts(own))
    };
    // Each permission counts its own uses: two are not within one.
    let mut taken: Vec<&str> = Vec::new();
    let mut permitted = |own: &Rule| {
        let free = |one: &&Rule| !counts(one) || !taken.contains(&one.pointer.as_str());
        let found = outer.permissions.iter().filter(free).find(|one| narrower(own, one));
        taken.extend(found.map(|one| one.pointer.as_str()));
        found.is_some()
    };
    forbids && said(&inner.obligations, &outer.obligations) && inner.permissions.iter().all(&mut permitted)
}

/// Whether a rule counts its uses.
pub(super) fn counts(rule: &Rule) -> bool {
    let mut found = false;
    let mut look = |part: &Constraint| {
        if let Constraint::Atomic(one) = part {
            found |= Operand::parse(&one.left) == Some(Operand::Count);
        }
    };
    rule.constraints.iter().for_each(|one| one.walk(&mut look));
    found
}

/// What a rule is about. A node without a name is only itself.
fn head(rule: &Rule) -> String {
    let scope = |scope: &Option<Scope>| {
        scope.as_ref().map(|one| match one.anonymous {
            true => format!("{one:p}"),
            false => format!("{} {:?} {:?}", one.id, one.source, all(&one.refinements, Side::First)),
        })
    };
    let action = rule.action.as_ref().map(|action| (&action.name, all(&action.refinements, Side::First)));
    format!("{action:?} {:?} {:?}", scope(&rule.target), scope(&rule.assignee))
}

/// Its conditions and duties. What is not read is only itself.
fn parts(rule: &Rule) -> BTreeSet<String> {
    let unread = |constraint: &Constraint| {
        let mut found = false;
        constraint.walk(&mut |part| found |= matches!(part, Constraint::Unread(_)));
        found
    };
    let conditions = rule.constraints.iter().map(|one| match unread(one) {
        true => format!("{one:p}"),
        false => constraint(one, Side::First),
    });
    let duties = rule.duties.iter().map(|duty| self::rule(duty, Side::First));
    conditions.chain(duties).chain(rule.unknown.iter().map(|name| format!("{rule:p} {name}"))).collect()
}

/// What is not understood is the same as nothing else.
pub(super) fn strange(name: &str, pointer: &str, side: Side) -> String {
    format!("strange {name} {pointer} {side:?}")
}

fn all(constraints: &[Constraint], side: Side) -> Vec<String> {
    let mut keys: Vec<String> = constraints.iter().map(|one| constraint(one, side)).collect();
    keys.sort_unstable();
    keys
}

fn constraint(constraint: &Constraint, side: Side) -> String {
    match constraint {
        Constraint::Atomic(one) => atomic(one),
        Constraint::Logical(logical) => {
            format!("{} {:?}", logical.operator.name(), all(&logical.parts, side))
        }
        Constraint::Unread(unread) => strange(&unread.found, &unread.pointer, side),
    }
}
