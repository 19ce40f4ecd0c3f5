//! Parquet (parquet.thrift, format 2): what the footer states. Data are not read.

mod bounds;
mod field;
mod thrift;

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use super::column::{Summary, bare_names};
use super::extent::Extent;
use super::{Column, Found};
use bounds::Bounds;
use field::Field;
use thrift::Struct;

/// Longest footer that is read, and most columns.
const FOOTER: u64 = 64 << 20;
const WIDEST: usize = 2_000;

/// Reads the footer; what is wrong with it is said.
pub fn read(file: &mut File, found: &mut Found) {
    match footer(file).and_then(|bytes| summary(&bytes)) {
        Ok(summary) => found.take(summary),
        Err(what) => found.broken = Some(what),
    }
}

/// The footer's bytes: before its length and the mark at the end.
fn footer(file: &mut File) -> Result<Vec<u8>, String> {
    let failed = |e: std::io::Error| e.to_string();
    let length = file.seek(SeekFrom::End(0)).map_err(failed)?;
    let cut = || "not a whole Parquet file: it does not end with its footer".to_owned();
    let before = length.checked_sub(12).ok_or_else(cut)?;
    let mut tail = [0; 8];
    file.seek(SeekFrom::Start(length - 8)).map_err(failed)?;
    file.read_exact(&mut tail).map_err(failed)?;
    let [a, b, c, d, mark @ ..] = tail;
    match &mark {
        b"PAR1" => {}
        b"PARE" => return Err("its footer is encrypted".into()),
        _ => return Err(cut()),
    }
    let size = u64::from(u32::from_le_bytes([a, b, c, d]));
    if size > before {
        return Err(format!("its footer would have {size} bytes, and there are {before} before it"));
    }
    if size > FOOTER {
        return Err(format!("its footer has {size} bytes, more than the {FOOTER} that are read"));
    }
    file.seek(SeekFrom::Start(length - 8 - size)).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(size).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

fn summary(footer: &[u8]) -> Result<Summary, String> {
    let footer = Struct::read(footer).ok_or("its footer is no structure that can be read")?;
    let rows = footer.int(3).and_then(|rows| u64::try_from(rows).ok());
    let rows = rows.ok_or("its footer does not say how many rows there are")?;
    let geography = geography(footer);
    let fields = fields(footer, geography.as_ref().and_then(|geo| geo.get("primary_column")?.as_str()))?;
    let filled = |field: &Field| rows.saturating_sub(field.bounds.nulls.unwrap_or(0));
    let mut columns: Vec<Column> = fields
        .iter()
        .map(|field| Column {
            name: field.name.clone(),
            kind: field.kind,
            filled: filled(field),
            personal: field.words.personal(),
        })
        .collect();
    bare_names(&mut columns);
    let both = |(a, b): (_, _), (c, d): (_, _)| (Ord::min(a, c), Ord::max(b, d));
    let of = |kinds: &'static [&str]| {
        let own =
            fields.iter().filter(move |field| kinds.contains(&field.kind) && !field.words.is_of_keeping());
        own.filter_map(Field::days)
    };
    let period = of(&["date", "date_time"]).reduce(both).or_else(|| of(&["year"]).reduce(both));
    let extent = geography.as_ref().and_then(bbox).or_else(|| positions(&fields));
    Ok(Summary { rows, columns, period, extent, place: place(&fields) })
}

/// The columns, without what is nested in them.
fn fields(footer: Struct<'_>, geometry: Option<&str>) -> Result<Vec<Field>, String> {
    let mut elements = footer.structures(2);
    let root = elements.next().ok_or("its footer has no schema")?;
    let (bounds, mut fields, mut leaf) = (Bounds::all(footer), Vec::new(), 0);
    for _ in 0..root.int(5).unwrap_or(0) {
        let element = elements.next().ok_or("its schema has fewer columns than it says")?;
        if fields.len() == WIDEST {
            return Err(format!("it has more than {WIDEST} columns"));
        }
        let nested = element.int(5).unwrap_or(0).max(0);
        let own = bounds.get(leaf).filter(|_| nested == 0).cloned().unwrap_or_default();
        let is_geometry = element.text(4).is_some_and(|name| Some(name) == geometry);
        fields.push(Field::of(element, own, is_geometry));
        leaf += usize::from(nested == 0);
        // Whatever is below it comes next, parents before their children.
        let mut below = nested;
        while below > 0 {
            let own = elements.next().ok_or("its schema has fewer columns than it says")?;
            let children = own.int(5).unwrap_or(0).max(0);
            leaf += usize::from(children == 0);
            below = (below - 1).saturating_add(children);
        }
    }
    Ok(fields)
}

/// What GeoParquet says (1.1, metadata `geo`).
fn geography(footer: Struct<'_>) -> Option<serde_json::Value> {
    let own = footer.structures(5).find(|pair| pair.text(1) == Some("geo"))?;
    serde_json::from_str(own.text(2)?).ok()
}

/// The rectangle of its first geometry, where positions are in degrees: said so, or nothing said.
fn bbox(geography: &serde_json::Value) -> Option<Extent> {
    let column = geography.get("columns")?.get(geography.get("primary_column")?.as_str()?)?;
    let in_degrees = match column.get("crs") {
        None => true,
        Some(crs) => matches!(crs.pointer("/id/code")?, code if *code == 4326 || *code == "CRS84"),
    };
    let numbers: Vec<f64> =
        column.get("bbox")?.as_array()?.iter().filter_map(serde_json::Value::as_f64).collect();
    match numbers.as_slice() {
        [west, south, east, north] | [west, south, _, east, north, _] if in_degrees => {
            Some(Extent::of([*west, *south, *east, *north]))
        }
        _ => None,
    }
}

/// The rectangle around a column of latitudes and one of longitudes.
fn positions(fields: &[Field]) -> Option<Extent> {
    let of = |wanted: fn(&super::header::Words) -> bool| {
        fields.iter().find(|field| wanted(&field.words)).and_then(Field::numbers)
    };
    let (south, north) = of(super::header::Words::is_latitude)?;
    let (west, east) = of(super::header::Words::is_longitude)?;
    Some(Extent::of([west, south, east, north]))
}

/// The territory that all rows are of, when there is one.
fn place(fields: &[Field]) -> Option<(&'static str, String)> {
    [("code_commune", "commune"), ("code_departement", "departement"), ("code_region", "region")]
        .into_iter()
        .find_map(|(kind, place)| {
            let own = fields.iter().filter(|field| field.kind == kind);
            Some((place, own.filter_map(Field::only).next()?.to_owned()))
        })
}
