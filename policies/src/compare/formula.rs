//! A policy as a formula over its clauses. A clause has three values, so it can be asked to hold, to fail, and not to.

use super::key;
use crate::evaluation::Place as Spot;
use crate::model::{self, Atomic, Constraint, Logical, Policy, Rule, RuleKind, Scope, Strategy};
use contracts::odrl::LogicalOperator;

#[derive(Debug, Clone)]
pub(super) enum Formula<'a> {
    All(Vec<Formula<'a>>),
    Any(Vec<Formula<'a>>),
    Is(Literal<'a>),
}

/// Whose clause it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    First,
    Second,
}

/// What is asked of a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    Holds,
    Fails,
    /// Fails, or is unknown.
    NotHolds,
    /// Holds, or is unknown.
    NotFails,
}

#[derive(Debug, Clone)]
pub(super) struct Literal<'a> {
    pub atom: Atom<'a>,
    pub truth: Truth,
    pub side: Side,
    pub rule: &'a str,
    /// The sequence that a condition is a step of.
    pub sequence: Option<&'a str>,
}

#[derive(Debug, Clone)]
pub(super) enum Atom<'a> {
    Constraint(&'a Atomic, Spot),
    /// `wide`: also touched by what includes it.
    Action {
        action: &'a model::Action,
        wide: bool,
    },
    Target(&'a Scope),
    Party(&'a Scope),
    /// What is only known to be the same or not.
    Opaque(String),
}

impl Truth {
    const fn negated(self) -> Truth {
        match self {
            Truth::Holds => Truth::NotHolds,
            Truth::NotHolds => Truth::Holds,
            Truth::Fails => Truth::NotFails,
            Truth::NotFails => Truth::Fails,
        }
    }

    /// Whether an absent value can be so.
    pub(super) const fn spares_absence(self) -> bool {
        matches!(self, Truth::NotHolds | Truth::NotFails)
    }
}

impl<'a> Formula<'a> {
    /// What the policy permits.
    pub(super) fn of(policy: &'a Policy, side: Side) -> Formula<'a> {
        let permits = policy.permissions.iter().map(|rule| whole(rule, side, Truth::Holds)).collect();
        let mut all = vec![Formula::Any(permits)];
        if policy.strategy != Strategy::Permit {
            all.extend(policy.prohibitions.iter().map(|rule| whole(rule, side, Truth::Fails)));
        }
        let opaque = |text: String| {
            Formula::Is(Literal {
                atom: Atom::Opaque(text),
                truth: Truth::Holds,
                side,
                rule: "",
                sequence: None,
            })
        };
        all.extend(policy.obligations.iter().map(|rule| opaque(key::rule(rule, side))));
        all.extend(policy.unknown.iter().map(|name| opaque(key::strange(name, "", side))));
        Formula::All(all)
    }

    /// Its opposite.
    pub(super) fn negated(&self) -> Formula<'a> {
        match self {
            Formula::All(parts) => Formula::Any(parts.iter().map(Formula::negated).collect()),
            Formula::Any(parts) => Formula::All(parts.iter().map(Formula::negated).collect()),
            Formula::Is(literal) => {
                Formula::Is(Literal { truth: literal.truth.negated(), ..literal.clone() })
            }
        }
    }

    /// All of them hold, or one of them fails.
    fn joint(parts: Vec<Formula<'a>>, truth: Truth) -> Formula<'a> {
        if truth == Truth::Holds { Formula::All(parts) } else { Formula::Any(parts) }
    }
}

/// A rule with all its premises: that it holds, or that it fails.
fn whole(rule: &Rule, side: Side, truth: Truth) -> Formula<'_> {
    let is = |atom| Formula::Is(Literal { atom, truth, side, rule: &rule.pointer, sequence: None });
    let place = Reading { side, truth, rule: &rule.pointer, spot: Spot::Rule, sequence: None };
    let mut parts = Vec::new();
    if let Some(action) = &rule.action {
        parts.push(is(Atom::Action { action, wide: rule.kind == RuleKind::Prohibition }));
        let refining = Reading { spot: Spot::Action, ..place };
        parts.extend(action.refinements.iter().map(|one| refining.read(one)));
    }
    for (scope, spot) in [(&rule.target, Spot::Asset), (&rule.assignee, Spot::Party)] {
        let Some(scope) = scope else { continue };
        parts.push(is(if spot == Spot::Asset { Atom::Target(scope) } else { Atom::Party(scope) }));
        parts.extend(scope.refinements.iter().map(|one| Reading { spot, ..place }.read(one)));
    }
    parts.extend(rule.constraints.iter().map(|one| place.read(one)));
    parts.extend(rule.duties.iter().map(|duty| is(Atom::Opaque(key::rule(duty, side)))));
    // What is not understood never makes a rule fail: a prohibition with it stays one.
    if truth == Truth::Holds {
        parts.extend(
            rule.unknown.iter().map(|name| is(Atom::Opaque(key::strange(name, &rule.pointer, side)))),
        );
    }
    Formula::joint(parts, truth)
}

/// Where constraints are read.
#[derive(Clone, Copy)]
struct Reading<'a> {
    side: Side,
    truth: Truth,
    rule: &'a str,
    spot: Spot,
    sequence: Option<&'a str>,
}

impl<'a> Reading<'a> {
    fn read(self, constraint: &'a Constraint) -> Formula<'a> {
        let Reading { side, truth, rule, spot, sequence } = self;
        let is = |atom| Formula::Is(Literal { atom, truth, side, rule, sequence });
        match constraint {
            Constraint::Atomic(atomic) => is(Atom::Constraint(atomic, spot)),
            Constraint::Unread(unread) => {
                is(Atom::Opaque(key::strange(&unread.found, &unread.pointer, side)))
            }
            // Without parts nothing is said.
            Constraint::Logical(logical) if logical.parts.is_empty() => {
                is(Atom::Opaque(key::strange("", &logical.pointer, side)))
            }
            Constraint::Logical(logical) => self.logical(logical),
        }
    }

    fn logical(self, logical: &'a Logical) -> Formula<'a> {
        let own = match logical.operator {
            LogicalOperator::AndSequence => Reading { sequence: Some(&logical.pointer), ..self },
            LogicalOperator::And | LogicalOperator::Or | LogicalOperator::Xone => self,
        };
        let each = |truth| -> Vec<Formula<'a>> {
            logical.parts.iter().map(|part| Reading { truth, ..own }.read(part)).collect()
        };
        match (logical.operator, self.truth) {
            (LogicalOperator::And | LogicalOperator::AndSequence, truth) => {
                Formula::joint(each(truth), truth)
            }
            (LogicalOperator::Or, Truth::Holds) => Formula::Any(each(Truth::Holds)),
            (LogicalOperator::Or, _) => Formula::All(each(Truth::Fails)),
            (LogicalOperator::Xone, Truth::Holds) => {
                let only = |at: usize| {
                    let part = |(index, part)| {
                        let truth = if index == at { Truth::Holds } else { Truth::Fails };
                        Reading { truth, ..own }.read(part)
                    };
                    Formula::All(logical.parts.iter().enumerate().map(part).collect())
                };
                Formula::Any((0..logical.parts.len()).map(only).collect())
            }
            // None of them, or two.
            (LogicalOperator::Xone, _) => {
                let holding = each(Truth::Holds);
                let pairs = holding.iter().enumerate().flat_map(|(at, one)| {
                    let two = |two: &Formula<'a>| Formula::All(vec![one.clone(), two.clone()]);
                    holding.iter().skip(at + 1).map(two).collect::<Vec<_>>()
                });
                Formula::Any(std::iter::once(Formula::All(each(Truth::Fails))).chain(pairs).collect())
            }
        }
    }
}
