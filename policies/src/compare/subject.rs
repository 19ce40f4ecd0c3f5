//! What is done, to which dataset, by whom.

use ontology::action::Action as Known;

use super::axis::{any, so};
use super::formula::{Atom, Literal, Truth};
use crate::decision::Verdict::{self, Satisfied, Unknown, Unsatisfied};
use crate::model::{Action, Scope};

/// Every action of the vocabulary is tried, and those that somebody named.
pub(super) fn actions(literals: &[&Literal<'_>]) -> Verdict {
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
pub(super) fn scopes(literals: &[&Literal<'_>]) -> Verdict {
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
