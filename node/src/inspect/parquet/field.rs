//! A column of the schema: what its values are.

use contracts::dataset::Day;
use ontology::dcat::territory::{Kind, is_siren, is_siret};
use time::{Date, Duration};

use super::bounds::{BOOLEAN, Bounds, DOUBLE, FLOAT, INT32, INT64, INT96, Value};
use super::thrift::Struct;
use crate::inspect::header::Words;

/// A column, and what is stated of it.
#[derive(Debug)]
pub struct Field {
    pub name: String,
    pub words: Words,
    /// One of `ontology::dcat::column::TYPES`.
    pub kind: &'static str,
    pub bounds: Bounds,
    /// Fractions of a second of an instant: `None` for days.
    unit: Option<i64>,
}

impl Field {
    /// From an element of the schema (parquet.thrift, `SchemaElement`).
    pub fn of(element: Struct<'_>, bounds: Bounds, is_geometry: bool) -> Self {
        let name = element.text(4).unwrap_or_default().to_owned();
        let words = Words::of(&name);
        let mut field = Self { name, words, kind: "text", bounds, unit: None };
        field.kind = if is_geometry { "geometry" } else { field.logical(element) };
        field
    }

    fn logical(&mut self, element: Struct<'_>) -> &'static str {
        let logical = element.structure(10);
        let is = |number: i64| logical.is_some_and(|logical| logical.field(number).is_some());
        let (converted, physical) = (element.int(6), element.int(1));
        let instant = logical.and_then(|logical| logical.structure(8));
        let scale = logical.and_then(|logical| logical.structure(5)).and_then(|decimal| decimal.int(1));
        let per_second = |unit: Struct<'_>| match () {
            () if unit.field(1).is_some() => 1_000,
            () if unit.field(2).is_some() => 1_000_000,
            () => 1_000_000_000,
        };
        match () {
            () if element.int(5).is_some_and(|children| children > 0) || element.int(3) == Some(2) => "text",
            () if is(6) || converted == Some(6) => "date",
            () if instant.is_some() || matches!(converted, Some(9 | 10)) => {
                let said = instant.and_then(|instant| instant.structure(2)).map(per_second);
                self.unit = said.or(Some(if converted == Some(9) { 1_000 } else { 1_000_000 }));
                "date_time"
            }
            () if is(5) || converted == Some(5) => match scale.or(element.int(7)).unwrap_or(0) {
                0 => "integer",
                _ => "decimal",
            },
            () if is(17) || is(18) => "geometry",
            () if is(7) || matches!(converted, Some(7 | 8)) => "text",
            () => match physical {
                Some(BOOLEAN) => "boolean",
                Some(INT32 | INT64) if self.words.is_year() && self.years().is_some() => "year",
                Some(INT32 | INT64) => "integer",
                // Instants, before there was a type for them; of which nothing is stated.
                Some(INT96) => "date_time",
                Some(FLOAT | DOUBLE) => "decimal",
                _ if is(15) => "decimal",
                _ => self.coded(),
            },
        }
    }

    /// Codes, by name, when what is stated does not speak against it.
    fn coded(&self) -> &'static str {
        let all = |accepts: &dyn Fn(&str) -> bool| match &self.bounds.range {
            Some((Value::Text(least), Value::Text(most))) => accepts(least) && accepts(most),
            _ => true,
        };
        let words = &self.words;
        match () {
            () if words.has(&["siret"]) && all(&is_siret) => "siret",
            () if words.has(&["siren"]) && all(&is_siren) => "siren",
            () if words.is_commune() && all(&|code| Kind::Commune.accepts(code)) => "code_commune",
            () if words.is_departement() && all(&|code| Kind::Departement.accepts(code)) => {
                "code_departement"
            }
            () if words.is_region() && all(&|code| Kind::Region.accepts(code)) => "code_region",
            () => "text",
        }
    }

    /// First and last year.
    fn years(&self) -> Option<(i64, i64)> {
        let (Value::Int(first), Value::Int(last)) = self.bounds.range.as_ref()? else { return None };
        (*first >= 1800 && *last <= 2100).then_some((*first, *last))
    }

    /// First and last day, of dates and instants; else of years.
    pub fn days(&self) -> Option<(Day, Day)> {
        if self.kind == "year" {
            let (first, last) = self.years()?;
            return Day::parse(&format!("{first}-01-01")).zip(Day::parse(&format!("{last}-12-31")));
        }
        let (Value::Int(first), Value::Int(last)) = self.bounds.range.as_ref()? else { return None };
        let day = |number: &i64| {
            let days = match self.unit {
                Some(unit) => number.div_euclid(unit).div_euclid(86_400),
                None => *number,
            };
            let start = Date::from_ordinal_date(1970, 1).ok()?;
            // Beyond the calendar, or before Christ, is no day.
            let day = start.checked_add(Duration::days(days.clamp(-1 << 32, 1 << 32)))?;
            Day::parse(&day.to_string())
        };
        day(first).zip(day(last))
    }

    /// A single value in all rows.
    pub fn only(&self) -> Option<&str> {
        match &self.bounds.range {
            Some((Value::Text(least), Value::Text(most))) if least == most => Some(least),
            _ => None,
        }
    }

    /// Least and greatest number.
    pub fn numbers(&self) -> Option<(f64, f64)> {
        match &self.bounds.range {
            Some((Value::Float(least), Value::Float(most))) => Some((*least, *most)),
            _ => None,
        }
    }
}
