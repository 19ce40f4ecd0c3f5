//! Triples to bytes.

use std::collections::BTreeMap;
use std::io;

use ontology::vocab;
use oxigraph::io::{RdfFormat, RdfSerializer};
use oxigraph::model::vocab::{rdf, xsd};
use oxigraph::model::{NamedNodeRef, NamedOrBlankNode, Term, Triple};
use serde_json::{Map, Value, json};

/// A form the catalogue can be had in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    JsonLd,
    Turtle,
}

impl Format {
    pub const ALL: [Self; 2] = [Self::JsonLd, Self::Turtle];

    /// With charset: a well-known harvester reads Turtle without one as ISO-8859-1.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::JsonLd => "application/ld+json; charset=utf-8",
            Self::Turtle => "text/turtle; charset=utf-8",
        }
    }
    pub fn media_type(self) -> &'static str {
        match self {
            Self::JsonLd => "application/ld+json",
            Self::Turtle => "text/turtle",
        }
    }
}

const PREFIXES: [(&str, &str); 8] = [
    ("dcat", vocab::DCAT),
    ("dct", vocab::DCT),
    ("foaf", vocab::FOAF),
    ("skos", vocab::SKOS),
    ("odrl", vocab::ODRL),
    ("adms", vocab::ADMS),
    ("xsd", vocab::XSD),
    ("fiducie", vocab::FIDUCIE),
];

/// Writes triples, each once, always in the same order: the same catalogue has the same bytes.
pub(super) fn write(mut triples: Vec<Triple>, format: Format) -> io::Result<Vec<u8>> {
    triples.sort_by_cached_key(Triple::to_string);
    triples.dedup();
    match format {
        Format::JsonLd => serde_json::to_vec(&json_ld(&triples)).map_err(io::Error::other),
        Format::Turtle => {
            let mut serializer = RdfSerializer::from_format(RdfFormat::Turtle);
            for (prefix, iri) in PREFIXES {
                serializer = serializer.with_prefix(prefix, iri).map_err(io::Error::other)?;
            }
            let mut writer = serializer.for_writer(Vec::new());
            for triple in &triples {
                writer.serialize_triple(triple)?;
            }
            writer.finish()
        }
    }
}

/// Flattened JSON-LD with prefixed names. The library's serialiser writes every IRI whole and types as a plain
/// property, which persons and simple readers do not follow.
fn json_ld(triples: &[Triple]) -> Value {
    let mut nodes: Vec<Map<String, Value>> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for triple in triples {
        let id = match &triple.subject {
            NamedOrBlankNode::NamedNode(node) => node.as_str().to_owned(),
            NamedOrBlankNode::BlankNode(node) => node.to_string(),
        };
        let place = *places.entry(id.clone()).or_insert_with(|| {
            nodes.push(Map::from_iter([("@id".to_owned(), id.into())]));
            nodes.len() - 1
        });
        let (key, value) = match &triple.object {
            Term::NamedNode(class) if triple.predicate == rdf::TYPE => {
                ("@type".to_owned(), compact(class.as_ref()).into())
            }
            object => (compact(triple.predicate.as_ref()), self::value(object)),
        };
        if let Value::Array(values) = nodes[place].entry(key).or_insert_with(|| json!([])) {
            values.push(value);
        }
    }
    let context: Map<String, Value> =
        PREFIXES.iter().map(|(prefix, iri)| ((*prefix).to_owned(), (*iri).into())).collect();
    json!({"@context": context, "@graph": nodes})
}

fn value(object: &Term) -> Value {
    match object {
        Term::NamedNode(node) => json!({"@id": node.as_str()}),
        Term::BlankNode(node) => json!({"@id": node.to_string()}),
        Term::Literal(literal) => match (literal.language(), literal.datatype()) {
            (Some(lang), _) => json!({"@value": literal.value(), "@language": lang}),
            (None, xsd::STRING) => json!({"@value": literal.value()}),
            (None, datatype) => json!({"@value": literal.value(), "@type": compact(datatype)}),
        },
    }
}

/// `prefix:name` when the name is plain, else the whole IRI.
fn compact(iri: NamedNodeRef<'_>) -> String {
    let iri = iri.as_str();
    let short = PREFIXES.iter().find_map(|(prefix, namespace)| {
        let name = iri.strip_prefix(namespace)?;
        (!name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'))
            .then(|| format!("{prefix}:{name}"))
    });
    short.unwrap_or_else(|| iri.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::triples::{Triples, blank, date, dcat, dct, named, text};
    use super::*;
    use oxigraph::io::{JsonLdProfileSet, RdfParser};
    use std::collections::HashSet;

    /// What we write by hand reads back, with the library's parser, to the same graph as its own Turtle.
    #[test]
    fn both_forms_are_the_same_graph() {
        let mut out = Triples::default();
        let node = named("urn:d:1");
        out.a(node.clone(), dcat("Dataset"));
        out.a(node.clone(), named("https://odd.example/Type"));
        out.add(node.clone(), dct("title"), text("Été \"2025\"\n", "fr"));
        let period = blank(&node, "period");
        out.add(period.clone(), dcat("startDate"), date("2025-01-01"));
        out.add(node, dct("temporal"), period);
        let read = |format, bytes: Vec<u8>| -> HashSet<String> {
            RdfParser::from_format(format)
                .for_slice(&bytes)
                .map(|quad| quad.unwrap().to_string())
                .filter(|quad| !quad.contains("_:"))
                .collect()
        };
        let profile = JsonLdProfileSet::empty();
        let json = read(RdfFormat::JsonLd { profile }, write(out.0.clone(), Format::JsonLd).unwrap());
        let turtle = read(RdfFormat::Turtle, write(out.0, Format::Turtle).unwrap());
        assert_eq!(json.len(), 3);
        assert_eq!(json, turtle);
    }
}
