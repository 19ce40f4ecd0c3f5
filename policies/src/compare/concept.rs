//! Clauses on names of things that may be within each other. What nobody says of two names is unknown, never false.

use std::collections::BTreeSet;

use super::Knowledge;
use super::axis::{any, so};
use super::formula::Truth;
use crate::decision::Verdict::{self, Satisfied, Unknown, Unsatisfied};
use crate::evaluation::reaches;
use crate::model::Atomic;
use crate::operand::Operator;
use crate::rdf::Term;
use crate::typed::Typed;

/// One value that is tried.
#[derive(Clone, Copy)]
enum Tried<'a> {
    Name(&'a Term),
    /// One that no clause and nobody knows.
    Another,
}

pub(super) fn verdict(atomics: &[(&Atomic, Truth)], knowledge: &Knowledge) -> Verdict {
    let listed: Vec<&Term> = atomics.iter().flat_map(|(atomic, _)| &atomic.right).collect();
    if listed.is_empty() || listed.iter().any(|term| Typed::of(term).is_none()) {
        return Unknown;
    }
    // Where one is asked to be one of a few, only these come into question.
    let few = atomics.iter().find(|(atomic, wanted)| {
        *wanted == Truth::Holds && matches!(atomic.operator, Operator::Eq | Operator::IsAnyOf)
            || *wanted == Truth::Fails && matches!(atomic.operator, Operator::Neq | Operator::IsNoneOf)
    });
    let tried: Vec<Tried<'_>> = match few {
        Some((few, _)) => few.right.iter().map(Tried::Name).collect(),
        None => listed.iter().copied().map(Tried::Name).chain([Tried::Another]).collect(),
    };
    let met = |value: Tried<'_>| {
        let exact = |atomic: &Atomic| few.is_some_and(|(few, _)| std::ptr::eq(*few, atomic));
        atomics.iter().fold(Satisfied, |sum, (atomic, wanted)| {
            sum.and(if exact(atomic) { Satisfied } else { so(*wanted, holds(atomic, value, knowledge)) })
        })
    };
    let verdict = any(tried.into_iter().map(met));
    if verdict == Unsatisfied && few.is_none() && !apart(atomics, knowledge) { Unknown } else { verdict }
}

/// Whether two clauses ask for what is within concepts that have nothing in common.
fn apart(atomics: &[(&Atomic, Truth)], knowledge: &Knowledge) -> bool {
    let below = |wanted: &Truth, atomic: &Atomic| {
        *wanted == Truth::Holds && matches!(atomic.operator, Operator::IsA | Operator::IsPartOf)
    };
    let within = || atomics.iter().filter(|(atomic, wanted)| below(wanted, atomic));
    let nothing = |one: &Atomic, two: &Atomic| {
        one.right.iter().all(|a| two.right.iter().all(|b| distinct(a, b, knowledge)))
    };
    within().any(|(one, _)| within().any(|(two, _)| nothing(one, two)))
}

fn holds(atomic: &Atomic, value: Tried<'_>, knowledge: &Knowledge) -> Verdict {
    let expected = &atomic.right;
    let equal = |term: &Term| match value {
        Tried::Another => Unsatisfied,
        Tried::Name(own) if own == term => Satisfied,
        Tried::Name(own) if distinct(own, term, knowledge) => Unsatisfied,
        Tried::Name(_) => Unknown,
    };
    let pair = |narrow: &Term, broad: &Term| {
        if narrow == broad || names(narrow, broad).is_some_and(|(a, b)| reaches(a, b, &knowledge.broader)) {
            Satisfied
        } else if distinct(narrow, broad, knowledge) {
            Unsatisfied
        } else {
            Unknown
        }
    };
    match (atomic.operator, value) {
        (Operator::Eq | Operator::IsAnyOf, _) => any(expected.iter().map(equal)),
        (Operator::Neq | Operator::IsNoneOf, _) => !any(expected.iter().map(equal)),
        (Operator::IsA | Operator::IsPartOf, Tried::Name(own)) => {
            any(expected.iter().map(|broad| pair(own, broad)))
        }
        (Operator::HasPart, Tried::Name(own)) => {
            expected.iter().fold(Satisfied, |sum, part| sum.and(pair(part, own)))
        }
        _ => Unknown,
    }
}

/// Whether two names stand for things without anything in common: texts are what they say, concepts only where
/// somebody says so.
fn distinct(one: &Term, two: &Term, knowledge: &Knowledge) -> bool {
    if let Some((a, b)) = names(one, two) {
        let both = |set: &BTreeSet<String>| a != b && set.contains(a) && set.contains(b);
        return knowledge.distinct.iter().any(both);
    }
    let differ = |a: &Typed, b: &Typed| a.equals(b) == Unsatisfied && b.equals(a) == Unsatisfied;
    let written = |term: &Term| matches!(term, Term::Literal(_));
    let typed = (Typed::of(one), Typed::of(two));
    written(one) && written(two) && matches!(&typed, (Some(a), Some(b)) if differ(a, b))
}

fn names<'a>(one: &'a Term, two: &'a Term) -> Option<(&'a str, &'a str)> {
    match (one, two) {
        (Term::NamedNode(a), Term::NamedNode(b)) => Some((a.as_str(), b.as_str())),
        _ => None,
    }
}
