//! Clauses that say the same, asked to be so and not so.

use super::formula::{Atom, Literal, Truth};
use super::key;

/// The same clause is asked to be so and not so.
pub(super) fn contradicting(literals: &[&Literal<'_>]) -> bool {
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
