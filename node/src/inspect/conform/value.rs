//! Types of values in a Table Schema (version 1, "types and formats").

use contracts::dataset::{Day, Duration, is_email};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A type, with its format.
#[derive(Debug)]
pub enum Kind {
    /// Of no form, or one of the formats of texts.
    Text(Option<&'static str>),
    Number {
        decimal: String,
        group: String,
        whole: bool,
        bare: bool,
    },
    Boolean {
        yes: Vec<String>,
        no: Vec<String>,
    },
    /// Year, month and day in the order of a format such as `%d/%m/%Y`; `None`: any of the usual ones.
    Date(Option<String>),
    Time,
    DateTime,
    Year,
    YearMonth,
    Duration,
    Geopoint(Option<&'static str>),
    Geojson,
    Object,
    Array,
}

/// What is compared with a least or greatest value.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub enum Measure {
    Number(f64),
    /// Days, instants and months as texts that sort.
    Sorted(String),
}

impl Kind {
    /// # Errors
    /// A type or format that is not known here.
    pub fn read(field: &Value) -> Result<Self, String> {
        let text = |key: &str| field.get(key).and_then(Value::as_str);
        let of = |key: &str, otherwise: &str| text(key).unwrap_or(otherwise).to_owned();
        let list = |key: &str, otherwise: &[&str]| -> Vec<String> {
            match field.get(key).and_then(Value::as_array) {
                Some(all) => all.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect(),
                None => otherwise.iter().map(|one| (*one).to_owned()).collect(),
            }
        };
        let number = |whole| Self::Number {
            decimal: of("decimalChar", "."),
            group: of("groupChar", ""),
            whole,
            bare: field.get("bareNumber").and_then(Value::as_bool).unwrap_or(true),
        };
        let format = text("format").filter(|format| *format != "default");
        Ok(match text("type").unwrap_or("string") {
            "string" => Self::Text(match format {
                None | Some("binary") => None,
                Some("email") => Some("email"),
                Some("uri") => Some("uri"),
                Some("uuid") => Some("uuid"),
                Some(other) => return Err(format!("format {other} of texts is not known")),
            }),
            "any" => Self::Text(None),
            "number" => number(false),
            "integer" => number(true),
            "boolean" => Self::Boolean {
                yes: list("trueValues", &["true", "True", "TRUE", "1"]),
                no: list("falseValues", &["false", "False", "FALSE", "0"]),
            },
            "date" => Self::Date(match format {
                None => Some("%Y-%m-%d".into()),
                Some("any") => None,
                Some(pattern) if is_date_pattern(pattern) => Some(pattern.to_owned()),
                Some(other) => return Err(format!("format {other} of dates is not known")),
            }),
            "time" => Self::Time,
            "datetime" => Self::DateTime,
            "year" => Self::Year,
            "yearmonth" => Self::YearMonth,
            "duration" => Self::Duration,
            "geopoint" => Self::Geopoint(match format {
                Some("array") => Some("array"),
                Some("object") => Some("object"),
                _ => None,
            }),
            "geojson" => Self::Geojson,
            "object" => Self::Object,
            "array" => Self::Array,
            other => return Err(format!("type {other} is not known")),
        })
    }

    /// As a person reads it.
    pub fn said(&self) -> String {
        match self {
            Self::Text(format) => format.unwrap_or("string").to_owned(),
            Self::Number { whole, .. } => if *whole { "integer" } else { "number" }.to_owned(),
            Self::Boolean { yes, no } => {
                format!("boolean: {}", [yes.as_slice(), no.as_slice()].concat().join(", "))
            }
            Self::Date(format) => format!("date: {}", format.as_deref().unwrap_or("any")),
            Self::Time => "time: hh:mm:ss".to_owned(),
            Self::DateTime => "datetime: YYYY-MM-DDThh:mm:ssZ".to_owned(),
            Self::Year => "year".to_owned(),
            Self::YearMonth => "yearmonth: YYYY-MM".to_owned(),
            Self::Duration => "duration: P1Y, PT15M".to_owned(),
            Self::Geopoint(format) => format!("geopoint: {}", format.unwrap_or("lon, lat")),
            Self::Geojson => "geojson".to_owned(),
            Self::Object => "object".to_owned(),
            Self::Array => "array".to_owned(),
        }
    }

    pub fn accepts(&self, text: &str) -> bool {
        match self {
            Self::Text(None) => true,
            Self::Text(Some("email")) => is_email(text),
            Self::Text(Some("uri")) => url::Url::parse(text).is_ok(),
            Self::Text(Some(_)) => uuid::Uuid::parse_str(text).is_ok(),
            Self::Number { .. } => self.number(text).is_some(),
            Self::Boolean { yes, no } => yes.iter().chain(no).any(|one| one == text),
            Self::Date(_) => self.day(text).is_some(),
            Self::Time => is_time(text),
            Self::DateTime => is_instant(text),
            Self::Year => text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()),
            Self::YearMonth => Day::parse(&format!("{text}-01")).is_some(),
            Self::Duration => Duration::parse(text).is_some(),
            Self::Geopoint(format) => geopoint(text, *format).is_some(),
            Self::Geojson => json(text).is_some_and(|value| value.get("type").is_some()),
            Self::Object => json(text).is_some_and(|value| value.is_object()),
            Self::Array => json(text).is_some_and(|value| value.is_array()),
        }
    }

