//! A found value against an expected one, by every operator of ODRL.

use super::World;
use super::collection::reaches;
use crate::decision::Verdict::{self, Satisfied, Unknown, Unsatisfied};
use crate::operand::Operator;
use crate::rdf::Term;
use crate::typed::Typed;

/// Whether what was found stands to what is expected as the operator says. A value that is not of its own datatype
/// is no value: unknown.
pub(super) fn compare(operator: Operator, found: &[Term], expected: &[Term], world: &World) -> Verdict {
    let typed = |terms: &[Term]| terms.iter().map(Typed::of).collect::<Option<Vec<Typed>>>();
    let (Some(found), Some(expected)) = (typed(found), typed(expected)) else { return Unknown };
    if found.is_empty() || expected.is_empty() {
        return Unknown;
    }
    let one = |expected: &[Typed], holds: &dyn Fn(&Typed, &Typed) -> Verdict| match expected {
        [expected] => all(found.iter().map(|own| holds(own, expected))),
        _ => Unknown,
    };
    let equal = |own: &Typed| any(expected.iter().map(|expected| own.equals(expected)));
    match operator {
        Operator::Eq => all(found.iter().map(equal)),
        Operator::Neq => !all(found.iter().map(equal)),
        Operator::Lt => one(&expected, &|own, limit| own.below(limit, false)),
        Operator::Lteq => one(&expected, &|own, limit| own.below(limit, true)),
        Operator::Gt => one(&expected, &|own, limit| own.above(limit, false)),
        Operator::Gteq => one(&expected, &|own, limit| own.above(limit, true)),
        Operator::IsAnyOf => any(found.iter().map(equal)),
        Operator::IsNoneOf => !any(found.iter().map(equal)),
        Operator::IsAllOf => {
            all(expected.iter().map(|expected| any(found.iter().map(|own| own.equals(expected)))))
        }
        Operator::IsA | Operator::IsPartOf => {
            any(found.iter().flat_map(|own| expected.iter().map(|broad| narrower(own, broad, world))))
        }
        Operator::HasPart => {
            all(expected.iter().map(|part| any(found.iter().map(|own| narrower(part, own, world)))))
        }
    }
}

/// Whether one concept is another or within it. Where nothing is known of what a concept is within, neither is this.
fn narrower(one: &Typed, other: &Typed, world: &World) -> Verdict {
    let same = one.equals(other);
    let (Typed::Name(one) | Typed::Plain(one), Typed::Name(other) | Typed::Plain(other)) = (one, other)
    else {
        return same;
    };
    if same == Satisfied || reaches(one, other, &world.broader) || reaches(one, other, &world.part_of) {
        Satisfied
    } else if world.broader.contains_key(one) || world.part_of.contains_key(one) {
        Unsatisfied
    } else {
        Unknown
    }
}

pub(super) fn all(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    verdicts.fold(Satisfied, Verdict::and)
}

pub(super) fn any(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    !all(verdicts.map(|verdict| !verdict))
}
