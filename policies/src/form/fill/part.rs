//! Actions, datasets and parties.

use ontology::vocab;

use super::condition::rows;
use super::named;
use crate::form::{Act, Described, DescribedAct, Thing};
use crate::model::{Action, Rule, Scope};

/// The actions of rules that were written as one.
pub(super) fn acts(rules: &[Rule]) -> Vec<Act> {
    distinct(rules.iter().filter_map(|rule| rule.action.as_ref()).map(act))
}

/// Their datasets, or parties.
pub(super) fn things(rules: &[Rule], of: impl Fn(&Rule) -> Option<&Scope>) -> Vec<Thing> {
    distinct(rules.iter().filter_map(of).map(thing))
}

fn distinct<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut kept = Vec::new();
    for one in all {
        if !kept.contains(&one) {
            kept.push(one);
        }
    }
    kept
}

fn act(action: &Action) -> Act {
    let name = name(action);
    if action.included_in.is_empty() && action.refinements.is_empty() {
        return Act::Name(name);
    }
    let included_in = action.included_in.clone();
    let mut described = DescribedAct { name, included_in, narrowed: Vec::new() };
    rows(&action.refinements, None, &mut described.narrowed);
    Act::Described(described)
}

/// `read`, `cc:Notice`, or the IRI of an action that is not of the vocabulary.
fn name(action: &Action) -> String {
    let compact = |known: ontology::action::Action| known.name().to_owned();
    let full = |name: &str| match name.strip_prefix("cc:") {
        Some(local) => format!("{}{local}", vocab::CC),
        None => format!("{}{name}", vocab::ODRL),
    };
    // A former name is kept: it is what was written.
    let exact = action.known.map(compact).filter(|compact| full(compact) == action.name);
    exact.unwrap_or_else(|| action.name.clone())
}

fn thing(scope: &Scope) -> Thing {
    let name = if scope.anonymous { None } else { named(&scope.id) };
    let bare = scope.source.is_none()
        && !scope.collection
        && scope.part_of.is_empty()
        && scope.refinements.is_empty();
    match (name, bare) {
        (Some(name), true) => Thing::Name(name),
        (name, _) => {
            let (source, group, part_of) = (scope.source.clone(), scope.collection, scope.part_of.clone());
            let mut described = Described { name, source, group, part_of, narrowed: Vec::new() };
            rows(&scope.refinements, None, &mut described.narrowed);
            Thing::Described(described)
        }
    }
}
