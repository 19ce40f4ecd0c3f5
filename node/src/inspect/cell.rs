//! What one value can be.

use contracts::dataset::Day;
use ontology::dcat::territory::{Kind, is_siren, is_siret};
use serde_json::Value;

/// Kinds of value that are counted, in the order of the bits.
pub const KINDS: usize = 18;
pub const BOOLEAN: usize = 0;
pub const INTEGER: usize = 1;
pub const DECIMAL: usize = 2;
pub const DATE: usize = 3;
pub const DATE_TIME: usize = 4;
pub const YEAR: usize = 5;
pub const URL: usize = 6;
pub const GEOMETRY: usize = 7;
pub const COMMUNE: usize = 8;
pub const DEPARTEMENT: usize = 9;
pub const REGION: usize = 10;
pub const SIREN: usize = 11;
pub const SIRET: usize = 12;
pub const SIREN_FORM: usize = 13;
pub const SIRET_FORM: usize = 14;
pub const EMAIL: usize = 15;
pub const PHONE: usize = 16;
pub const NIR: usize = 17;

/// A value with what it can be.
#[derive(Debug, Default)]
pub struct Cell {
    pub kinds: u32,
    pub day: Option<Day>,
    pub number: Option<f64>,
    /// Longitude and latitude, or a whole geometry.
    pub position: Option<(f64, f64)>,
    pub geometry: Option<Value>,
}

/// Longest value that is looked into.
const LONGEST: usize = 1 << 20;

impl Cell {
    pub fn of(text: &str) -> Self {
        let mut cell = Self::default();
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        let words = ["true", "false", "vrai", "faux", "oui", "non", "yes", "no"];
        if words.iter().any(|word| text.eq_ignore_ascii_case(word)) {
            cell.set(BOOLEAN);
        }
        cell.number(text, digits);
        cell.date(text);
        cell.codes(text, digits);
        if (text.starts_with("https://") || text.starts_with("http://")) && url::Url::parse(text).is_ok() {
            cell.set(URL);
        }
        cell.position(text);
        cell.persons(text);
        cell
    }

    fn set(&mut self, kind: usize) {
        self.kinds |= 1 << kind;
    }

    fn number(&mut self, text: &str, digits: bool) {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let whole =
            !unsigned.is_empty() && unsigned.len() <= 18 && unsigned.bytes().all(|b| b.is_ascii_digit());
        // A leading zero is part of a code.
        let plain = unsigned.len() == 1 || !unsigned.starts_with('0');
        if whole && plain {
            self.set(INTEGER);
            self.set(DECIMAL);
        }
        let point = unsigned.replacen(',', ".", 1);
        let form = point.bytes().all(|b| b.is_ascii_digit() || b".eE+-".contains(&b))
            && point.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && point.contains(['.', 'e', 'E']);
        if form && point.parse::<f64>().is_ok_and(f64::is_finite) {
            self.set(DECIMAL);
        }
        if self.kinds & (1 << DECIMAL) != 0 {
            self.number = text.replacen(',', ".", 1).parse().ok();
        }
        if digits && text.len() == 4 && ("1800".."2101").contains(&text) {
            self.set(YEAR);
        }
    }

    fn date(&mut self, text: &str) {
        let (date, rest) = match text.is_char_boundary(10) && text.len() >= 10 {
            true => text.split_at(10),
            false => (text, ""),
        };
        let day = Day::parse(date).or_else(|| turned(date)).or_else(|| packed(text));
        let clock = rest.trim_start_matches([' ', 'T']);
        let is_clock = clock.len() >= 5
            && clock.as_bytes()[2] == b':'
            && clock.bytes().all(|b| b.is_ascii_digit() || b":.+-Z".contains(&b));
        match (day, rest.is_empty()) {
            (Some(day), true) => {
                self.day = Some(day);
                self.set(DATE);
            }
            (Some(day), false) if is_clock => {
                self.day = Some(day);
                self.set(DATE_TIME);
            }
            _ => {}
        }
    }

    fn codes(&mut self, text: &str, digits: bool) {
        for (kind, bit) in
            [(Kind::Commune, COMMUNE), (Kind::Departement, DEPARTEMENT), (Kind::Region, REGION)]
        {
            if text.len() <= 5 && text.is_ascii() && kind.accepts(text) {
                self.set(bit);
            }
        }
        if digits && text.len() == 9 {
            self.set(SIREN_FORM);
            if is_siren(text) {
                self.set(SIREN);
            }
        }
        if digits && text.len() == 14 {
            self.set(SIRET_FORM);
            if is_siret(text) {
                self.set(SIRET);
            }
        }
    }

    fn position(&mut self, text: &str) {
        if text.starts_with('{') && text.contains("coordinates") && text.len() <= LONGEST {
            self.geometry = serde_json::from_str(text).ok();
            if self.geometry.is_some() {
                self.set(GEOMETRY);
            }
        } else if ["POINT", "POLYGON", "LINESTRING", "MULTI"].iter().any(|start| text.starts_with(start))
            && text.contains('(')
        {
            self.set(GEOMETRY);
        } else if text.len() < 64 {
            let inner = text.trim_matches(['[', ']', '(', ')']);
            let part = |part: &str| part.trim().parse::<f64>().ok().filter(|_| part.contains('.'));
            if let Some((first, second)) = inner.split_once(',')
                && let (Some(first), Some(second)) = (part(first), part(second))
            {
                // In brackets, as in GeoJSON, longitude comes first; a plain pair is written latitude first.
                self.position = Some(if text.starts_with('[') { (first, second) } else { (second, first) });
                self.set(GEOMETRY);
            }
        }
    }

    fn persons(&mut self, text: &str) {
        let plain = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._%+-".contains(&b))
        };
        if let Some((local, host)) = text.split_once('@')
            && plain(local)
            && plain(host)
            && host.contains('.')
        {
            self.set(EMAIL);
        }
        // Longest when it is grouped by spaces.
        if text.len() > 24 || !text.starts_with(['0', '+', '1', '2']) {
            return;
        }
        let digits: String = text.chars().filter(|c| !" .-".contains(*c)).collect();
        let national =
            digits.strip_prefix("+33").or(digits.strip_prefix("0033")).or(digits.strip_prefix('0'));
        if national.is_some_and(|rest| {
            rest.len() == 9 && rest.bytes().all(|b| b.is_ascii_digit()) && !rest.starts_with('0')
        }) {
            self.set(PHONE);
        }
        if is_nir(&digits) {
            self.set(NIR);
        }
    }
}

/// `31/12/2024` and `31-12-2024`.
fn turned(text: &str) -> Option<Day> {
    let mut parts = text.split(['/', '-']);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    (day.len() == 2 && month.len() == 2 && year.len() == 4)
        .then(|| Day::parse(&format!("{year}-{month}-{day}")))
        .flatten()
}

/// `20241231`.
fn packed(text: &str) -> Option<Day> {
    (text.len() == 8 && text.is_ascii() && ("1900".."2101").contains(&&text[..4]))
        .then(|| Day::parse(&format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..])))
        .flatten()
}

/// A number of the national identification register with its check digits (INSEE; Corsica counts as 19 and 18).
fn is_nir(text: &str) -> bool {
    if text.len() != 15 || !text.is_ascii() || !text.starts_with(['1', '2']) {
        return false;
    }
    let number = text[..13].replacen("2A", "19", 1).replacen("2B", "18", 1);
    match (number.parse::<u64>(), text[13..].parse::<u64>()) {
        (Ok(number), Ok(key)) => key == 97 - number % 97,
        _ => false,
    }
}
