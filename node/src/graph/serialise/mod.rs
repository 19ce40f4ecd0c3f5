//! Triples to bytes, in each form.

mod json_ld;

use std::collections::HashSet;
use std::io;

use ontology::vocab;
use oxigraph::io::{RdfFormat, RdfSerializer};
use oxigraph::model::{Triple, TripleRef};
use sha2::{Digest, Sha256};

pub use json_ld::json_ld;

/// A form the catalogue can be had in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    JsonLd,
    Turtle,
    RdfXml,
    NTriples,
}

impl Format {
    /// In the order in which they are given to those who have no preference.
    pub const ALL: [Self; 4] = [Self::JsonLd, Self::Turtle, Self::RdfXml, Self::NTriples];

    /// With charset: a well-known harvester reads Turtle without one as ISO-8859-1.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::JsonLd => "application/ld+json; charset=utf-8",
            Self::Turtle => "text/turtle; charset=utf-8",
            Self::RdfXml => "application/rdf+xml; charset=utf-8",
            Self::NTriples => "application/n-triples; charset=utf-8",
        }
    }
    /// What a caller may call it; the first is its own name.
    pub fn media_types(self) -> &'static [&'static str] {
        match self {
            Self::JsonLd => &["application/ld+json", "application/json"],
            Self::Turtle => &["text/turtle", "application/x-turtle"],
            Self::RdfXml => &["application/rdf+xml", "application/xml", "text/xml"],
            Self::NTriples => &["application/n-triples"],
        }
    }
    /// The ends of addresses that ask for it.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::JsonLd => &["jsonld", "json"],
            Self::Turtle => &["ttl"],
            Self::RdfXml => &["rdf", "xml"],
            Self::NTriples => &["nt"],
        }
    }
    fn rdf(self) -> RdfFormat {
        match self {
            Self::JsonLd => RdfFormat::JsonLd { profile: oxigraph::io::JsonLdProfileSet::empty() },
            Self::Turtle => RdfFormat::Turtle,
            Self::RdfXml => RdfFormat::RdfXml,
            Self::NTriples => RdfFormat::NTriples,
        }
    }
}

pub const PREFIXES: [(&str, &str); 13] = [
    ("dcat", vocab::DCAT),
    ("dct", vocab::DCT),
    ("dcatap", vocab::DCATAP),
    ("foaf", vocab::FOAF),
    ("skos", vocab::SKOS),
    ("odrl", vocab::ODRL),
    ("adms", vocab::ADMS),
    ("vcard", vocab::VCARD),
    ("hydra", "http://www.w3.org/ns/hydra/core#"),
    ("csvw", vocab::CSVW),
    ("prov", vocab::PROV),
    ("xsd", vocab::XSD),
    ("fiducie", vocab::FIDUCIE),
];

/// Writes triples, each once, in the order given but for repetitions.
///
/// # Errors
/// None that memory would not cause.
pub fn write(mut triples: Vec<TripleRef<'_>>, format: Format) -> io::Result<Vec<u8>> {
    let mut known = HashSet::with_capacity(triples.len());
    triples.retain(|triple| known.insert(*triple));
    if format == Format::JsonLd {
        return serde_json::to_vec(&json_ld(&triples)).map_err(io::Error::other);
    }
    let mut writer = serializer(format.rdf())?.for_writer(Vec::with_capacity(triples.len() * 64));
    for triple in triples {
        writer.serialize_triple(triple)?;
    }
    writer.finish()
}

/// A serialiser that knows our prefixes, for who writes graphs (TriG, N-Quads) or more than fits into memory.
///
/// # Errors
/// Never: the prefixes are IRIs.
pub fn serializer(format: RdfFormat) -> io::Result<RdfSerializer> {
    PREFIXES.iter().try_fold(RdfSerializer::from_format(format), |serializer, (prefix, iri)| {
        serializer.with_prefix(*prefix, *iri).map_err(io::Error::other)
    })
}

/// Orders triples by what they say, and drops repetitions.
pub fn sort(triples: &mut Vec<Triple>) {
    triples.sort_by_cached_key(Triple::to_string);
    triples.dedup();
}

/// A number for what triples say, whatever their order.
pub(super) fn digest(triples: &[Triple]) -> u64 {
    if triples.is_empty() {
        return 0;
    }
    let mut all = triples.to_vec();
    sort(&mut all);
    let mut digest = Sha256::new();
    all.iter().for_each(|triple| digest.update(triple.to_string()));
    let mut number = [0; 8];
    number.copy_from_slice(&digest.finalize()[..8]);
    u64::from_le_bytes(number)
}

#[cfg(test)]
mod tests;