    pub fn measure(&self, text: &str) -> Option<Measure> {
        match self {
            Self::Number { .. } => self.number(text).map(Measure::Number),
            Self::Year => text.parse().ok().map(Measure::Number),
            Self::Date(_) => {
                // Bounds of a schema are written in ISO 8601, whatever its columns are in.
                let day = self.day(text).or_else(|| Day::parse(text))?;
                Some(Measure::Sorted(day.to_string()))
            }
            Self::Time | Self::DateTime | Self::YearMonth => Some(Measure::Sorted(text.to_owned())),
            _ => None,
        }
    }

    /// The values in one: those of a list each for themselves.
    pub fn parts(&self, text: &str) -> impl Iterator<Item = String> {
        let listed = match self {
            Self::Array => json(text).and_then(|value| value.as_array().cloned()),
            _ => None,
        };
        let all = match listed {
            Some(all) => all
                .iter()
                .map(|one| one.as_str().map_or_else(|| one.to_string(), ToOwned::to_owned))
                .collect(),
            None => vec![text.to_owned()],
        };
        all.into_iter()
    }

    fn number(&self, text: &str) -> Option<f64> {
        let Self::Number { decimal, group, whole, bare } = self else { return None };
        let mut text = text.trim().to_owned();
        if !group.is_empty() {
            text = text.replace(group.as_str(), "");
        }
        if !bare {
            text = text.trim_matches(|c: char| !c.is_ascii_digit() && c != '-' && c != '+').to_owned();
        }
        if decimal != "." {
            if text.contains('.') {
                return None;
            }
            text = text.replacen(decimal.as_str(), ".", 1);
        }
        let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
        let number = text.parse::<f64>().ok().filter(|number| number.is_finite() && plain)?;
        (!whole || !text.contains(['.', 'e', 'E'])).then_some(number)
    }

    fn day(&self, text: &str) -> Option<Day> {
        let Self::Date(format) = self else { return None };
        match format {
            Some(format) => by_pattern(format, text),
            None => ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%Y/%m/%d"]
                .iter()
                .find_map(|format| by_pattern(format, text)),
        }
    }
}

/// Formats that say a day by numbers of fixed width.
fn is_date_pattern(pattern: &str) -> bool {
    ["%Y", "%m", "%d"].iter().all(|part| pattern.matches(part).count() == 1)
        && pattern.matches('%').count() == 3
}

fn by_pattern(pattern: &str, text: &str) -> Option<Day> {
    let (mut rest, mut parts) = (text, [""; 3]);
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            rest = rest.strip_prefix(letter)?;
            continue;
        }
        let (at, width) = match letters.next()? {
            'Y' => (0, 4),
            'm' => (1, 2),
            'd' => (2, 2),
            _ => return None,
        };
        (parts[at], rest) = rest.split_at_checked(width)?;
    }
    if rest.is_empty() { Day::parse(&parts.join("-")) } else { None }
}

fn is_time(text: &str) -> bool {
    let parts: Vec<&str> = text.trim_end_matches('Z').split(':').collect();
    let number = |part: &str, most: u8| {
        part.len() == 2
            && part.bytes().all(|b| b.is_ascii_digit())
            && part.parse().is_ok_and(|n: u8| n <= most)
    };
    matches!(parts.as_slice(), [h, m, s] if number(h, 23) && number(m, 59) && number(s, 60))
}

/// With a zone or without one, which many tables leave out.
fn is_instant(text: &str) -> bool {
    let read = |text: &str| OffsetDateTime::parse(text, &Rfc3339).is_ok();
    let text = text.replacen(' ', "T", 1);
    text.contains('T') && (read(&text) || read(&format!("{text}Z")))
}

fn geopoint(text: &str, format: Option<&str>) -> Option<(f64, f64)> {
    let (longitude, latitude) = match format {
        None => {
            let (longitude, latitude) = text.split_once(',')?;
            (longitude.trim().parse().ok()?, latitude.trim().parse().ok()?)
        }
        Some("array") => match json(text)?.as_array()?.as_slice() {
            [longitude, latitude] => (longitude.as_f64()?, latitude.as_f64()?),
            _ => return None,
        },
        Some(_) => {
            let value = json(text)?;
            (value.get("lon")?.as_f64()?, value.get("lat")?.as_f64()?)
        }
    };
    let on_earth = (-180.0..=180.0).contains(&longitude) && (-90.0..=90.0).contains(&latitude);
    on_earth.then_some((longitude, latitude))
}

fn json(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}
