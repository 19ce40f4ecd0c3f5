//! From a form to the policy that it says, as JSON: in the form of the Dataspace Protocol where that can hold it.

mod condition;
mod part;
mod rule;

use std::collections::BTreeMap;

use contracts::odrl;
use ontology::vocab;
use serde_json::{Map, Value};

use super::{Form, VERSION};
use crate::fault::{Fault, FaultCode};
use crate::model::{self, Policy};

impl Form {
    /// The policy that the form says. What in it does not belong into a form is a fault with its place in the form; what
    /// cannot be signed is told by [`crate::compile`].
    ///
    /// # Errors
    /// Every fault of the form.
    pub fn make(&self) -> Result<Value, Vec<Fault>> {
        let mut maker = Maker::default();
        if let Some(other) = self.form.filter(|version| *version != VERSION) {
            maker.fault("/form", FaultCode::Value, &other.to_string(), &VERSION.to_string());
        }
        let mut policy = Map::new();
        let one_or_more = |list: &[String]| match list {
            [one] => Value::from(one.as_str()),
            many => Value::from(many.to_vec()),
        };
        if let Some(name) = &self.name {
            policy.insert("@id".to_owned(), name.as_str().into());
        }
        if !self.kinds.is_empty() {
            policy.insert("@type".to_owned(), one_or_more(&self.kinds));
        }
        if !self.profiles.is_empty() {
            policy.insert("profile".to_owned(), self.profiles.clone().into());
        }
        if let Some(conflict) = &self.conflict {
            maker.one_of("/conflict", conflict, &["prohibit", "perm", "invalid"]);
            policy.insert("conflict".to_owned(), conflict.as_str().into());
        }
        let shared =
            [("target", &self.dataset), ("assigner", &self.granted_by), ("assignee", &self.granted_to)];
        for (member, thing) in shared {
            if let Some(thing) = thing {
                let made = maker.thing(thing, member, "");
                policy.insert(member.to_owned(), made);
            }
        }
        maker.rules(&self.rules, &mut policy);
        if maker.faults.is_empty() { Ok(Value::Object(policy)) } else { Err(maker.faults) }
    }

    /// The same as it is understood.
    ///
    /// # Errors
    /// Every fault of the form, or of the policy that it makes.
    pub fn policy(&self) -> Result<Policy, Vec<Fault>> {
        understood(self.make()?)
    }
}

/// A policy in the form of the Dataspace Protocol, with all that it says.
fn understood(made: Value) -> Result<Policy, Vec<Fault>> {
    let whole = |what: String| vec![Fault::new("", FaultCode::Form, what, "")];
    let policy = odrl::Policy::try_from(made).map_err(|e| whole(e.to_string()))?;
    let document = model::dsp(&policy).map_err(|e| whole(e.to_string()))?;
    let written = model::read(&document)?;
    let Some(first) = written.first() else {
        return Err(vec![Fault::new("/rules", FaultCode::NoRule, "", "permission, prohibition, obligation")]);
    };
    model::atomic(first, &written)
}

#[derive(Default)]
struct Maker {
    faults: Vec<Fault>,
    /// What was said of each thing with a name. It is said once, and named afterwards.
    described: BTreeMap<String, Value>,
}

impl Maker {
    fn fault(&mut self, at: &str, code: FaultCode, found: &str, accepted: &str) {
        self.faults.push(Fault::new(at, code, found, accepted));
    }

    fn one_of(&mut self, at: &str, found: &str, accepted: &[&str]) {
        if !accepted.contains(&found) {
            self.fault(at, FaultCode::Value, found, &accepted.join(", "));
        }
    }

    /// A node with a name, in full the first time.
    fn named(&mut self, name: &str, node: Value, at: &str) -> Value {
        match self.described.get(name) {
            None => {
                self.described.insert(name.to_owned(), node.clone());
                node
            }
            Some(known) if *known == node => serde_json::json!({ "@id": name }),
            Some(_) => {
                self.fault(at, FaultCode::Party, name, "");
                node
            }
        }
    }
}

/// A term by the name that the context knows, or its IRI.
fn term(name: &str) -> String {
    match vocab::odrl(name) {
        Some(local) if !name.contains(':') => local.to_owned(),
        _ => name.to_owned(),
    }
}
