//! Building triples.

use std::borrow::Cow;

use contracts::id::ParticipantId;
use ontology::vocab;
use oxigraph::model::vocab::{rdf, xsd};
use oxigraph::model::{BlankNode, Literal, NamedNode, NamedOrBlankNode, Term, Triple};
use sha2::{Digest, Sha256};

/// Triples in the making.
#[derive(Debug, Default)]
pub struct Triples(pub Vec<Triple>);

impl Triples {
    pub fn add(
        &mut self,
        subject: impl Into<NamedOrBlankNode>,
        predicate: NamedNode,
        object: impl Into<Term>,
    ) {
        self.0.push(Triple::new(subject, predicate, object));
    }
    pub fn a(&mut self, subject: impl Into<NamedOrBlankNode>, class: NamedNode) {
        self.add(subject, rdf::TYPE.into_owned(), class);
    }
    /// In the order in which the projection keeps them.
    pub fn sorted(mut self) -> Self {
        super::serialise::sort(&mut self.0);
        self
    }
    /// A term of a vocabulary, typed: a reader that has no table of it still knows what kind of thing it is.
    pub fn typed(&mut self, iri: &str, class: NamedNode) -> NamedNode {
        let node = named(iri);
        self.a(node.clone(), class);
        node
    }
    /// A list (RDF 1.1, 5.2 of the schema) of these, each of whose steps has a name.
    pub fn list(&mut self, of: &NamedNode, name: &str, items: &[NamedNode]) -> NamedNode {
        let step = |at: usize| match at < items.len() {
            true => part(of, &format!("{name}-{at}")),
            false => rdf::NIL.into_owned(),
        };
        for (at, item) in items.iter().enumerate() {
            self.add(step(at), rdf::FIRST.into_owned(), item.clone());
            self.add(step(at), rdf::REST.into_owned(), step(at + 1));
        }
        step(0)
    }
    /// A text in each of its languages.
    pub fn texts(&mut self, node: &NamedNode, predicate: NamedNode, said: &contracts::dataset::Text) {
        for (lang, value) in said.iter() {
            self.add(node.clone(), predicate.clone(), text(value, lang));
        }
    }
    /// A concept with its labels and scheme.
    pub fn concept(&mut self, term: &ontology::dcat::Term, scheme: Option<(&str, &str)>) -> NamedNode {
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
pub fn named(id: &str) -> NamedNode {
    // In JSON-LD what begins like one of our prefixes would be read as one.
    let is_short = super::serialise::PREFIXES
        .iter()
        .any(|(prefix, _)| id.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(':')));
    NamedNode::new(id).ok().filter(|_| !is_short).unwrap_or_else(|| {
        let digest = hex::encode(&Sha256::digest(id.as_bytes())[..16]);
        NamedNode::new_unchecked(format!("urn:fiducie:id:{digest}"))
    })
}

/// A part of something, named after it.
pub fn part(of: &NamedNode, name: &str) -> NamedNode {
    // An IRI has one fragment at most, and some identifiers end in one.
    let joint = if of.as_str().contains('#') { '.' } else { '#' };
    NamedNode::new_unchecked(format!("{}{joint}{name}", of.as_str()))
}

/// A blank node whose label is always the same for the same thing, so that the same catalogue has the same bytes.
pub fn blank(of: &NamedNode, name: &str) -> BlankNode {
    let digest = Sha256::digest(format!("{} {name}", of.as_str()).as_bytes());
    BlankNode::new_unchecked(format!("b{}", hex::encode(&digest[..12])))
}

pub fn text(value: &str, lang: &str) -> Literal {
    let value = writable(value);
    Literal::new_language_tagged_literal(&*value, lang).unwrap_or_else(|_| plain(&value))
}
pub fn plain(value: &str) -> Literal {
    Literal::new_simple_literal(writable(value))
}

/// A text as every form can carry it: XML has no control characters, and reads each end of line as a line feed.
fn writable(value: &str) -> Cow<'_, str> {
    let forbidden = |c: char| matches!(c, '\0'..='\x08' | '\x0B'..='\x1F' | '\u{FFFE}' | '\u{FFFF}');
    if !value.contains(forbidden) {
        return value.into();
    }
    let lines = value.replace("\r\n", "\n").replace('\r', "\n");
    lines.replace(forbidden, "\u{FFFD}").into()
}
pub fn date(value: impl ToString) -> Literal {
    Literal::new_typed_literal(value.to_string(), xsd::DATE)
}
pub fn date_time(value: impl Into<String>) -> Literal {
    Literal::new_typed_literal(value, xsd::DATE_TIME)
}
pub fn duration(value: impl ToString) -> Literal {
    Literal::new_typed_literal(value.to_string(), xsd::DURATION)
}
/// A geometry as well-known text (GeoSPARQL 1.1, 8.5.1); longitude first, as CRS 84 has it.
pub fn wkt(value: String) -> Literal {
    Literal::new_typed_literal(
        value,
        NamedNode::new_unchecked("http://www.opengis.net/ont/geosparql#wktLiteral"),
    )
}
pub fn size(bytes: u64) -> Literal {
    Literal::new_typed_literal(bytes.to_string(), xsd::NON_NEGATIVE_INTEGER)
}
pub fn decimal(value: u32) -> Literal {
    Literal::new_typed_literal(value.to_string(), xsd::DECIMAL)
}

/// A built-in datatype, by its name in XML Schema.
pub fn datatype(name: &str) -> NamedNode {
    term(vocab::XSD, name)
}

/// Where contracts are negotiated.
pub fn service(did: &ParticipantId) -> NamedNode {
    part(&named(did.as_str()), "connector")
}

fn term(namespace: &str, name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{namespace}{name}"))
}
pub fn dcat(name: &str) -> NamedNode {
    term(vocab::DCAT, name)
}
pub fn dct(name: &str) -> NamedNode {
    term(vocab::DCT, name)
}
pub fn foaf(name: &str) -> NamedNode {
    term(vocab::FOAF, name)
}
pub fn skos(name: &str) -> NamedNode {
    term(vocab::SKOS, name)
}
pub fn odrl(name: &str) -> NamedNode {
    term(vocab::ODRL, name)
}
pub fn adms(name: &str) -> NamedNode {
    term(vocab::ADMS, name)
}
pub fn fiducie(name: &str) -> NamedNode {
    term(vocab::FIDUCIE, name)
}
pub fn dcatap(name: &str) -> NamedNode {
    term(vocab::DCATAP, name)
}
pub fn prov(name: &str) -> NamedNode {
    term(vocab::PROV, name)
}
pub fn csvw(name: &str) -> NamedNode {
    term(vocab::CSVW, name)
}
pub fn vcard(name: &str) -> NamedNode {
    term(vocab::VCARD, name)
}
