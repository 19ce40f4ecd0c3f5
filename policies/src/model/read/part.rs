//! Actions, parties and assets, with what narrows them.

use ontology::action;

use super::super::name::{VALUE, descriptive, id, local, name, node, shown};
use super::super::{Action, Scope};
use super::Reader;
use crate::fault::{Fault, FaultCode};
use crate::rdf::{Node, Term};

impl Reader<'_> {
    /// An action, and targets that were written inside it: they are the rule's.
    pub(super) fn action(&mut self, object: &Term, at: &str) -> (Action, Vec<Scope>) {
        let mut read = Action {
            id: None,
            name: name(object).unwrap_or_default(),
            known: None,
            included_in: Vec::new(),
            refinements: Vec::new(),
            unknown: Vec::new(),
        };
        let mut targets = Vec::new();
        let entered = node(object).filter(|subject| self.enter(subject, at).is_some());
        if let Some(subject) = entered {
            for (property, object) in self.graph.about(&subject) {
                match local(property.as_str()) {
                    Some("refinement") => {
                        let place = format!("{at}/refinement/{}", read.refinements.len());
                        read.refinements.extend(self.constraint(object, place));
                    }
                    Some("includedIn") => read.included_in.extend(name(object)),
                    Some("target") => targets.push(self.scope(object, at)),
                    _ if property.as_str() == VALUE => {
                        if read.id.is_some() {
                            self.faults.push(Fault::new(at, FaultCode::Values, shown(object), "1"));
                        }
                        read.id = Some(id(&subject));
                        read.name = name(object).unwrap_or_default();
                        // The action of a profile is described where it is named.
                        if let Some(value) = node(object) {
                            read.included_in.extend(self.included_in(&value));
                        }
                    }
                    _ if descriptive(property.as_str()) => {}
                    _ => read.unknown.push(property.as_str().to_owned()),
                }
            }
            self.path.pop();
        }
        if read.name.is_empty() {
            read.unknown.push("action".to_owned());
        }
        read.known = action::Action::parse(&read.name);
        (read, targets)
    }

    fn included_in(&self, value: &Node) -> Vec<String> {
        let property = format!("{}includedIn", ontology::vocab::ODRL);
        self.graph.objects(value, &property).filter_map(name).collect()
    }

    /// A party or an asset: a name, or a node with its source and refinements.
    pub(super) fn scope(&mut self, object: &Term, at: &str) -> Scope {
        let mut read = Scope {
            id: name(object).unwrap_or_default(),
            anonymous: matches!(object, Term::BlankNode(_)),
            source: None,
            collection: false,
            part_of: Vec::new(),
            refinements: Vec::new(),
            unknown: Vec::new(),
        };
        let entered = node(object).filter(|subject| self.enter(subject, at).is_some());
        let Some(subject) = entered else { return read };
        read.id = id(&subject);
        let collection = |kind: &String| local(kind).is_some_and(|local| local.ends_with("Collection"));
        read.collection = self.kinds(&subject).iter().any(collection);
        for (property, object) in self.graph.about(&subject) {
            match local(property.as_str()) {
                Some("source") => match (&read.source, name(object)) {
                    (None, Some(source)) => read.source = Some(source),
                    _ => self.faults.push(Fault::new(at, FaultCode::Values, shown(object), "1")),
                },
                // The name of a node without one.
                Some("uid") if read.anonymous => {
                    if let Some(uid) = name(object) {
                        (read.id, read.anonymous) = (uid, false);
                    }
                }
                Some("partOf") => read.part_of.extend(name(object)),
                Some("refinement") => {
                    let place = format!("{at}/refinement/{}", read.refinements.len());
                    read.refinements.extend(self.constraint(object, place));
                }
                // Terms of others describe a party or an asset; one of ODRL that is not known could narrow it.
                Some(other) if !descriptive(property.as_str()) && other != "scope" => {
                    read.unknown.push(property.as_str().to_owned());
                }
                _ => {}
            }
        }
        self.path.pop();
        read
    }
}
