//! Durations that bear on each other: the time that is metered, and the delays of a sequence, lie within the time that
//! has elapsed.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use ontology::vocab;

use super::formula::{Atom, Literal, Side, Truth};
use super::range::{Value, pieces};
use crate::decision::Verdict::{self, Satisfied, Unknown, Unsatisfied};
use crate::duration::Span;
use crate::operand::Operator;

/// Whether the clauses allow it, and which these are.
pub(super) fn verdict<'b, 'a>(branch: &[&'b Literal<'a>]) -> (Verdict, Vec<&'b Literal<'a>>) {
    let of = |name: &str| -> Vec<&'b Literal<'a>> {
        branch.iter().copied().filter(|literal| about(literal) == Some(name)).collect()
    };
    let (elapsed, metered, delays) = (of("elapsedTime"), of("meteredTime"), of("delayPeriod"));
    if elapsed.is_empty() || (metered.is_empty() && delays.is_empty()) {
        return (Satisfied, Vec::new());
    }
    let most: Vec<Span> = elapsed.iter().filter_map(|literal| bound(literal, Bound::Most)).collect();
    let least = |literals: &[&Literal<'_>]| -> Vec<Span> {
        literals.iter().filter_map(|literal| bound(literal, Bound::Least)).collect()
    };
    let mut sequences: BTreeMap<(bool, &str), Option<Span>> = BTreeMap::new();
    for step in delays.iter().filter(|step| step.truth == Truth::Holds) {
        if let (Some(sequence), Some(delay)) = (step.sequence, bound(step, Bound::Least)) {
            let sum = sequences.entry((step.side == Side::First, sequence)).or_insert(Some(Span::ZERO));
            *sum = sum.and_then(|sum| sum.plus(delay));
        }
    }
    let needed: Option<Vec<Span>> =
        sequences.into_values().chain(least(&metered).into_iter().map(Some)).collect();
    let needed = needed.unwrap_or_default();
    let alone: Vec<&Literal<'_>> = delays.iter().copied().filter(|step| step.sequence.is_none()).collect();
    let order = |needed: &Span, most: &Span| Value::Span(*needed).order(Value::Span(*most));
    let orders = |needed: &[Span]| -> Vec<Option<Ordering>> {
        needed.iter().flat_map(|needed| most.iter().map(|most| order(needed, most))).collect()
    };
    let related: Vec<&'b Literal<'a>> = elapsed.iter().chain(&metered).chain(&delays).copied().collect();
    if orders(&needed).contains(&Some(Ordering::Greater)) {
        return (Unsatisfied, related);
    }
    // A delay that is in no sequence may come before the time that is counted.
    let vague = orders(&needed).into_iter().chain(orders(&least(&alone)));
    let fits = vague
        .into_iter()
        .all(|order| order == Some(Ordering::Less) || (order == Some(Ordering::Equal) && closed(&related)));
    let plain = related.iter().all(|literal| literal.truth == Truth::Holds && known(literal));
    (if fits && plain { Satisfied } else { Unknown }, related)
}

fn about<'a>(literal: &Literal<'a>) -> Option<&'a str> {
    match &literal.atom {
        Atom::Constraint(atomic, _) => vocab::odrl(&atomic.left),
        _ => None,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    Least,
    Most,
}

/// The least or the most that a clause allows.
fn bound(literal: &Literal<'_>, bound: Bound) -> Option<Span> {
    let Atom::Constraint(atomic, _) = &literal.atom else { return None };
    let wanted = match bound {
        Bound::Least => matches!(atomic.operator, Operator::Eq | Operator::Gt | Operator::Gteq),
        Bound::Most => matches!(atomic.operator, Operator::Eq | Operator::Lt | Operator::Lteq),
    };
    let one = match pieces(atomic)?.as_slice() {
        [one] => one.from,
        _ => return None,
    };
    match one {
        Value::Span(span) if wanted && literal.truth == Truth::Holds => Some(span),
        _ => None,
    }
}

/// Whether the ends of all clauses belong to them.
fn closed(literals: &[&Literal<'_>]) -> bool {
    literals.iter().all(|literal| match &literal.atom {
        Atom::Constraint(atomic, _) => !matches!(atomic.operator, Operator::Lt | Operator::Gt),
        _ => false,
    })
}

/// A limit of one of the kinds that are looked at here.
fn known(literal: &Literal<'_>) -> bool {
    match &literal.atom {
        Atom::Constraint(atomic, _) => matches!(
            atomic.operator,
            Operator::Eq | Operator::Lt | Operator::Lteq | Operator::Gt | Operator::Gteq
        ),
        _ => false,
    }
}
