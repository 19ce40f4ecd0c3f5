//! Is it ODRL 2.2? Everything that the information model asks of a policy and a document does not give.

mod constraint;

use ontology::action::{Action as Known, WITHDRAWN};
use ontology::odrl;

use super::name::local;
use super::read::read;
use super::{Action, Constraint, RuleKind, Scope, Written, WrittenRule};
use crate::fault::{Fault, FaultCode};
use crate::rdf::{BASE, Document};

/// Every fault of the policies of a document; none when all are ODRL 2.2. Terms of profiles are not faults.
pub fn validate(document: &Document) -> Vec<Fault> {
    let policies = match read(document) {
        Ok(policies) => policies,
        Err(faults) => return faults,
    };
    if policies.is_empty() {
        return vec![Fault::new("", FaultCode::NoRule, "", "permission, prohibition, obligation")];
    }
    let mut faults = Vec::new();
    for policy in &policies {
        let before = faults.len();
        check(policy, &mut faults);
        // Terms that no context defines may be those of the profile.
        if !policy.profiles.is_empty() {
            let own = |fault: &Fault| {
                matches!(fault.code, FaultCode::Operand | FaultCode::Action) && fault.found.starts_with(BASE)
            };
            let kept: Vec<Fault> = faults.drain(before..).filter(|fault| !own(fault)).collect();
            faults.extend(kept);
        }
    }
    faults
}

fn check(policy: &Written, faults: &mut Vec<Fault>) {
    if policy.id.starts_with("_:") {
        faults.push(Fault::new("", FaultCode::Missing, "", "uid"));
    }
    kinds(policy, faults);
    if policy.rules.is_empty() {
        faults.push(Fault::new("", FaultCode::NoRule, "", "permission, prohibition, obligation"));
    }
    for term in &policy.unknown {
        if let Some(strategy) = term.strip_prefix("conflict ") {
            faults.push(Fault::new(
                "/conflict",
                FaultCode::Conflict,
                strategy,
                odrl::CONFLICT_TERMS.join(", "),
            ));
        } else if local(term).is_some() || (!term.contains(':') && policy.profiles.is_empty()) {
            faults.push(Fault::new("", FaultCode::Member, term, ""));
        }
    }
    let shared = &policy.shared;
    scopes("/target", &shared.targets, faults);
    scopes("/assigner", &shared.assigners, faults);
    scopes("/assignee", &shared.assignees, faults);
    shared.actions.iter().for_each(|action| self::action("/action", action, faults));
    for (at, one) in policy.rules.iter().enumerate() {
        if policy.rules.iter().take(at).any(|other| other.id == one.id && other.kind != one.kind) {
            faults.push(Fault::new(&one.pointer, FaultCode::Type, &one.id, one.kind.property()));
        }
        rule(policy, one, faults);
    }
}

/// An Offer has an assigner, an Agreement both parties, and no policy is several of these (2.1).
fn kinds(policy: &Written, faults: &mut Vec<Fault>) {
    let kinds: Vec<&str> = policy.kinds.iter().filter_map(|kind| local(kind)).collect();
    for kind in &kinds {
        if !odrl::POLICIES.contains(kind) {
            faults.push(Fault::new("/@type", FaultCode::Type, kind, odrl::POLICIES.join(", ")));
        }
    }
    let exclusive: Vec<&str> = kinds.into_iter().filter(|kind| *kind != "Policy").collect();
    if exclusive.len() > 1 {
        faults.push(Fault::new("/@type", FaultCode::Type, exclusive.join(", "), "1"));
    }
    let has = |of: fn(&super::Shared) -> &Vec<Scope>| {
        // What is inherited may say it.
        !policy.inherits.is_empty()
            || !of(&policy.shared).is_empty()
            || policy.rules.iter().any(|rule| !of(&rule.own).is_empty())
    };
    let mut need = |member: &str, there: bool| {
        if !there {
            faults.push(Fault::new("", FaultCode::Missing, "", member));
        }
    };
    if exclusive.contains(&"Offer") || exclusive.contains(&"Agreement") {
        need("assigner", has(|shared| &shared.assigners));
    }
    if exclusive.contains(&"Agreement") {
        need("assignee", has(|shared| &shared.assignees));
    }
}

