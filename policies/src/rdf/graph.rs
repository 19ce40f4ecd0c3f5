//! A graph in the order of its document, with blank nodes numbered in that order: the same bytes give the same names.

use std::collections::{HashMap, HashSet};

use oxrdf::{BlankNode, NamedNode, NamedOrBlankNode, Triple};

/// Subject of a statement.
pub type Node = NamedOrBlankNode;
/// Object of a statement.
pub type Term = oxrdf::Term;

#[derive(Debug, Clone, Default)]
pub struct Graph {
    triples: Vec<Triple>,
    known: HashSet<Triple>,
    by_subject: HashMap<Node, Vec<usize>>,
    renamed: HashMap<BlankNode, BlankNode>,
}

impl Graph {
    pub fn len(&self) -> usize {
        self.triples.len()
    }

    pub fn is_empty(&self) -> bool {
        self.triples.is_empty()
    }

    /// Every statement, in the order of the document.
    pub fn iter(&self) -> impl Iterator<Item = &Triple> {
        self.triples.iter()
    }

    /// Statements about a node, in the order of the document.
    pub fn about(&self, subject: &Node) -> impl Iterator<Item = (&NamedNode, &Term)> {
        let places = self.by_subject.get(subject).map_or(&[][..], Vec::as_slice);
        places.iter().map(|at| (&self.triples[*at].predicate, &self.triples[*at].object))
    }

    /// Objects of one property of a node.
    pub fn objects<'a>(&'a self, subject: &Node, property: &'a str) -> impl Iterator<Item = &'a Term> {
        self.about(subject).filter(move |(name, _)| name.as_str() == property).map(|(_, object)| object)
    }

    /// Whether anything is said about this node.
    pub fn describes(&self, node: &Node) -> bool {
        self.by_subject.contains_key(node)
    }

    /// Adds a statement as it was parsed; blank nodes get the next number.
    pub(crate) fn insert(&mut self, triple: Triple) {
        let subject = match triple.subject {
            Node::BlankNode(blank) => Node::BlankNode(self.number(blank)),
            named => named,
        };
        let object = match triple.object {
            Term::BlankNode(blank) => Term::BlankNode(self.number(blank)),
            other => other,
        };
        self.push(Triple { subject, predicate: triple.predicate, object });
    }

    /// Adds a statement whose blank nodes are already named.
    pub(crate) fn push(&mut self, triple: Triple) {
        if self.known.insert(triple.clone()) {
            self.by_subject.entry(triple.subject.clone()).or_default().push(self.triples.len());
            self.triples.push(triple);
        }
    }

    fn number(&mut self, blank: BlankNode) -> BlankNode {
        let next = self.renamed.len();
        self.renamed.entry(blank).or_insert_with(|| BlankNode::new_unchecked(format!("b{next}"))).clone()
    }
}

/// N-Triples: one statement a line, in the order of the graph.
impl std::fmt::Display for Graph {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.triples.iter().try_for_each(|triple| writeln!(f, "{triple} ."))
    }
}
