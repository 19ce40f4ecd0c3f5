//! Building triples.

use ontology::vocab;
use oxigraph::model::vocab::{rdf, xsd};
use oxigraph::model::{BlankNode, Literal, NamedNode, NamedOrBlankNode, Term, Triple};
use sha2::{Digest, Sha256};

/// Triples in the making.
#[derive(Debug, Default)]
pub(super) struct Triples(pub(super) Vec<Triple>);

impl Triples {
    pub(super) fn add(
        &mut self,
        subject: impl Into<NamedOrBlankNode>,
        predicate: NamedNode,
        object: impl Into<Term>,
    ) {
        self.0.push(Triple::new(subject, predicate, object));
    }
    pub(super) fn a(&mut self, subject: impl Into<NamedOrBlankNode>, class: NamedNode) {
        self.add(subject, rdf::TYPE.into_owned(), class);
    }
    /// A term of a vocabulary, typed: a reader that has no table of it still knows what kind of thing it is.
    pub(super) fn typed(&mut self, iri: &str, class: NamedNode) -> NamedNode {
        let node = named(iri);
        self.a(node.clone(), class);
        node
    }
    /// A concept with its labels and scheme.
    pub(super) fn concept(&mut self, term: &ontology::dcat::Term, scheme: Option<(&str, &str)>) -> NamedNode {
        let node = self.typed(term.iri, skos("Concept"));
        self.add(node.clone(), skos("prefLabel"), text(term.fr, "fr"));
        self.add(node.clone(), skos("prefLabel"), text(term.en, "en"));
        if let Some((scheme, title)) = scheme {
            let scheme = self.typed(scheme, skos("ConceptScheme"));
            self.add(scheme.clone(), dct("title"), text(title, "en"));
            self.add(node.clone(), skos("inScheme"), scheme);
        }
        node
    }
}

/// An identifier as a node. One that is not an IRI (a peer's, or one brought from elsewhere) gets a stable one.
pub(super) fn named(id: &str) -> NamedNode {
    NamedNode::new(id).unwrap_or_else(|_| {
        let digest = hex::encode(&Sha256::digest(id.as_bytes())[..16]);
        NamedNode::new_unchecked(format!("urn:fiducie:id:{digest}"))
    })
}

/// A part of something, named after it.
pub(super) fn part(of: &NamedNode, name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{}#{name}", of.as_str()))
}

/// A blank node whose label is always the same for the same thing, so that the same catalogue has the same bytes.
pub(super) fn blank(of: &NamedNode, name: &str) -> BlankNode {
    let digest = Sha256::digest(format!("{} {name}", of.as_str()).as_bytes());
    BlankNode::new_unchecked(format!("b{}", hex::encode(&digest[..12])))
}

pub(super) fn text(value: &str, lang: &str) -> Literal {
    Literal::new_language_tagged_literal(value, lang).unwrap_or_else(|_| plain(value))
}
pub(super) fn plain(value: &str) -> Literal {
    Literal::new_simple_literal(value)
}
pub(super) fn date(value: impl ToString) -> Literal {
    Literal::new_typed_literal(value.to_string(), xsd::DATE)
}
pub(super) fn date_time(value: impl Into<String>) -> Literal {
    Literal::new_typed_literal(value, xsd::DATE_TIME)
}
pub(super) fn duration(value: impl ToString) -> Literal {
    Literal::new_typed_literal(value.to_string(), xsd::DURATION)
}
pub(super) fn decimal(value: u32) -> Literal {
    Literal::new_typed_literal(value.to_string(), xsd::DECIMAL)
}

fn term(namespace: &str, name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{namespace}{name}"))
}
pub(super) fn dcat(name: &str) -> NamedNode {
    term(vocab::DCAT, name)
}
pub(super) fn dct(name: &str) -> NamedNode {
    term(vocab::DCT, name)
}
pub(super) fn foaf(name: &str) -> NamedNode {
    term(vocab::FOAF, name)
}
pub(super) fn skos(name: &str) -> NamedNode {
    term(vocab::SKOS, name)
}
pub(super) fn odrl(name: &str) -> NamedNode {
    term(vocab::ODRL, name)
}
pub(super) fn adms(name: &str) -> NamedNode {
    term(vocab::ADMS, name)
}
pub(super) fn fiducie(name: &str) -> NamedNode {
    term(vocab::FIDUCIE, name)
}
