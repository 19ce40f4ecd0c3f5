//! Which syntax a document is written in.

use oxigraph::io::{JsonLdProfileSet, RdfFormat};

/// A syntax that catalogues come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    Turtle,
    TriG,
    NTriples,
    RdfXml,
    JsonLd,
}

impl Wire {
    /// Of a media type, with or without parameters.
    pub fn of_media_type(text: &str) -> Option<Self> {
        let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        Some(match essence.as_str() {
            "text/turtle" | "application/x-turtle" => Self::Turtle,
            "application/trig" | "application/x-trig" => Self::TriG,
            "application/n-triples" => Self::NTriples,
            "application/rdf+xml" | "application/xml" | "text/xml" => Self::RdfXml,
            "application/ld+json" | "application/json" => Self::JsonLd,
            _ => return None,
        })
    }

    /// Of the end of a file's name or an address.
    pub fn of_name(name: &str) -> Option<Self> {
        let path = name.split(['?', '#']).next().unwrap_or_default();
        Some(match path.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "ttl" | "turtle" => Self::Turtle,
            "trig" => Self::TriG,
            "nt" => Self::NTriples,
            "rdf" | "xml" => Self::RdfXml,
            "jsonld" | "json" => Self::JsonLd,
            _ => return None,
        })
    }

    /// Of the first sign of the document itself.
    pub fn of_content(bytes: &[u8]) -> Self {
        let start = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
        match start.first() {
            Some(b'{' | b'[') => Self::JsonLd,
            Some(b'<') if start.starts_with(b"<?xml") || start.starts_with(b"<rdf:RDF") => Self::RdfXml,
            // Braces are for graphs, in texts they do no harm.
            _ if start.contains(&b'{') => Self::TriG,
            // N-Triples are Turtle.
            _ => Self::Turtle,
        }
    }

    pub(super) fn rdf(self) -> RdfFormat {
        match self {
            Self::Turtle => RdfFormat::Turtle,
            Self::TriG => RdfFormat::TriG,
            Self::NTriples => RdfFormat::NTriples,
            Self::RdfXml => RdfFormat::RdfXml,
            Self::JsonLd => RdfFormat::JsonLd { profile: JsonLdProfileSet::empty() },
        }
    }

    /// A statement that cannot be read leaves the next one readable. Not within the braces of a graph.
    pub(super) fn goes_on(self) -> bool {
        matches!(self, Self::Turtle | Self::NTriples)
    }
}
