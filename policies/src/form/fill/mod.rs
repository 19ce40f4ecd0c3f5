//! From a policy to its form. Whatever a form has no place for is a fault that names the clause.

mod condition;
mod part;

pub(super) use condition::NAME;
use condition::rows;
use part::{acts, things};

use ontology::odrl::POLICIES;
use ontology::vocab;

use super::{Act, Form, Rule, Thing, VERSION};
use crate::fault::{Fault, FaultCode};
use crate::model::{self, Policy, RuleKind, Strategy};

impl Form {
    /// The form of a policy.
    ///
    /// # Errors
    /// Every clause that a form cannot hold: what nobody understood, and what the policy made from the form would say
    /// otherwise.
    pub fn of(policy: &Policy) -> Result<Form, Vec<Fault>> {
        let faults = policy.not_understood();
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut form = Form {
            form: Some(VERSION),
            name: named(&policy.id),
            kinds: policy.kinds.iter().map(|kind| short(kind, &POLICIES)).collect(),
            profiles: policy.profiles.clone(),
            conflict: match policy.strategy {
                Strategy::Permit => Some("perm".to_owned()),
                Strategy::Prohibit => Some("prohibit".to_owned()),
                // What ODRL says where nothing is said.
                Strategy::Invalid => None,
            },
            ..Form::default()
        };
        let mut filled = Vec::new();
        for list in [&policy.permissions, &policy.prohibitions, &policy.obligations] {
            rules(list, None, &mut filled);
        }
        form.rules = filled;
        form.share();
        form.check(policy)?;
        Ok(form)
    }

    /// What all rules say is said once.
    fn share(&mut self) {
        type Of = fn(&mut Rule) -> &mut Vec<Thing>;
        let shared = |rules: &mut [Rule], of: Of| -> Option<Thing> {
            let mut own = rules.iter_mut().filter(|rule| rule.under.is_none()).map(|rule| of(rule).clone());
            let first = own.next()?;
            let [one] = first.as_slice() else { return None };
            if !own.all(|other| other == first) {
                return None;
            }
            rules.iter_mut().filter(|rule| rule.under.is_none()).for_each(|rule| of(rule).clear());
            Some(one.clone())
        };
        self.dataset = shared(&mut self.rules, |rule| &mut rule.datasets);
        self.granted_by = shared(&mut self.rules, |rule| &mut rule.granted_by);
        self.granted_to = shared(&mut self.rules, |rule| &mut rule.granted_to);
    }

    /// Makes the policy again, which must be the same.
    fn check(&self, policy: &Policy) -> Result<(), Vec<Fault>> {
        let again = self.policy()?;
        match policy.differs(&again) {
            None => Ok(()),
            Some((pointer, what)) => Err(vec![Fault::new(pointer, FaultCode::Form, what, "")]),
        }
    }
}

/// Fills in rules that were written as one with several actions, targets or parties as one.
fn rules(list: &[model::Rule], under: Option<usize>, into: &mut Vec<Rule>) {
    for same in list.chunk_by(|one, two| one.pointer == two.pointer) {
        let Some(first) = same.first() else { continue };
        let single = first.duties.chunk_by(|one, two| one.pointer == two.pointer).all(|duty| duty.len() == 1);
        let plain = single && first.kind == RuleKind::Permission && first.duties.iter().all(is_plain);
        let mut rule = Rule {
            rule: first.kind.property().to_owned(),
            under,
            name: named(&first.id),
            actions: acts(same),
            datasets: things(same, |rule| rule.target.as_ref()),
            granted_by: things(same, |rule| rule.assigner.as_ref()),
            granted_to: things(same, |rule| rule.assignee.as_ref()),
            ..Rule::default()
        };
        let mut conditions = Vec::new();
        rows(&first.constraints, Some(&mut rule), &mut conditions);
        rule.conditions = conditions;
        if plain {
            rule.duties = first.duties.iter().filter_map(plain_name).collect();
        }
        into.push(rule);
        let number = Some(into.len());
        if !plain {
            rules(&first.duties, number, into);
        }
        rules(&first.consequences, number, into);
        rules(&first.remedies, number, into);
    }
}

/// A duty of which only the action is said.
fn is_plain(duty: &model::Rule) -> bool {
    let parties = [&duty.target, &duty.assigner, &duty.assignee];
    duty.constraints.is_empty()
        && duty.consequences.is_empty()
        && duty.duties.is_empty()
        && duty.remedies.is_empty()
        && parties.iter().all(|part| part.is_none())
        && named(&duty.id).is_none()
        && plain_name(duty).is_some()
}

fn plain_name(duty: &model::Rule) -> Option<String> {
    match acts(std::slice::from_ref(duty)).pop()? {
        Act::Name(name) => Some(name),
        Act::Described(_) => None,
    }
}

/// A name that others may use; a node without one was numbered.
fn named(id: &str) -> Option<String> {
    (!id.starts_with("_:")).then(|| id.to_owned())
}

/// A term of a list of ODRL by its local name, any other by its IRI.
fn short(iri: &str, known: &[&str]) -> String {
    let local = iri.strip_prefix(vocab::ODRL).filter(|local| known.contains(local));
    local.unwrap_or(iri).to_owned()
}
