//! Compact, compound and inheriting policies to atomic rules (ODRL 2.2, 2.7 and 2.8).

use super::{Policy, Rule, RuleKind, Shared, Strategy, Written, WrittenRule};
use crate::fault::{Fault, FaultCode};

/// Most atomic rules of a policy.
const MAX_RULES: usize = 10_000;
/// Longest chain of policies that inherit from each other.
const MAX_CHAIN: usize = 16;

/// The atomic rules of a policy with those it inherits from the `known` policies. A policy that inherits from one that
/// is not known is not understood as a whole.
///
/// # Errors
/// Policies that inherit from themselves, and more rules than are read.
pub fn atomic(policy: &Written, known: &[Written]) -> Result<Policy, Vec<Fault>> {
    let mut chain = Chain { known, path: Vec::new(), met: Vec::new(), faults: Vec::new() };
    let gathered = chain.gather(policy);
    let mut faults = chain.faults;
    let mut atomic = Policy {
        id: policy.id.clone(),
        kinds: policy.kinds.clone(),
        profiles: gathered.profiles,
        strategy: gathered.strategy.unwrap_or(Strategy::Invalid),
        permissions: Vec::new(),
        prohibitions: Vec::new(),
        obligations: Vec::new(),
        unknown: gathered.unknown,
    };
    let mut left = MAX_RULES;
    for rule in &gathered.rules {
        let list = match rule.kind {
            RuleKind::Permission => &mut atomic.permissions,
            RuleKind::Prohibition => &mut atomic.prohibitions,
            RuleKind::Obligation | RuleKind::Duty | RuleKind::Consequence | RuleKind::Remedy => {
                &mut atomic.obligations
            }
        };
        match expand(rule, &mut left) {
            Some(rules) => list.extend(rules),
            None => {
                let found = format!("{} rules", MAX_RULES + 1);
                faults.push(Fault::new(&rule.pointer, FaultCode::Large, found, MAX_RULES.to_string()));
                break;
            }
        }
    }
    if faults.is_empty() { Ok(atomic) } else { Err(faults) }
}

/// A policy with all that it inherits; its rules say all that is said for them.
struct Gathered {
    shared: Shared,
    rules: Vec<WrittenRule>,
    profiles: Vec<String>,
    strategy: Option<Strategy>,
    unknown: Vec<String>,
}

struct Chain<'a> {
    known: &'a [Written],
    path: Vec<&'a str>,
    /// Policies that were gathered: one inherited in two ways is inherited once.
    met: Vec<&'a str>,
    faults: Vec<Fault>,
}

impl<'a> Chain<'a> {
    fn gather(&mut self, policy: &'a Written) -> Gathered {
        let mut all = Gathered {
            shared: policy.shared.clone(),
            rules: Vec::new(),
            profiles: policy.profiles.clone(),
            strategy: policy.strategy,
            unknown: policy.unknown.clone(),
        };
        self.path.push(&policy.id);
        for (at, parent) in policy.inherits.iter().enumerate() {
            let pointer = format!("/inheritFrom/{at}");
            if self.path.contains(&parent.as_str()) || self.path.len() >= MAX_CHAIN {
                self.faults.push(Fault::new(pointer, FaultCode::Cycle, parent, ""));
                continue;
            }
            if self.met.contains(&parent.as_str()) {
                continue;
            }
            let Some(parent) = self.known.iter().find(|known| known.id == *parent) else {
                all.unknown.push(format!("inheritFrom {parent}"));
                continue;
            };
            self.met.push(&parent.id);
            let inherited = self.gather(parent);
            for mut rule in inherited.rules {
                rule.fill(&policy.shared);
                rule.moved(&pointer);
                all.rules.push(rule);
            }
            all.shared.fill(&inherited.shared);
            all.profiles.extend(inherited.profiles);
            all.strategy = all.strategy.or(inherited.strategy);
            all.unknown.extend(inherited.unknown);
        }
        self.path.pop();
        for rule in &policy.rules {
            let mut rule = rule.clone();
            rule.fill(&all.shared);
            all.rules.push(rule);
        }
        all
    }
}

impl Shared {
    /// Takes from another what this one does not say.
    fn fill(&mut self, other: &Shared) {
        let take = |own: &mut Vec<super::Scope>, theirs: &Vec<super::Scope>| {
            if own.is_empty() {
                own.clone_from(theirs);
            }
        };
        if self.actions.is_empty() {
            self.actions.clone_from(&other.actions);
        }
        take(&mut self.targets, &other.targets);
        take(&mut self.assigners, &other.assigners);
        take(&mut self.assignees, &other.assignees);
    }
}

impl WrittenRule {
    fn fill(&mut self, shared: &Shared) {
        self.own.fill(shared);
    }

    /// Names a rule by the way to the policy that it comes from.
    fn moved(&mut self, from: &str) {
        self.pointer.insert_str(0, from);
        let below = self.duties.iter_mut().chain(&mut self.consequences).chain(&mut self.remedies);
        below.for_each(|rule| rule.moved(from));
    }
}

/// One rule for each action, target and party; `None` when that is too many.
fn expand(rule: &WrittenRule, left: &mut usize) -> Option<Vec<Rule>> {
    let all = |list: &[WrittenRule], left: &mut usize| -> Option<Vec<Rule>> {
        let mut rules = Vec::new();
        for rule in list {
            rules.extend(expand(rule, left)?);
        }
        Some(rules)
    };
    let duties = all(&rule.duties, left)?;
    let consequences = all(&rule.consequences, left)?;
    let remedies = all(&rule.remedies, left)?;
    let mut rules = Vec::new();
    for action in each(&rule.own.actions) {
        for target in each(&rule.own.targets) {
            for assigner in each(&rule.own.assigners) {
                for assignee in each(&rule.own.assignees) {
                    *left = left.checked_sub(1 + duties.len() + consequences.len() + remedies.len())?;
                    rules.push(Rule {
                        id: rule.id.clone(),
                        pointer: rule.pointer.clone(),
                        kind: rule.kind,
                        action: action.cloned(),
                        target: target.cloned(),
                        assigner: assigner.cloned(),
                        assignee: assignee.cloned(),
                        constraints: rule.constraints.clone(),
                        duties: duties.clone(),
                        consequences: consequences.clone(),
                        remedies: remedies.clone(),
                        unknown: rule.unknown.clone(),
                    });
                }
            }
        }
    }
    Some(rules)
}

/// Each item, or the absence of any.
fn each<T>(items: &[T]) -> impl Iterator<Item = Option<&T>> {
    let none = items.is_empty().then_some(None);
    items.iter().map(Some).chain(none)
}
