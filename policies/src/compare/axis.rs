//! All clauses on one thing, together: whether some value of it, or none, meets them.

use std::collections::BTreeSet;

use super::contradiction::contradicting;
use super::formula::{Atom, Literal, Truth};
use super::subject::{actions, scopes};
use super::{Knowledge, concept, key, own, range};
use crate::decision::Verdict::{self, Satisfied, Unknown, Unsatisfied};
use crate::model::Atomic;
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
        && !matches!(test.operand, Operand::DateTime | Operand::ElapsedTime | Operand::DelayPeriod)
    {
        return own::verdict(&tests().collect::<Vec<_>>());
    }
    range::verdict(&atomics).unwrap_or_else(|| concept::verdict(&atomics, knowledge))
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
