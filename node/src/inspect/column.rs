//! Columns while a table is read: each value is counted as what it can be; at the end, what nearly all are is what the
//! column is.

use std::collections::{BTreeSet, HashMap};

use contracts::dataset::Day;

use super::Column;
use super::cell::{self, Cell, KINDS};
use super::extent::Extent;
use super::header::Words;

/// Share of values, in hundredths, that must be of a kind for the column to be.
const MOST: u64 = 98;
/// Columns of a table.
const WIDEST: usize = 2_000;

/// A table while it is read.
#[derive(Debug, Default)]
pub struct Table {
    columns: Vec<Seen>,
    places: HashMap<String, usize>,
    pub rows: u64,
    latitude: Option<usize>,
    longitude: Option<usize>,
    extent: Option<Extent>,
}

/// What a table was.
#[derive(Debug, Default)]
pub struct Summary {
    pub rows: u64,
    pub columns: Vec<Column>,
    pub period: Option<(Day, Day)>,
    pub extent: Option<Extent>,
    pub place: Option<(&'static str, String)>,
}

#[derive(Debug)]
struct Seen {
    name: String,
    words: Words,
    filled: u64,
    kinds: [u64; KINDS],
    days: Option<(Day, Day)>,
    years: Option<(String, String)>,
    /// Values, while they are few.
    few: BTreeSet<String>,
    many: bool,
    extent: Option<Extent>,
}

impl Table {
    /// The place of a column, which is made when it is new.
    pub fn column(&mut self, name: &str) -> Option<usize> {
        if let Some(at) = self.places.get(name) {
            return Some(*at);
        }
        if self.columns.len() == WIDEST {
            return None;
        }
        let at = self.columns.len();
        let words = Words::of(name);
        if words.is_latitude() {
            self.latitude.get_or_insert(at);
        }
        if words.is_longitude() {
            self.longitude.get_or_insert(at);
        }
        // Two columns of one name are told apart by their place.
        self.places.insert(name.to_owned(), at);
        self.columns.push(Seen::new(name, words));
        Some(at)
    }

    /// A column of a head, even when its name was there; its place.
    pub fn headed(&mut self, name: &str) -> Option<usize> {
        match self.places.contains_key(name) {
            true => self.column(&format!("{name} ({})", self.columns.len() + 1)),
            false => self.column(name),
        }
    }

    /// Takes in a record: values with the places of their columns.
    pub fn row<'a>(&mut self, cells: impl Iterator<Item = (usize, &'a str)>) {
        self.rows += 1;
        let (mut latitude, mut longitude) = (None, None);
        for (at, text) in cells {
            let Some(seen) = self.columns.get_mut(at) else { continue };
            let text = text.trim();
            if text.is_empty() {
                continue;
            }
            let cell = Cell::of(text);
            if self.latitude == Some(at) {
                latitude = cell.number;
            }
            if self.longitude == Some(at) {
                longitude = cell.number;
            }
            seen.take(text, cell);
        }
        if let (Some(latitude), Some(longitude)) = (latitude, longitude) {
            Extent::add(&mut self.extent, longitude, latitude);
        }
    }

    /// Takes in a geometry of its own, beside the columns.
    pub fn geometry(&mut self, geometry: &serde_json::Value) {
        Extent::geometry(&mut self.extent, geometry);
    }

    pub fn summary(self) -> Summary {
        let period = self.period();
        let place = self.place();
        let of_columns = self.columns.iter().filter_map(|seen| seen.extent).map(Some);
        let extent = self.extent.or_else(|| of_columns.reduce(Extent::both).flatten());
        let mut columns: Vec<Column> = self.columns.iter().map(Seen::column).collect();
        bare_names(&mut columns);
        Summary { rows: self.rows, columns, period, extent, place }
    }

    /// First and last day of what the rows are about: not of when they were kept.
    fn period(&self) -> Option<(Day, Day)> {
        let dated = self.columns.iter().filter(|seen| matches!(seen.kind(), "date" | "date_time"));
        let days = dated.filter(|seen| !seen.words.is_of_keeping()).filter_map(|seen| seen.days);
        let years = self.columns.iter().filter(|seen| seen.kind() == "year").filter_map(|seen| {
            let (first, last) = seen.years.as_ref()?;
            Some((Day::parse(&format!("{first}-01-01"))?, Day::parse(&format!("{last}-12-31"))?))
        });
        let both = |(a, b): (Day, Day), (c, d): (Day, Day)| (a.min(c), b.max(d));
        days.reduce(both).or_else(|| years.reduce(both))
    }

    /// The territory that all rows are of, when there is one.
    fn place(&self) -> Option<(&'static str, String)> {
        [("code_commune", "commune"), ("code_departement", "departement"), ("code_region", "region")]
            .into_iter()
            .find_map(|(kind, place)| {
                let mut coded = self.columns.iter().filter(|seen| seen.kind() == kind && !seen.many);
                let only = coded.find(|seen| seen.few.len() == 1)?;
                Some((place, only.few.first()?.clone()))
            })
    }
}

