//! JSON-LD contexts that this program brings, by their address. Made from the tables of the vocabulary, so that a term
//! has one meaning in every form of a policy.

use std::collections::BTreeMap;
use std::sync::Arc;

use ontology::action::{Action, RENAMED, WITHDRAWN};
use ontology::{odrl, vocab};
use serde_json::{Map, Value, json};

/// Addresses under which the context of ODRL 2.2 is named, and that of the Dataspace Protocol, whose policies are
/// written with the same terms.
const ADDRESSES: [&str; 4] = [
    "http://www.w3.org/ns/odrl.jsonld",
    "https://www.w3.org/ns/odrl.jsonld",
    vocab::DSPACE_CONTEXT,
    "https://w3id.org/dspace/2025/1/odrl-profile.jsonld",
];

/// Prefixes that the context defines.
const PREFIXES: [(&str, &str); 13] = [
    ("odrl", vocab::ODRL),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("owl", "http://www.w3.org/2002/07/owl#"),
    ("skos", vocab::SKOS),
    ("dct", vocab::DCT),
    ("xsd", vocab::XSD),
    ("vcard", vocab::VCARD),
    ("foaf", vocab::FOAF),
    ("schema", "http://schema.org/"),
    ("cc", vocab::CC),
    ("fiducie", vocab::FIDUCIE),
    ("dspace", vocab::DSPACE),
];

/// Contexts by address.
#[derive(Debug, Clone)]
pub struct Contexts(BTreeMap<String, Arc<[u8]>>);

impl Default for Contexts {
    fn default() -> Contexts {
        let document: Arc<[u8]> = json!({"@context": terms()}).to_string().into_bytes().into();
        Contexts(ADDRESSES.iter().map(|address| ((*address).to_owned(), Arc::clone(&document))).collect())
    }
}

impl Contexts {
    /// Adds a context under an address, or replaces the one there.
    #[must_use]
    pub fn with(mut self, address: impl Into<String>, document: &[u8]) -> Contexts {
        self.0.insert(address.into(), document.into());
        self
    }

    pub(crate) fn get(&self, address: &str) -> Option<&[u8]> {
        self.0.get(address).map(|document| &**document)
    }
}

/// What the terms of a policy mean.
pub(crate) fn terms() -> Value {
    let mut terms = Map::new();
    for (prefix, namespace) in PREFIXES {
        terms.insert(prefix.to_owned(), namespace.into());
    }
    terms.insert("uid".to_owned(), "@id".into());
    terms.insert("type".to_owned(), "@type".into());
    terms.insert("timestamp".to_owned(), "dspace:timestamp".into());
    let plain = odrl::CLASSES
        .iter()
        .chain(&odrl::POLICIES)
        .chain(&odrl::LEFT_OPERANDS)
        .chain(&odrl::OPERATORS)
        .chain(&odrl::LOGIC)
        .chain(&odrl::CONFLICT_TERMS)
        .chain(&odrl::VALUES)
        .copied()
        .chain(Action::all().map(Action::name).filter(|name| !name.contains(':')))
        .chain(RENAMED.iter().map(|(old, _)| *old))
        .chain(WITHDRAWN.iter().copied());
    for name in plain {
        terms.insert(name.to_owned(), format!("odrl:{name}").into());
    }
    let mut coerced = |name: &str, iri: &str, kind: &str| {
        terms.insert(name.to_owned(), json!({"@id": format!("odrl:{iri}"), "@type": kind}));
    };
    odrl::NODES.iter().chain(&odrl::FUNCTIONS).for_each(|name| coerced(name, name, "@id"));
    odrl::TERMS.iter().for_each(|name| coerced(name, name, "@vocab"));
    coerced("target", "target", "@id");
    coerced("rightOperandReference", "rightOperandReference", "xsd:anyURI");
    coerced("dataType", "datatype", "xsd:anyType");
    Value::Object(terms)
}
