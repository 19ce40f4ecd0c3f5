//! Actions, datasets and parties as JSON.

use serde_json::{Map, Value, json};

use super::{Maker, term};
use crate::form::{Act, Described, DescribedAct, Thing};

impl Maker {
    pub(super) fn act(&mut self, act: &Act, at: &str) -> Value {
        let described = match act {
            Act::Name(name) => return term(name).into(),
            Act::Described(described) => described,
        };
        let DescribedAct { name, included_in, narrowed } = described;
        let mut value = Map::from_iter([("@id".to_owned(), Value::from(iri(name)))]);
        if !included_in.is_empty() {
            let above: Vec<Value> = included_in.iter().map(|one| iri(one).into()).collect();
            value.insert("includedIn".to_owned(), above.into());
        }
        let value = match value.len() {
            1 => Value::Object(value),
            _ => self.named(&iri(name), Value::Object(value), at),
        };
        if narrowed.is_empty() {
            return value;
        }
        let refinement = self.conditions(narrowed, &format!("{at}/narrowed"));
        json!({"rdf:value": value, "refinement": refinement})
    }

    /// `member`: what it is of the rule.
    pub(super) fn thing(&mut self, thing: &Thing, member: &str, at: &str) -> Value {
        let described = match thing {
            Thing::Name(name) => return name.as_str().into(),
            Thing::Described(described) => described,
        };
        let Described { name, source, group, part_of, narrowed } = described;
        let mut made = Map::new();
        if *group {
            let class = if member == "target" { "AssetCollection" } else { "PartyCollection" };
            made.insert("@type".to_owned(), class.into());
        }
        if let Some(source) = source {
            made.insert("source".to_owned(), source.as_str().into());
        }
        if !part_of.is_empty() {
            made.insert("partOf".to_owned(), part_of.clone().into());
        }
        let refinement = self.conditions(narrowed, &format!("{at}/narrowed"));
        if !refinement.is_empty() {
            made.insert("refinement".to_owned(), refinement.into());
        }
        match name {
            None => Value::Object(made),
            Some(name) => {
                made.insert("@id".to_owned(), name.as_str().into());
                self.named(name, Value::Object(made), at)
            }
        }
    }
}

/// The IRI of an action: where a node is described, no vocabulary is assumed.
fn iri(name: &str) -> String {
    match name.strip_prefix("cc:") {
        Some(local) => format!("{}{local}", ontology::vocab::CC),
        None if !name.contains(':') => format!("{}{name}", ontology::vocab::ODRL),
        None => name.to_owned(),
    }
}
