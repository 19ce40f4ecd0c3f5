//! Flattened JSON-LD with prefixed names. The library's serialiser writes every IRI whole and types as a plain
//! property, which persons and simple readers do not follow.

use std::collections::HashMap;

use oxigraph::model::vocab::{rdf, xsd};
use oxigraph::model::{NamedNodeRef, NamedOrBlankNodeRef, TermRef, TripleRef};
use serde_json::{Map, Value, json};

use super::PREFIXES;

/// The document of these triples, its context inside.
pub fn json_ld(triples: &[TripleRef<'_>]) -> Value {
    let mut nodes: Vec<Map<String, Value>> = Vec::new();
    let mut places: HashMap<NamedOrBlankNodeRef<'_>, usize> = HashMap::new();
    for triple in triples {
        let place = *places.entry(triple.subject).or_insert_with(|| {
            let id = match triple.subject {
                NamedOrBlankNodeRef::NamedNode(node) => node.as_str().to_owned(),
                NamedOrBlankNodeRef::BlankNode(node) => node.to_string(),
            };
            nodes.push(Map::from_iter([("@id".to_owned(), id.into())]));
            nodes.len() - 1
        });
        let (key, value) = match triple.object {
            TermRef::NamedNode(class) if triple.predicate == rdf::TYPE => {
                ("@type".to_owned(), compact(class).into())
            }
            object => (compact(triple.predicate), self::value(object)),
        };
        if let Value::Array(values) = nodes[place].entry(key).or_insert_with(|| json!([])) {
            values.push(value);
        }
    }
    let context: Map<String, Value> =
        PREFIXES.iter().map(|(prefix, iri)| ((*prefix).to_owned(), (*iri).into())).collect();
    json!({"@context": context, "@graph": nodes})
}

fn value(object: TermRef<'_>) -> Value {
    match object {
        TermRef::NamedNode(node) => json!({"@id": node.as_str()}),
        TermRef::BlankNode(node) => json!({"@id": node.to_string()}),
        TermRef::Literal(literal) => match (literal.language(), literal.datatype()) {
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
