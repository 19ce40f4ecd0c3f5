//! What of a policy nobody understood, as faults.

use super::{Constraint, Policy, Rule, Scope};
use crate::fault::{Fault, FaultCode};

impl Policy {
    /// Everything that is not understood, with its place; nothing when the policy is understood whole.
    pub fn not_understood(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        members("", &self.unknown, &mut faults);
        for (index, rule) in self.rules().enumerate() {
            // Rules that were written as one have the same faults.
            if self.rules().take(index).all(|other| other.pointer != rule.pointer) {
                self::rule(rule, &mut faults);
            }
        }
        faults
    }
}

fn rule(rule: &Rule, faults: &mut Vec<Fault>) {
    let at = &rule.pointer;
    members(at, &rule.unknown, faults);
    if let Some(action) = &rule.action {
        members(&format!("{at}/action"), &action.unknown, faults);
        constraints(&action.refinements, faults);
    }
    let scopes = [("target", &rule.target), ("assigner", &rule.assigner), ("assignee", &rule.assignee)];
    for (member, scope) in scopes {
        if let Some(Scope { unknown, refinements, .. }) = scope {
            members(&format!("{at}/{member}"), unknown, faults);
            constraints(refinements, faults);
        }
    }
    constraints(&rule.constraints, faults);
    let below = [&rule.duties, &rule.consequences, &rule.remedies];
    below.into_iter().flatten().for_each(|one| self::rule(one, faults));
}

fn constraints(list: &[Constraint], faults: &mut Vec<Fault>) {
    let mut one = |constraint: &Constraint| match constraint {
        Constraint::Atomic(atomic) => members(&atomic.pointer, &atomic.unknown, faults),
        Constraint::Logical(logical) if logical.parts.is_empty() => {
            faults.push(Fault::new(&logical.pointer, FaultCode::Empty, "", ""));
        }
        Constraint::Logical(_) => {}
        Constraint::Unread(unread) => {
            let code = unread.code.unwrap_or(FaultCode::Member);
            faults.push(Fault::new(&unread.pointer, code, &unread.found, ""));
        }
    };
    list.iter().for_each(|constraint| constraint.walk(&mut one));
}

fn members(at: &str, unknown: &[String], faults: &mut Vec<Fault>) {
    faults.extend(unknown.iter().map(|name| Fault::new(at, FaultCode::Member, name, "")));
}
