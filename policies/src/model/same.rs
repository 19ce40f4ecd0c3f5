//! Do two policies say the same? Names of nodes that have none, the order of what holds together, and spellings of
//! values that decisions check alike make no difference.

use contracts::odrl::LogicalOperator;

use super::{Action, Constraint, Policy, Rule, Scope};
use crate::rdf::Term;

impl Policy {
    /// Whether both say the same.
    pub fn same(&self, other: &Policy) -> bool {
        self.differs(other).is_none()
    }

    /// Where the other policy says something else: the place here, and what stands there.
    pub(crate) fn differs(&self, other: &Policy) -> Option<(String, String)> {
        let (own, theirs) = (self.plain(), other.plain());
        let places = self.rules();
        let rules = own.rules().zip(theirs.rules().map(Some).chain(std::iter::repeat(None)));
        for (place, (one, two)) in places.zip(rules) {
            if Some(one) != two {
                return Some((place.pointer.clone(), place.kind.property().to_owned()));
            }
        }
        (own != theirs).then(|| (String::new(), self.id.clone()))
    }

    /// The policy in one of its spellings.
    fn plain(&self) -> Policy {
        let mut plain = self.clone();
        blank(&mut plain.id);
        plain.kinds.sort();
        plain.profiles.sort();
        plain.profiles.dedup();
        for list in [&mut plain.permissions, &mut plain.prohibitions, &mut plain.obligations] {
            rules(list);
        }
        plain
    }
}

/// Rules that were written as one share a counter; which one is all that their place says.
fn rules(list: &mut [Rule]) {
    let mut known: Vec<String> = Vec::new();
    for rule in list {
        let number = known.iter().position(|pointer| *pointer == rule.pointer).unwrap_or(known.len());
        let pointer = std::mem::replace(&mut rule.pointer, number.to_string());
        if number == known.len() {
            known.push(pointer);
        }
        blank(&mut rule.id);
        rule.action.iter_mut().for_each(action);
        for scope in [&mut rule.target, &mut rule.assigner, &mut rule.assignee].into_iter().flatten() {
            self::scope(scope);
        }
        constraints(&mut rule.constraints);
        [&mut rule.duties, &mut rule.consequences, &mut rule.remedies].into_iter().for_each(|l| rules(l));
    }
}

fn action(action: &mut Action) {
    action.id = None;
    action.included_in.sort();
    action.included_in.dedup();
    constraints(&mut action.refinements);
}

fn scope(scope: &mut Scope) {
    if scope.anonymous {
        scope.id.clear();
    }
    scope.part_of.sort();
    scope.part_of.dedup();
    constraints(&mut scope.refinements);
}

fn constraints(list: &mut [Constraint]) {
    spelt(list);
    sort(list);
}

/// Each in one of its spellings.
fn spelt(list: &mut [Constraint]) {
    for one in list {
        match one {
            Constraint::Atomic(atomic) => {
                atomic.id.clear();
                atomic.pointer.clear();
                if let Some(test) = &mut atomic.test {
                    test.pointer.clear();
                    test.expected.clear();
                    atomic.right.clear();
                }
                atomic.right.sort_by_key(Term::to_string);
                atomic.right.dedup();
                atomic.references.sort();
            }
            Constraint::Logical(logical) => {
                logical.id.clear();
                logical.pointer.clear();
                spelt(&mut logical.parts);
                // Alternatives have no order, events have one.
                if logical.operator != LogicalOperator::AndSequence {
                    sort(&mut logical.parts);
                }
            }
            Constraint::Unread(unread) => {
                blank(&mut unread.id);
                unread.pointer.clear();
            }
        }
    }
}

fn sort(list: &mut [Constraint]) {
    list.sort_by_cached_key(|one| format!("{one:?}"));
}

fn blank(id: &mut String) {
    if id.starts_with("_:") {
        id.clear();
    }
}