/// A name alone may be anything's; beside a first name or an address to write to, it is a person's.
pub fn bare_names(columns: &mut [Column]) {
    if columns.iter().any(|column| matches!(column.personal, Some("name" | "birth" | "email"))) {
        for column in columns.iter_mut().filter(|column| Words::of(&column.name).is_bare_name()) {
            column.personal = Some("name");
        }
    }
}

impl Seen {
    fn new(name: &str, words: Words) -> Self {
        Self {
            name: name.to_owned(),
            words,
            filled: 0,
            kinds: [0; KINDS],
            days: None,
            years: None,
            few: BTreeSet::new(),
            many: false,
            extent: None,
        }
    }

    fn take(&mut self, text: &str, cell: Cell) {
        const FEW: usize = 2;
        self.filled += 1;
        for (kind, count) in self.kinds.iter_mut().enumerate() {
            *count += u64::from(cell.kinds >> kind & 1);
        }
        if let Some(day) = cell.day {
            self.days = Some(self.days.map_or((day, day), |(first, last)| (first.min(day), last.max(day))));
        }
        if cell.kinds >> cell::YEAR & 1 == 1 {
            let (first, last) = self.years.get_or_insert_with(|| (text.to_owned(), text.to_owned()));
            if text < first.as_str() {
                text.clone_into(first);
            }
            if text > last.as_str() {
                text.clone_into(last);
            }
        }
        if !self.many && text.len() <= 16 {
            self.few.insert(text.to_owned());
            self.many = self.few.len() > FEW;
        }
        if let Some((longitude, latitude)) = cell.position {
            Extent::add(&mut self.extent, longitude, latitude);
        }
        if let Some(geometry) = cell.geometry {
            Extent::geometry(&mut self.extent, &geometry);
        }
    }

    fn are(&self, kind: usize, share: u64) -> bool {
        self.filled > 0 && self.kinds[kind] * 100 >= self.filled * share
    }

    /// One of `ontology::dcat::column::TYPES`.
    fn kind(&self) -> &'static str {
        let (all, words) = (|kind| self.are(kind, MOST), &self.words);
        match () {
            () if all(cell::SIRET) || words.has(&["siret"]) && all(cell::SIRET_FORM) => "siret",
            () if all(cell::SIREN) && !all(cell::INTEGER)
                || words.has(&["siren"]) && all(cell::SIREN_FORM)
                || all(cell::SIREN) && self.filled >= 20 =>
            {
                "siren"
            }
            () if words.is_commune() && all(cell::COMMUNE) => "code_commune",
            () if words.is_departement() && all(cell::DEPARTEMENT) => "code_departement",
            () if words.is_region() && all(cell::REGION) => "code_region",
            () if all(cell::BOOLEAN) => "boolean",
            () if words.is_year() && all(cell::YEAR) => "year",
            // Eight digits are a date where the name says so.
            () if all(cell::DATE) && (!all(cell::INTEGER) || words.is_date()) => "date",
            () if self.kinds[cell::DATE_TIME] > 0
                && (self.kinds[cell::DATE_TIME] + self.kinds[cell::DATE]) * 100 >= self.filled * MOST =>
            {
                "date_time"
            }
            () if all(cell::INTEGER) => "integer",
            () if all(cell::DECIMAL) => "decimal",
            () if all(cell::GEOMETRY) => "geometry",
            () if all(cell::URL) => "url",
            () => "text",
        }
    }

    fn column(&self) -> Column {
        let by_content = match () {
            () if self.are(cell::NIR, 50) => Some("nir"),
            () if self.are(cell::EMAIL, 10) => Some("email"),
            () if self.are(cell::PHONE, 80) => Some("phone"),
            () => None,
        };
        let personal = self.words.personal().or(by_content);
        Column { name: self.name.clone(), kind: self.kind(), filled: self.filled, personal }
    }
}