fn rule(policy: &Written, rule: &WrittenRule, faults: &mut Vec<Fault>) {
    let at = &rule.pointer;
    // A duty below a rule takes nothing from the policy.
    let top = matches!(rule.kind, RuleKind::Permission | RuleKind::Prohibition | RuleKind::Obligation);
    let fills = |shared: bool| top && (shared || !policy.inherits.is_empty());
    if rule.own.actions.is_empty() && !fills(!policy.shared.actions.is_empty()) {
        faults.push(Fault::new(at, FaultCode::Missing, "", "action"));
    }
    let aims = matches!(rule.kind, RuleKind::Permission | RuleKind::Prohibition);
    if aims && rule.own.targets.is_empty() && !fills(!policy.shared.targets.is_empty()) {
        faults.push(Fault::new(at, FaultCode::Missing, "", "target"));
    }
    let class = match rule.kind {
        RuleKind::Permission => "Permission",
        RuleKind::Prohibition => "Prohibition",
        RuleKind::Obligation | RuleKind::Duty | RuleKind::Consequence | RuleKind::Remedy => "Duty",
    };
    for kind in rule.kinds.iter().filter_map(|kind| local(kind)).filter(|k| *k != class && *k != "Rule") {
        faults.push(Fault::new(format!("{at}/@type"), FaultCode::Type, kind, class));
    }
    let duty = matches!(rule.kind, RuleKind::Obligation | RuleKind::Duty);
    for (list, allowed, accepted) in [
        (&rule.duties, rule.kind == RuleKind::Permission, "/permission/…/duty"),
        (&rule.consequences, duty, "/obligation/…/consequence, /permission/…/duty/…/consequence"),
        (&rule.remedies, rule.kind == RuleKind::Prohibition, "/prohibition/…/remedy"),
    ] {
        for one in list {
            if !allowed {
                faults.push(Fault::new(&one.pointer, FaultCode::Duty, one.kind.property(), accepted));
            }
            self::rule(policy, one, faults);
        }
    }
    for term in rule.unknown.iter().filter(|term| local(term).is_some_and(|l| l != "relation")) {
        faults.push(Fault::new(at, FaultCode::Member, term, ""));
    }
    rule.own.actions.iter().for_each(|action| self::action(&format!("{at}/action"), action, faults));
    scopes(&format!("{at}/target"), &rule.own.targets, faults);
    scopes(&format!("{at}/assigner"), &rule.own.assigners, faults);
    scopes(&format!("{at}/assignee"), &rule.own.assignees, faults);
    constraints(&rule.constraints, faults);
}

fn action(at: &str, action: &Action, faults: &mut Vec<Fault>) {
    if action.name.is_empty() {
        faults.push(Fault::new(at, FaultCode::Missing, "", "rdf:value"));
        return;
    }
    let withdrawn = local(&action.name).is_some_and(|local| WITHDRAWN.contains(&local));
    let strange = local(&action.name).is_some() || !foreign(&action.name);
    if strange && Known::parse(&action.name).is_none() && !withdrawn {
        faults.push(Fault::new(at, FaultCode::Action, &action.name, "ODRL 2.2: use, read, distribute, …"));
    }
    for term in action.unknown.iter().filter(|term| local(term).is_some()) {
        faults.push(Fault::new(at, FaultCode::Member, term, ""));
    }
    constraints(&action.refinements, faults);
}

fn scopes(at: &str, scopes: &[Scope], faults: &mut Vec<Fault>) {
    for scope in scopes {
        if scope.anonymous && scope.source.is_none() && scope.refinements.is_empty() {
            faults.push(Fault::new(at, FaultCode::Missing, "", "uid, source"));
        }
        // What looks like another name is not one.
        for name in [Some(&scope.id), scope.source.as_ref()].into_iter().flatten() {
            if !crate::constraint::identifier(name) {
                faults.push(Fault::new(at, FaultCode::Value, name, "urn:uuid:…, did:web:…, https://…"));
            }
        }
        for term in &scope.unknown {
            faults.push(Fault::new(at, FaultCode::Member, term, ""));
        }
        constraints(&scope.refinements, faults);
    }
}

fn constraints(list: &[Constraint], faults: &mut Vec<Fault>) {
    list.iter().for_each(|one| one.walk(&mut |one| constraint::check(one, faults)));
}

/// A name of somebody's own vocabulary.
fn foreign(name: &str) -> bool {
    name.contains(':') && !name.starts_with(BASE) && crate::constraint::identifier(name)
}
