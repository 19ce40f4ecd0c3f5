//! Operands of which only one side speaks.

use std::collections::BTreeMap;

use super::clause::{Clause, Finding, FindingKey};
use crate::model::{Constraint, Policy};

/// What one side says of operands on which the other one is silent, where both speak of some.
pub(super) fn silences(first: &Policy, second: &Policy) -> Vec<Finding> {
    let (one, two) = (spoken(first), spoken(second));
    if !one.keys().any(|left| two.contains_key(left)) {
        return Vec::new();
    }
    let only = |own: &BTreeMap<String, Clause>, other: &BTreeMap<String, Clause>| -> Vec<Clause> {
        own.iter().filter(|(left, _)| !other.contains_key(*left)).map(|(_, clause)| clause.clone()).collect()
    };
    let silent = |first, second| Finding { key: FindingKey::Silent, first, second };
    let of_first = only(&one, &two).into_iter().map(|clause| silent(Some(clause), None));
    let of_second = only(&two, &one).into_iter().map(|clause| silent(None, Some(clause)));
    of_first.chain(of_second).collect()
}

/// The operands of a policy's conditions, each with a clause on it.
fn spoken(policy: &Policy) -> BTreeMap<String, Clause> {
    let mut spoken = BTreeMap::new();
    for constraint in policy.rules().flat_map(|rule| &rule.constraints) {
        constraint.walk(&mut |part| {
            if let Constraint::Atomic(atomic) = part {
                spoken.entry(atomic.left.clone()).or_insert_with(|| Clause::of_constraint(atomic));
            }
        });
    }
    spoken
}
