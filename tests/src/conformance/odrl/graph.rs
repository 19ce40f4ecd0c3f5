//! Graphs of the cases.

use oxrdf::graph::CanonicalizationAlgorithm;
use oxrdf::{BlankNode, Triple};
use policies::model::{self, Policy, Written};
use policies::rdf::{self, Document, Graph, Node, Term};

pub(super) const REPORT: &str = "https://w3id.org/force/compliance-report#";
pub(super) const TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";

/// Reads Turtle.
pub(super) fn turtle(bytes: &[u8]) -> Result<Document, String> {
    rdf::turtle(bytes).map_err(|e| e.to_string())
}

/// The policies of a document as they are written.
pub(super) fn written(document: &Document) -> Result<Vec<Written>, String> {
    model::read(document).map_err(|faults| format!("{faults:?}"))
}

/// The policy of a document: the first one; others are what it inherits from.
pub(super) fn policy(document: &Document) -> Result<Policy, String> {
    let written = written(document)?;
    let first = written.first().ok_or("no policy")?;
    model::atomic(first, &written).map_err(|faults| format!("{faults:?}"))
}

/// An IRI or the text of a literal.
pub(super) fn text(term: &Term) -> String {
    match term {
        Term::NamedNode(node) => node.as_str().to_owned(),
        Term::BlankNode(node) => format!("_:{}", node.as_str()),
        Term::Literal(literal) => literal.value().to_owned(),
    }
}

pub(super) fn id(node: &Node) -> String {
    match node {
        Node::NamedNode(node) => node.as_str().to_owned(),
        Node::BlankNode(node) => format!("_:{}", node.as_str()),
    }
}

pub(super) fn node(term: &Term) -> Option<Node> {
    match term {
        Term::NamedNode(node) => Some(node.clone().into()),
        Term::BlankNode(node) => Some(node.clone().into()),
        Term::Literal(_) => None,
    }
}

/// The one object of a property, as text.
pub(super) fn one(graph: &Graph, subject: &Node, property: &str) -> Option<String> {
    graph.objects(subject, property).next().map(text)
}

/// Subjects of a class.
pub(super) fn of_class(graph: &Graph, class: &str) -> Vec<Node> {
    let typed = |triple: &&Triple| triple.predicate.as_str() == TYPE && text(&triple.object) == class;
    graph.iter().filter(typed).map(|triple| triple.subject.clone()).collect()
}

/// Statements that are reached from a node.
pub(super) fn reached(graph: &Graph, from: &Node) -> Vec<Triple> {
    let (mut seen, mut next, mut found) = (vec![from.clone()], vec![from.clone()], Vec::new());
    while let Some(at) = next.pop() {
        for (property, object) in graph.about(&at) {
            found.push(Triple::new(at.clone(), property.clone(), object.clone()));
            if let Some(node) = node(object)
                && !seen.contains(&node)
            {
                seen.push(node.clone());
                next.push(node);
            }
        }
    }
    found
}

/// Whether two sets of statements are the same but for the names of blank nodes, and of the nodes that `nameless`
/// names.
pub(super) fn isomorphic(one: &[Triple], other: &[Triple], nameless: fn(&[Triple], &Node) -> bool) -> bool {
    canonical(one, nameless) == canonical(other, nameless)
}

fn canonical(triples: &[Triple], nameless: fn(&[Triple], &Node) -> bool) -> Vec<String> {
    let hidden: std::collections::HashMap<Node, BlankNode> = triples
        .iter()
        .map(|triple| &triple.subject)
        .filter(|subject| matches!(subject, Node::NamedNode(_)) && nameless(triples, subject))
        .map(|subject| (subject.clone(), BlankNode::default()))
        .collect();
    let mut graph = oxrdf::Graph::new();
    for triple in triples {
        let subject =
            hidden.get(&triple.subject).map_or(triple.subject.clone(), |blank| blank.clone().into());
        let object = node(&triple.object).and_then(|node| hidden.get(&node));
        let object = object.map_or(triple.object.clone(), |blank| blank.clone().into());
        graph.insert(&Triple::new(subject, triple.predicate.clone(), object));
    }
    graph.canonicalize(CanonicalizationAlgorithm::Unstable);
    let mut lines: Vec<String> = graph.iter().map(|triple| triple.to_string()).collect();
    lines.sort();
    lines
}
