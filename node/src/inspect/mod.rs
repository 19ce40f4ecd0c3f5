//! What a file holds, found by reading it: format, encoding, columns, types, rows, period, extent, and columns that may
//! be personal. Reads in one pass after a look at the encoding, and keeps no more than one record of it at a time.

mod cell;
mod column;
mod conform;
mod dcat;
mod detect;
mod encoding;
mod extent;
mod folder;
mod header;
mod json;
mod parquet;
mod record;
mod records;
mod scdl;
mod schema;
mod table;
mod xlsx;

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

use contracts::dataset::Day;
use serde::Serialize;

pub use conform::{MOST, Rule, Unfit, conform};
pub use dcat::dcat;
pub use folder::folder;
pub use record::{Beside, record};
pub use scdl::scdl;
pub use schema::schema;

use column::Summary;
use encoding::Encoding;
use extent::Extent;

/// Drafts from a catalogue kept elsewhere.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Drafts {
    pub rows: Vec<Row>,
    /// What could not be taken: its line, and why.
    pub faults: Vec<(usize, String)>,
}

/// One record of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Where it begins, from 1; of a table, the head being 1.
    pub line: usize,
    pub record: serde_json::Value,
}

/// What was found in a file, or in the files of a folder.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Found {
    pub file: String,
    pub bytes: u64,
    /// Code of the European table of file types, when it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<&'static str>,
    pub media_type: String,
    /// Of texts: `UTF-8`, `UTF-16LE`, `windows-1252`…
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<&'static str>,
    /// A byte-order mark stands at its beginning.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub bom: bool,
    /// Of tables with separated values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub separator: Option<char>,
    /// Records, without the head.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Column>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "days")]
    pub period: Option<(Day, Day)>,
    /// West, south, east, north; WGS 84, in degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bbox: Option<[f64; 4]>,
    /// Codes of the territories in it, when it is about one alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<(&'static str, String)>,
    /// Why it was not read to its end, if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken: Option<String>,
}

/// A column as it was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Column {
    pub name: String,
    /// One of `ontology::dcat::column::TYPES`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Values that are not empty.
    pub filled: u64,
    /// Why it may be personal: `name`, `email`, `phone`, `address`, `birth`, `nir`, `identity`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub personal: Option<&'static str>,
}

/// Looks into a file.
///
/// # Errors
/// It cannot be read. A file that is not what it seems is described as far as it was read, with what is wrong.
pub fn file(path: &Path) -> io::Result<Found> {
    let mut file = File::open(path)?;
    let bytes = file.metadata()?.len();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut found = Found { file: name, bytes, ..Found::default() };
    let seen = detect::binary(&mut file, path)?;
    if let Some((format, media_type)) = seen {
        (found.format, found.media_type) = (format, media_type.to_owned());
        match format {
            Some("PARQUET") => parquet::read(&mut file, &mut found),
            Some("XLSX") => xlsx::read(file, &mut found),
            _ => {}
        }
        return Ok(found);
    }
    file.rewind()?;
    let encoding = encoding::detect(&mut file)?;
    (found.encoding, found.bom) = (Some(encoding.name()), encoding.bom);
    file.rewind()?;
    let start = beginning(&mut file, &encoding)?;
    let (format, media_type) = detect::text(&start, path);
    (found.format, found.media_type) = (format, media_type.to_owned());
    file.rewind()?;
    let text = encoding.decoded(BufReader::new(file));
    match format {
        Some("CSV" | "TSV") => table::read(text, &start, &mut found),
        Some("JSON" | "GEOJSON") => json::read(text, &mut found),
        _ => {}
    }
    Ok(found)
}

/// The first characters of a text.
fn beginning(file: &mut File, encoding: &Encoding) -> io::Result<String> {
    const LOOK: u64 = 64 << 10;
    let mut bytes = Vec::new();
    encoding.decoded(&mut *file).take(LOOK).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

impl Found {
    fn take(&mut self, summary: Summary) {
        self.rows = Some(summary.rows);
        self.columns = summary.columns;
        self.period = summary.period;
        self.bbox = summary.extent.and_then(Extent::bbox);
        self.place = summary.place;
    }
}

fn days<S: serde::Serializer>(period: &Option<(Day, Day)>, s: S) -> Result<S::Ok, S::Error> {
    period.map(|(start, end)| [start.to_string(), end.to_string()]).serialize(s)
}
