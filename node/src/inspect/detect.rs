//! Formats, by what a file begins with; by its name only where contents do not tell.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use ontology::dcat::format::Format;

use super::table;

/// Code and media type.
type Kind = (Option<&'static str>, &'static str);

/// Bytes looked at, at either end.
const LOOK: u64 = 64 << 10;

fn of(code: &str) -> Kind {
    Format::find(code)
        .map_or((None, "application/octet-stream"), |format| (Some(format.code), format.media_type))
}

fn extension(path: &Path) -> String {
    path.extension().map(|end| end.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

/// The format of a file that is no text; nothing for texts.
pub fn binary(file: &mut File, path: &Path) -> io::Result<Option<Kind>> {
    let mut start = Vec::new();
    file.by_ref().take(LOOK).read_to_end(&mut start)?;
    let end = extension(path);
    let starts = |magic: &[u8]| start.starts_with(magic);
    Ok(Some(match () {
        () if starts(b"%PDF-") => of("PDF"),
        () if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") => archive(file, &start)?,
        () if starts(b"PAR1") => of("PARQUET"),
        () if starts(b"SQLite format 3\0") => match start.get(68..72) {
            Some(b"GPKG" | b"GP10" | b"GP11") => of("GPKG"),
            _ => (None, "application/vnd.sqlite3"),
        },
        () if starts(b"\x1f\x8b") => of("GZIP"),
        () if starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") => match end.as_str() {
            "doc" => of("DOC"),
            _ => of("XLS"),
        },
        () if starts(b"\x00\x00\x27\x0a") => of("SHP"),
        () if starts(b"\x89PNG\r\n") => of("PNG"),
        () if starts(b"II*\0") || starts(b"MM\0*") => of("TIFF"),
        () if starts(b"CDF\x01") || starts(b"CDF\x02") => of("NETCDF"),
        () if starts(b"\x89HDF\r\n") && end == "nc" => of("NETCDF"),
        () if starts(b"AC10") => of("DWG"),
        () if starts(b"\0\x01\0\0Standard ") => of("MDB"),
        // UTF-16 has zeros too, at one place in two.
        () if is_data(&start) => (None, "application/octet-stream"),
        () => return Ok(None),
    }))
}

/// Bytes that no text has.
fn is_data(start: &[u8]) -> bool {
    let marked = encoding_rs::Encoding::for_bom(start).is_some();
    let zeros = |from: usize| start.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    !marked && even + odd > 0 && (even > 0 && odd > 0)
}

/// By the names in an archive, which stand at its end.
fn archive(file: &mut File, start: &[u8]) -> io::Result<Kind> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(LOOK)))?;
    let mut end = Vec::new();
    file.by_ref().take(LOOK).read_to_end(&mut end)?;
    Ok(match () {
        () if holds(start, b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet") => of("ODS"),
        () if holds(start, b"mimetypeapplication/vnd.oasis.opendocument.text") => of("ODT"),
        () if holds(&end, b"xl/workbook.xml") => of("XLSX"),
        () if holds(&end, b".shp") => of("SHP"),
        () => of("ZIP"),
    })
}

/// The format of a text, by its beginning.
pub fn text(start: &str, path: &Path) -> Kind {
    let (text, end) = (start.trim_start(), extension(path));
    let lower: String = text.chars().take(4096).collect::<String>().to_lowercase();
    match text.chars().next() {
        Some('{' | '[') => match () {
            () if end == "geojson" || lower.replace(' ', "").contains("\"type\":\"featurecollection\"") => {
                of("GEOJSON")
            }
            () if end == "jsonld" || lower.contains("\"@context\"") => of("JSON_LD"),
            () => of("JSON"),
        },
        Some('<') => match () {
            () if lower.contains("<rdf:rdf") => of("RDF_XML"),
            () if lower.contains("<!doctype html") || lower.contains("<html") => of("HTML"),
            () if lower.contains("<kml") => of("KML"),
            () if lower.contains("opengis.net/gml") => of("GML"),
            () => of("XML"),
        },
        None => of("TXT"),
        Some(_) if matches!(end.as_str(), "ttl" | "n3") => of("RDF_TURTLE"),
        Some(_) if matches!(end.as_str(), "md" | "log" | "sql" | "py" | "html") => of("TXT"),
        Some(_) => match table::separator(start) {
            Some('\t') => of("TSV"),
            Some(_) => of("CSV"),
            None if end == "csv" => of("CSV"),
            None if end == "tsv" => of("TSV"),
            None => of("TXT"),
        },
    }
}
