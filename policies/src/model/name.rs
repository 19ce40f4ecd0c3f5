//! Names in a graph.

use ontology::vocab;

use crate::rdf::{Node, Term};

/// Vocabularies that describe and never bear on a decision.
const DESCRIPTIVE: [&str; 11] = [
    vocab::DCT,
    "http://purl.org/dc/elements/1.1/",
    "http://www.w3.org/2000/01/rdf-schema#",
    "http://www.w3.org/2002/07/owl#",
    "http://www.w3.org/ns/prov#",
    "http://schema.org/",
    "https://schema.org/",
    vocab::SKOS,
    vocab::VCARD,
    vocab::FOAF,
    vocab::DSPACE,
];

pub(super) const TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
pub(super) const VALUE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#value";
pub(super) const FIRST: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#first";
pub(super) const REST: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#rest";
pub(super) const NIL: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#nil";

/// Says something about a thing for those who read, and nothing for those who decide.
pub(super) fn descriptive(property: &str) -> bool {
    property == TYPE
        || DESCRIPTIVE.iter().any(|namespace| property.starts_with(namespace))
        || matches!(local(property), Some("uid" | "hasPolicy" | "assigneeOf" | "assignerOf"))
}

/// The local name of a term of ODRL.
pub(super) fn local(iri: &str) -> Option<&str> {
    iri.strip_prefix(vocab::ODRL)
}

pub(super) fn node(term: &Term) -> Option<Node> {
    match term {
        Term::NamedNode(node) => Some(Node::NamedNode(node.clone())),
        Term::BlankNode(node) => Some(Node::BlankNode(node.clone())),
        Term::Literal(_) => None,
    }
}

/// An IRI, or `_:` and the number of a blank node.
pub(super) fn id(node: &Node) -> String {
    match node {
        Node::NamedNode(node) => node.as_str().to_owned(),
        Node::BlankNode(node) => format!("_:{}", node.as_str()),
    }
}

/// The name that a term is: an IRI, or the same written as text, as several connectors do.
pub(super) fn name(term: &Term) -> Option<String> {
    match term {
        Term::NamedNode(node) => Some(node.as_str().to_owned()),
        Term::BlankNode(_) => None,
        Term::Literal(literal) => match literal.value().strip_prefix("odrl:") {
            Some(local) => Some(format!("{}{local}", vocab::ODRL)),
            None => Some(literal.value().to_owned()),
        },
    }
}

/// Any term as text, for faults.
pub(super) fn shown(term: &Term) -> String {
    match term {
        Term::NamedNode(node) => node.as_str().to_owned(),
        other => other.to_string(),
    }
}
