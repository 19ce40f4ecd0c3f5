//! Columns from a Table Schema (frictionless data, version 1): names, types, titles and descriptions.

use serde_json::{Value, json};

/// The columns that a schema declares, as a description writes them; and its own address, when it has one.
///
/// # Errors
/// What is wrong with the document.
pub fn schema(document: &Value) -> Result<(Vec<Value>, Option<String>), String> {
    let fields = document.get("fields").and_then(Value::as_array).filter(|fields| !fields.is_empty());
    let fields = fields.ok_or("not a Table Schema: `fields` is no list of at least one field")?;
    let columns = fields.iter().enumerate().map(|(at, field)| {
        column(field).ok_or_else(|| format!("not a Table Schema: /fields/{at} has no `name`"))
    });
    let path = document.get("path").and_then(Value::as_str).filter(|path| path.starts_with("https://"));
    Ok((columns.collect::<Result<_, _>>()?, path.map(ToOwned::to_owned)))
}

fn column(field: &Value) -> Option<Value> {
    let text =
        |key: &str| field.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let name = text("name")?;
    let mut column = json!({ "name": name, "type": kind(field, name) });
    for (key, most) in [("title", 300), ("description", 20_000)] {
        if let Some(text) = text(key) {
            column[key] = text.chars().take(most).collect::<String>().into();
        }
    }
    if super::header::Words::of(name).personal().is_some() {
        column["personal"] = true.into();
    }
    Some(column)
}

/// Our type for theirs; a pattern or a name tells codes.
fn kind(field: &Value, name: &str) -> &'static str {
    let words = super::header::Words::of(name);
    let text = |key: &str| field.get(key).and_then(Value::as_str).unwrap_or_default();
    match text("type") {
        "integer" => "integer",
        "number" => "decimal",
        "boolean" => "boolean",
        "date" => "date",
        "datetime" | "time" => "date_time",
        "year" => "year",
        "geopoint" | "geojson" => "geometry",
        "string" if text("format") == "uri" => "url",
        _ if words.has(&["siret"]) => "siret",
        _ if words.has(&["siren"]) => "siren",
        _ if words.is_commune() => "code_commune",
        _ => "text",
    }
}
