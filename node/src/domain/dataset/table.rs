//! The table that a dataset is, as far as this node delivers parts of it: one file of separated values.

use contracts::dataset::{Description, Source};
use ontology::dcat::column::names_area;
use policies::{Row, Table};

/// Formats whose rows and columns the data plane tells apart: codes, as descriptions are stored, or media types.
const TABLES: [&str; 4] = ["CSV", "TSV", "text/csv", "text/tab-separated-values"];

/// A column as declared.
#[derive(Debug, Clone, Copy)]
pub struct Declared<'a> {
    pub name: &'a str,
    /// Code of its type.
    pub kind: &'a str,
    /// Year of the code by which it says a row's area.
    pub territory: Option<u16>,
    /// It says how many are behind a row.
    pub contributors: bool,
}

/// The table of these columns; nothing without any.
pub fn of_columns<'a>(columns: impl Iterator<Item = Declared<'a>> + Clone) -> Option<Table> {
    let row = columns.clone().find_map(|one| {
        let kind = names_area(one.kind)?.code().to_owned();
        Some(Row { column: one.name.to_owned(), kind, vintage: one.territory? })
    });
    let contributors = columns.clone().find(|one| one.contributors).map(|one| one.name.to_owned());
    let columns: Vec<String> = columns.map(|one| one.name.to_owned()).collect();
    (!columns.is_empty()).then_some(Table { columns, row, contributors })
}

/// Whether files of these formats are tables of separated values.
pub fn separated<'a>(mut formats: impl Iterator<Item = &'a str>) -> bool {
    formats.all(|format| TABLES.contains(&format))
}

/// The table of a description, if this node can deliver parts of it.
pub fn of(description: &Description) -> Option<Table> {
    let file = matches!(description.source, Some(Source::File(_)));
    let columns = description.columns.iter().map(|one| Declared {
        name: &one.name,
        kind: one.kind.code,
        territory: one.territory,
        contributors: one.contributors,
    });
    let formats = description.format.iter().map(|media| media.media_type.as_str());
    if file && separated(formats) { of_columns(columns) } else { None }
}
