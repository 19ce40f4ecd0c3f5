//! What a trust framework may say, and what follows from it. The framework is data: nothing here knows one by name but the
//! list of those that ship.
//!
//! Closed by default: what is not known (a kind, a place, a purpose, a clause, a term of a policy) is a fault of the
//! framework; what is not known of an applicant refuses it.

mod admission;
mod fault;
mod governance;
mod purpose;
mod read;
mod rules;
mod shipped;
mod under;
mod use_case;
mod words;

use contracts::framework::{Citizens, Draft, FrameworkDocument, Parts, Words};

pub use admission::{Applicant, Ground, refusals};
pub use fault::{Fault, Noun, Wrong};
pub use purpose::{Listed, listed};
pub use read::{Unread, read_draft, read_file};
pub use shipped::{SHIPPED, shipped};
pub use under::{charters, prohibited};

use words::{block, line};

/// Faults found so far.
#[derive(Debug, Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, at: impl Into<String>, wrong: Wrong) {
        self.0.push(Fault { at: at.into(), wrong });
    }
}

/// Everything that keeps a draft from being published.
pub fn check_draft(draft: &Draft) -> Vec<Fault> {
    let mut found = Faults::default();
    head(&mut found, &draft.name, &draft.about);
    block(&mut found, "/charter", &draft.charter);
    let (from, until) = (draft.in_force, draft.sunset);
    if from.zip(until).is_some_and(|(from, until)| until <= from) {
        found.add("/sunset", Wrong::EndsBefore);
    }
    parts(&mut found, "/parts", &draft.parts);
    found.0
}

/// Everything that keeps a published framework from being taken.
pub fn check(framework: &FrameworkDocument) -> Vec<Fault> {
    let mut found = Faults::default();
    head(&mut found, &framework.name, &framework.about);
    parts(&mut found, "/parts", &framework.parts);
    found.0
}

fn head(found: &mut Faults, name: &Words, about: &Words) {
    line(found, "/name", name);
    block(found, "/about", about);
}

fn parts(found: &mut Faults, at: &str, parts: &Parts) {
    let Parts { objectives, rules, governance, use_cases, citizens } = parts;
    for (i, objective) in objectives.iter().enumerate() {
        block(found, &format!("{at}/objectives/{i}"), objective);
    }
    rules::check(found, &format!("{at}/rules"), rules, governance);
    governance::check(found, &format!("{at}/governance"), governance);
    use_case::check(found, &format!("{at}/useCases"), use_cases, governance);
    let Citizens { level, how } = citizens;
    block(found, &format!("{at}/citizens/how"), how);
    if *level == contracts::framework::Involvement::Stakeholder && !governance::citizens_vote(governance) {
        found.add(format!("{at}/citizens/level"), Wrong::NoCitizen);
    }
}

#[cfg(test)]
mod tests;
