//! All clauses on one thing, together: whether some value of it, or none, meets them.

use std::collections::BTreeSet;

use ontology::action::Action as Known;

use super::formula::{Atom, Literal, Truth};
use super::{Knowledge, concept, key, own, range};
use crate::decision::Verdict::{self, Satisfied, Unknown, Unsatisfied};
use crate::model::{Action, Atomic, Scope};
use crate::operand::Operand;

/// Whether two clauses are about the same thing.
pub(super) fn same(one: &Literal<'_>, two: &Literal<'_>) -> bool {
    match (&one.atom, &two.atom) {
        (Atom::Constraint(a, at), Atom::Constraint(b, other)) => at == other && a.left == b.left,
        (Atom::Opaque(a), Atom::Opaque(b)) => a == b,
        (Atom::Action { .. }, Atom::Action { .. })
        | (Atom::Target(_), Atom::Target(_))
        | (Atom::Party(_), Atom::Party(_)) => true,
        _ => false,
    }
}

/// Whether clauses on one thing can be so together.
pub(super) fn verdict(literals: &[&Literal<'_>], knowledge: &Knowledge) -> Verdict {
    if contradicting(literals) {
        return Unsatisfied;
    }
    let asked = |truths: [Truth; 2]| literals.iter().any(|literal| truths.contains(&literal.truth));
    // What has no value neither holds nor fails.
    if !asked([Truth::Holds, Truth::Fails]) {
        return Satisfied;
    }
    let Some(first) = literals.first() else { return Satisfied };
    let verdict = match &first.atom {
        Atom::Constraint(..) => constraints(literals, knowledge),
        Atom::Action { .. } => actions(literals),
        Atom::Target(_) | Atom::Party(_) => scopes(literals),
        // A duty, or what is not understood: nobody knows what it depends on.
        Atom::Opaque(name) => {
            let done = literals.iter().all(|literal| literal.truth == Truth::Holds);
            return if done && key::is_duty(name) { Satisfied } else { Unknown };
        }
    };
    // A value of which little is known may do neither.
    if verdict == Unsatisfied && asked([Truth::NotHolds; 2]) && asked([Truth::NotFails; 2]) {
        return Unknown;
    }
    verdict
}

/// The same clause is asked to be so and not so.
fn contradicting(literals: &[&Literal<'_>]) -> bool {
    let opposite = |a: Truth, b: Truth| {
        matches!((a, b), (Truth::Holds, Truth::NotHolds | Truth::Fails) | (Truth::Fails, Truth::NotFails))
    };
    literals.iter().enumerate().any(|(at, one)| {
        literals.iter().skip(at + 1).any(|two| {
            (opposite(one.truth, two.truth) || opposite(two.truth, one.truth)) && alike(&one.atom, &two.atom)
        })
    })
}

/// Whether clauses say the same.
fn alike(one: &Atom<'_>, two: &Atom<'_>) -> bool {
    match (one, two) {
        (Atom::Constraint(a, _), Atom::Constraint(b, _)) => {
            std::ptr::eq(*a, *b)
                || (a.left == b.left && a.operator == b.operator && key::atomic(a) == key::atomic(b))
        }
        (Atom::Action { action: a, wide }, Atom::Action { action: b, wide: other }) => {
            wide == other && a.name == b.name && a.included_in == b.included_in && a.unknown == b.unknown
        }
        (Atom::Target(a), Atom::Target(b)) | (Atom::Party(a), Atom::Party(b)) => {
            !a.anonymous && !b.anonymous && a.id == b.id && a.source == b.source && a.unknown == b.unknown
        }
        (Atom::Opaque(a), Atom::Opaque(b)) => a == b,
        _ => false,
    }
}

fn constraints(literals: &[&Literal<'_>], knowledge: &Knowledge) -> Verdict {
    let atomics: Vec<(&Atomic, Truth)> = literals
        .iter()
        .filter_map(|literal| match &literal.atom {
            Atom::Constraint(atomic, _) => Some((*atomic, literal.truth)),
            _ => None,
        })
        .collect();
    let strange = |one: &Atomic| !one.unknown.is_empty() || !one.references.is_empty();
    let units: BTreeSet<&Option<String>> = atomics.iter().map(|(one, _)| &one.unit).collect();
    if units.len() > 1 || atomics.iter().any(|(one, _)| strange(one)) {
        return Unknown;
    }
    let tests = || atomics.iter().filter_map(|(one, truth)| Some((one.test.as_ref()?, *truth)));
    // What is told of a concept comes before what it is in our own schemes.
    let told = atomics.iter().any(|(one, _)| one.right.iter().any(|value| knowledge.tells(value)));
    if !told
        && tests().count() == atomics.len()
        && let Some((test, _)) = tests().next()
        && !matches!(test.operand, Operand::DateTime | Operand::ElapsedTime)
    {
        return own::verdict(&tests().collect::<Vec<_>>());
    }
    range::verdict(&atomics).unwrap_or_else(|| concept::verdict(&atomics, knowledge))
}

/// Every action of the vocabulary is tried, and those that somebody named.
fn actions(literals: &[&Literal<'_>]) -> Verdict {
    let asked: Vec<(&Action, bool, Truth)> = literals
        .iter()
        .filter_map(|literal| match &literal.atom {
            Atom::Action { action, wide } => Some((*action, *wide, literal.truth)),
            _ => None,
        })
        .collect();
    if asked.iter().any(|(action, ..)| !action.unknown.is_empty()) {
        return Unknown;
    }
    let truth = |is: bool| if is { Satisfied } else { Unsatisfied };
    // Profiles may say more of their actions than stands here.
    let strange = asked.iter().any(|(action, ..)| action.known.is_none());
    let known = Known::all().map(|done| {
        asked.iter().fold(Satisfied, |sum, (action, wide, wanted)| {
            let one = match action.known {
                Some(own) => truth(own.covers(done) || (*wide && done.covers(own))),
                None => Unknown,
            };
            sum.and(so(*wanted, one))
        })
    });
    let named = asked.iter().filter(|(action, ..)| action.known.is_none()).map(|(done, ..)| {
        asked.iter().fold(Satisfied, |sum, (action, _, wanted)| {
            let one = if action.name == done.name { Satisfied } else { Unknown };
            sum.and(so(*wanted, one))
        })
    });
    let verdict = any(known.chain(named));
    if strange && verdict == Unsatisfied { Unknown } else { verdict }
}

/// One dataset, or one party: each that is named is tried, and one that is not.
fn scopes(literals: &[&Literal<'_>]) -> Verdict {
    let asked: Vec<(&Scope, Truth)> = literals
        .iter()
        .filter_map(|literal| match &literal.atom {
            Atom::Target(scope) | Atom::Party(scope) => Some((*scope, literal.truth)),
            _ => None,
        })
        .collect();
    if asked.iter().any(|(scope, _)| scope.anonymous || !scope.unknown.is_empty()) {
        return Unknown;
    }
    // What is part of what is only known when it is asked.
    let loose = |scope: &Scope| scope.collection || scope.source.is_some() || !scope.part_of.is_empty();
    let of = |scope: &Scope, name: Option<&str>| match name {
        Some(name) if name == scope.id || scope.source.as_deref() == Some(name) => Satisfied,
        Some(_) if loose(scope) => Unknown,
        _ => Unsatisfied,
    };
    let names = asked.iter().map(|(scope, _)| Some(scope.id.as_str())).chain([None]);
    let verdict = any(names.map(|name| {
        asked.iter().fold(Satisfied, |sum, (scope, wanted)| sum.and(so(*wanted, of(scope, name))))
    }));
    let vague = asked.iter().any(|(scope, _)| loose(scope));
    if vague && verdict == Unsatisfied { Unknown } else { verdict }
}

/// Whether a clause that came to this is as it is asked to be.
pub(super) fn so(wanted: Truth, verdict: Verdict) -> Verdict {
    match wanted {
        Truth::Holds | Truth::NotFails => verdict,
        Truth::Fails | Truth::NotHolds => !verdict,
    }
}

pub(super) fn any(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    !verdicts.fold(Satisfied, |sum, one| sum.and(!one))
}
