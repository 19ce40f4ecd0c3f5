//! What can be chosen in a field, with its words.

use ontology::action::Action;
use ontology::odrl::{LEFT_OPERANDS, POLICIES};
use ontology::purpose::Purpose;
use ontology::{Lang, odrl};

use super::{Field, Place};
use crate::operand::Operand;
use crate::plain::words;
use crate::render::{action_label, logic_label};

/// A value of a field, and how persons call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

/// Rules by their name in a form.
const RULES: [&str; 6] = ["permission", "prohibition", "obligation", "duty", "consequence", "remedy"];

/// What can be chosen in a field; nothing where something is written.
pub fn choices(field: &Field, lang: Lang) -> Vec<Choice> {
    let all = |names: &[&str], label: &dyn Fn(&str) -> String| -> Vec<Choice> {
        names.iter().map(|name| Choice { value: (*name).to_owned(), label: label(name) }).collect()
    };
    match (field.place, field.key) {
        (Place::Policy, "kinds") => all(&POLICIES, &|name| name.to_owned()),
        (Place::Policy, "conflict") => {
            all(&odrl::CONFLICT_TERMS, &|name| words::strategy(name, lang).to_owned())
        }
        (Place::Rule, "rule") => all(&RULES, &|name| words::rule(name, lang).to_owned()),
        (Place::Rule, "actions" | "duties") => {
            let names: Vec<&str> = Action::all().map(Action::name).collect();
            all(&names, &|name| action_label(name, lang))
        }
        (Place::Rule, "purposes" | "except_purposes") => {
            let one = |purpose: Purpose| Choice {
                value: purpose.concept().id.to_owned(),
                label: purpose.label(lang).to_owned(),
            };
            Purpose::all().map(one).collect()
        }
        (Place::Condition, "about") => {
            let own = Operand::ALL.map(Operand::name);
            let others = LEFT_OPERANDS.into_iter().filter(|name| !own.contains(name));
            let names: Vec<&str> = own.into_iter().chain(others).collect();
            all(&names, &|name| words::operand(name, lang))
        }
        (Place::Condition, "is") => {
            let mut found: Vec<Choice> =
                all(&odrl::OPERATORS, &|name| words::operator(name, lang).to_owned());
            let logic: Vec<Choice> = all(&odrl::LOGIC, &|name| logic_label(name, lang).to_owned());
            found.extend(logic);
            found
        }
        _ => Vec::new(),
    }
}
