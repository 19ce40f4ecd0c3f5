//! A document that was read, by subject.

use std::collections::{BTreeSet, HashMap, HashSet};

use contracts::harvest::Fault;
use oxigraph::model::vocab::rdf;
use oxigraph::model::{NamedNode, NamedOrBlankNode, Quad, Term};

use super::Bounds;

/// What a triple is about.
pub type Subject = NamedOrBlankNode;

/// Triples of all graphs of a document, by subject.
#[derive(Debug, Default)]
pub struct Document {
    pub(super) about: HashMap<Subject, Vec<(NamedNode, Term)>>,
    /// Statements that could not be read, in their order.
    pub faults: Vec<Fault>,
    /// What those statements are about.
    pub(super) broken: BTreeSet<String>,
    /// It is not known that nothing else is in it.
    pub(super) partial: bool,
    known: HashSet<(Subject, NamedNode, Term)>,
    blank: HashSet<String>,
}

impl Document {
    /// The same, of which it is not known that nothing else was in the source.
    pub(super) fn in_part(mut self) -> Self {
        self.partial = true;
        self
    }

    /// Takes a triple in, once.
    ///
    /// # Errors
    /// The code of the bound that it is over.
    pub(super) fn add(&mut self, quad: Quad, bounds: Bounds) -> Result<(), &'static str> {
        for node in [blank_of(&quad.subject), blank_of_term(&quad.object)].into_iter().flatten() {
            if !self.blank.contains(node) {
                self.blank.insert(node.to_owned());
            }
        }
        if self.blank.len() > bounds.blank_nodes {
            return Err("too-many-blank-nodes");
        }
        // Streams repeat triples.
        if self.known.insert((quad.subject.clone(), quad.predicate.clone(), quad.object.clone())) {
            self.about.entry(quad.subject).or_default().push((quad.predicate, quad.object));
        }
        if self.known.len() > bounds.triples {
            return Err("too-many-triples");
        }
        Ok(())
    }

    pub(super) fn objects<'a>(
        &'a self,
        subject: &Subject,
        predicate: &'a NamedNode,
    ) -> impl Iterator<Item = &'a Term> {
        let all = self.about.get(subject).into_iter().flatten();
        all.filter(move |(found, _)| found == predicate).map(|(_, object)| object)
    }

    pub(super) fn is_a(&self, subject: &Subject, class: &NamedNode) -> bool {
        let a = rdf::TYPE.into_owned();
        let class = Term::from(class.clone());
        self.objects(subject, &a).any(|found| *found == class)
    }

    /// Subjects of a class, in an order that does not depend on how they were read.
    pub(super) fn of_class(&self, classes: &[NamedNode]) -> Vec<Subject> {
        let mut found: Vec<Subject> = self
            .about
            .keys()
            .filter(|subject| classes.iter().any(|class| self.is_a(subject, class)))
            .cloned()
            .collect();
        found.sort_by_cached_key(ToString::to_string);
        found
    }

    pub(super) fn is_broken(&self, subject: &Subject) -> bool {
        matches!(subject, NamedOrBlankNode::NamedNode(node) if self.broken.contains(node.as_str()))
    }

    /// The page that follows (Hydra), as the document says.
    pub fn next_page(&self) -> Option<String> {
        const HYDRA: &str = "http://www.w3.org/ns/hydra/core#";
        let term = |name: &str| NamedNode::new_unchecked(format!("{HYDRA}{name}"));
        let pages = [("PartialCollectionView", "next"), ("PagedCollection", "nextPage")];
        pages.into_iter().find_map(|(class, next)| {
            let (class, next) = (term(class), term(next));
            let view = self.of_class(std::slice::from_ref(&class)).into_iter().next()?;
            match self.objects(&view, &next).next()? {
                Term::NamedNode(node) => Some(node.as_str().to_owned()),
                Term::Literal(text) => Some(text.value().to_owned()),
                Term::BlankNode(_) => None,
            }
        })
    }
}

fn blank_of(subject: &Subject) -> Option<&str> {
    match subject {
        NamedOrBlankNode::BlankNode(node) => Some(node.as_str()),
        NamedOrBlankNode::NamedNode(_) => None,
    }
}

fn blank_of_term(term: &Term) -> Option<&str> {
    match term {
        Term::BlankNode(node) => Some(node.as_str()),
        Term::NamedNode(_) | Term::Literal(_) => None,
    }
}
