//! Who or what is meant: names, members of collections, refinements; and which actions include which.

use std::collections::{BTreeMap, BTreeSet};

use ontology::action::Action as Known;

use super::constraint::{self, Checked, Place};
use super::feature::all;
use super::{Scene, understood};
use crate::decision::Verdict::{self, Satisfied, Unknown, Unsatisfied};
use crate::model::{Action, Scope};
use crate::typed::truth;

/// Whether `to` is reached from `from`, in one step or many.
pub(crate) fn reaches(from: &str, to: &str, up: &BTreeMap<String, BTreeSet<String>>) -> bool {
    let mut seen: BTreeSet<&str> = BTreeSet::from([from]);
    let mut next = vec![from];
    while let Some(at) = next.pop() {
        if at == to {
            return true;
        }
        let above = up.get(at).into_iter().flatten().map(String::as_str);
        next.extend(above.filter(|above| seen.insert(above)));
    }
    false
}

/// Whether this one is meant.
pub(super) fn scope<'a>(
    scope: &'a Scope,
    found: Option<&str>,
    place: Place,
    scene: Scene<'_>,
    counter: &str,
) -> (Verdict, Vec<Checked<'a>>) {
    let own = (!scope.anonymous).then_some(scope.id.as_str());
    let names: Vec<&str> = own.into_iter().chain(scope.source.as_deref()).collect();
    let named = match found {
        // Only its refinements say which one is meant.
        _ if names.is_empty() => Satisfied,
        None => absent(scene),
        Some(found) if names.iter().any(|name| reaches(found, name, &scene.world.part_of)) => Satisfied,
        Some(_) => Unsatisfied,
    };
    let nothing = names.is_empty() && scope.refinements.is_empty();
    let refined = constraint::check_all(&scope.refinements, place, scene, counter);
    let verdict = all(refined.iter().map(Checked::verdict)).and(named).and(understood(&scope.unknown));
    (if nothing { verdict.and(Unknown) } else { verdict }, refined)
}

/// Whether what is done is the action of a rule, or included in it. `wide`: or includes it.
pub(super) fn action<'a>(
    action: &'a Action,
    scene: Scene<'_>,
    counter: &str,
    wide: bool,
) -> (Verdict, Vec<Checked<'a>>) {
    let named = match scene.event.action.as_deref() {
        None => absent(scene),
        Some(done) => named(action, done, scene, wide),
    };
    let refined = constraint::check_all(&action.refinements, Place::Action, scene, counter);
    let verdict = all(refined.iter().map(Checked::verdict)).and(named).and(understood(&action.unknown));
    (verdict, refined)
}

/// Who or what is not told is nobody and nothing where all was recorded.
fn absent(scene: Scene<'_>) -> Verdict {
    if scene.event.complete { Unsatisfied } else { Unknown }
}

fn named(action: &Action, done: &str, scene: Scene<'_>, wide: bool) -> Verdict {
    if action.name == done {
        return Satisfied;
    }
    let known = Known::parse(done);
    if let (Some(own), Some(done)) = (action.known, known) {
        return truth(own.covers(done) || (wide && done.covers(own)));
    }
    let up = &scene.world.broader;
    let (asked, own) = (above(done, &[], up), above(&action.name, &action.included_in, up));
    if within(&asked, &action.name, action.known) || (wide && within(&own, done, known)) {
        return Satisfied;
    }
    // An action that nobody placed is within one of the two that include every other, and nobody knows which; and a
    // prohibition of it may mean anything.
    let placed = |names: &BTreeSet<&str>| names.iter().any(|name| Known::parse(name).is_some());
    let top = action.known.is_some_and(|own| own.broader().is_none());
    if (top && !placed(&asked)) || (wide && !placed(&own)) { Unknown } else { Unsatisfied }
}

/// An action with all that include it, as far as somebody says so.
fn above<'a>(
    name: &'a str,
    included_in: &'a [String],
    up: &'a BTreeMap<String, BTreeSet<String>>,
) -> BTreeSet<&'a str> {
    let mut all: BTreeSet<&str> = BTreeSet::from([name]);
    let mut next: Vec<&str> = vec![name];
    next.extend(included_in.iter().map(String::as_str).filter(|name| all.insert(name)));
    while let Some(at) = next.pop() {
        let more = up.get(at).into_iter().flatten().map(String::as_str);
        next.extend(more.filter(|name| all.insert(name)));
    }
    all
}

/// Whether one of these is the action, or is included in it by the vocabulary.
fn within(names: &BTreeSet<&str>, action: &str, known: Option<Known>) -> bool {
    names.contains(action)
        || names.iter().any(
            |name| matches!((known, Known::parse(name)), (Some(known), Some(name)) if known.covers(name)),
        )
}
