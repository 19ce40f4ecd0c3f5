//! File formats: EU Vocabularies `file-type` code, IANA media type, and whether the format is open.
//!
//! Open: its specification is public and nothing restricts access to it or its implementation
//! (loi n° 2004-575, art. 4; required for concession data by CCP, art. L. 3131-2).

/// A known file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    pub code: &'static str,
    pub media_type: &'static str,
    pub open: bool,
}

const fn open(code: &'static str, media_type: &'static str) -> Format {
    Format { code, media_type, open: true }
}
const fn closed(code: &'static str, media_type: &'static str) -> Format {
    Format { code, media_type, open: false }
}

pub const FORMATS: &[Format] = &[
    open("CSV", "text/csv"),
    open("TSV", "text/tab-separated-values"),
    open("TXT", "text/plain"),
    open("JSON", "application/json"),
    open("GEOJSON", "application/geo+json"),
    open("JSON_LD", "application/ld+json"),
    open("XML", "application/xml"),
    open("RDF_XML", "application/rdf+xml"),
    open("RDF_TURTLE", "text/turtle"),
    open("HTML", "text/html"),
    open("PDF", "application/pdf"),
    open("ODS", "application/vnd.oasis.opendocument.spreadsheet"),
    open("ODT", "application/vnd.oasis.opendocument.text"),
    open("PARQUET", "application/vnd.apache.parquet"),
    open("GML", "application/gml+xml"),
    open("KML", "application/vnd.google-earth.kml+xml"),
    open("SHP", "application/vnd.shp"),
    open("GPKG", "application/geopackage+sqlite3"),
    open("NETCDF", "application/netcdf"),
    open("TIFF", "image/tiff"),
    open("PNG", "image/png"),
    open("ZIP", "application/zip"),
    open("GZIP", "application/gzip"),
    closed("XLS", "application/vnd.ms-excel"),
    // Published (ISO/IEC 29500), but the French interoperability framework only observes it.
    closed("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    closed("DOC", "application/msword"),
    closed("MDB", "application/vnd.ms-access"),
    closed("DWG", "image/vnd.dwg"),
];

impl Format {
    /// The format of that code or media type.
    pub fn find(text: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|f| f.code.eq_ignore_ascii_case(text) || f.media_type.eq_ignore_ascii_case(text))
    }
    /// Whether a program can read the values without guessing at a layout, as data.europa.eu counts it.
    pub fn is_machine_readable(&self) -> bool {
        !matches!(self.code, "TXT" | "HTML" | "PDF" | "ODT" | "TIFF" | "PNG" | "ZIP" | "GZIP" | "DOC" | "DWG")
    }
    pub fn file_type_iri(&self) -> String {
        format!("http://publications.europa.eu/resource/authority/file-type/{}", self.code)
    }
}

/// The media type as IANA names it.
pub fn media_type_iri(media_type: &str) -> String {
    format!("https://www.iana.org/assignments/media-types/{media_type}")
}

/// Whether a text is written `type/subtype` (RFC 6838, 4.2).
pub fn is_media_type(text: &str) -> bool {
    let name = |part: &str| {
        !part.is_empty()
            && part.len() <= 127
            && part.starts_with(|c: char| c.is_ascii_alphanumeric())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c))
    };
    text.split_once('/').is_some_and(|(kind, subtype)| name(kind) && name(subtype))
}
