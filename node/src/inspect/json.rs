//! JSON and GeoJSON: the longest list of objects in it is its table. One element is kept at a time.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{BufReader, Read};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::Found;
use super::column::Table;

/// Lists of one document that are looked at, and how deep.
const LISTS: usize = 32;
const DEPTH: usize = 6;

#[derive(Default)]
struct Lists {
    tables: BTreeMap<String, Table>,
    features: bool,
}

pub fn read(text: impl Read, found: &mut Found) {
    let mut lists = Lists::default();
    let mut reader = serde_json::Deserializer::from_reader(BufReader::new(text));
    let walk = Walk { lists: &mut lists, path: String::new(), depth: 0 };
    let read = walk.deserialize(&mut reader).and_then(|()| reader.end());
    found.broken = read.err().map(|error| error.to_string());
    if lists.features {
        found.format = Some("GEOJSON");
        found.media_type = "application/geo+json".into();
    }
    let longest = lists.tables.into_values().max_by_key(|table| table.rows);
    if let Some(table) = longest {
        found.take(table.summary());
    }
}

struct Walk<'a> {
    lists: &'a mut Lists,
    path: String,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if self.depth == DEPTH {
                map.next_value::<serde::de::IgnoredAny>()?;
                continue;
            }
            let path = format!("{}/{key}", self.path);
            map.next_value_seed(Walk { lists: self.lists, path, depth: self.depth + 1 })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(element) = seq.next_element::<Value>()? {
            let Value::Object(members) = &element else { continue };
            if !self.lists.tables.contains_key(&self.path) && self.lists.tables.len() == LISTS {
                continue;
            }
            let is_feature = members.get("type").and_then(Value::as_str) == Some("Feature");
            self.lists.features |= is_feature;
            let table = self.lists.tables.entry(self.path.clone()).or_default();
            if !is_feature {
                record(table, members);
                continue;
            }
            if let Some(geometry) = members.get("geometry") {
                table.geometry(geometry);
            }
            let none = serde_json::Map::new();
            record(table, members.get("properties").and_then(Value::as_object).unwrap_or(&none));
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// One object as a record; what is nested is kept as it is written.
fn record(table: &mut Table, members: &serde_json::Map<String, Value>) {
    let cells: Vec<(usize, String)> = members
        .iter()
        .filter_map(|(name, value)| {
            let at = table.column(name)?;
            let text = match value {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            Some((at, text))
        })
        .collect();
    table.row(cells.iter().map(|(at, text)| (*at, text.as_str())));
}
