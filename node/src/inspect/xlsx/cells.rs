//! The cells of a sheet, each as text: numbers as they are, days as ISO 8601.

use quick_xml::events::{BytesStart, Event};
use time::{Date, Duration};

use super::part::{Archive, SHEET, attribute, text};
use super::rows::Rows;
use super::strings::Strings;
use super::styles::Styles;

/// What cells refer to.
pub struct Known {
    pub strings: Strings,
    pub styles: Styles,
    pub from_1904: bool,
}

/// A cell while it is read.
#[derive(Default)]
struct Cell {
    column: usize,
    style: usize,
    kind: String,
    text: String,
}

/// # Errors
/// What is wrong with the sheet; rows before it were taken.
pub fn read(archive: &mut Archive, path: &str, known: &Known, rows: &mut Rows) -> Result<(), String> {
    let mut part = archive.part(path, SHEET)?;
    let (mut cell, mut next, mut inside, mut spoken) = (Cell::default(), 0, false, 0);
    while let Some(event) = part.next()? {
        match &event {
            Event::Start(element) => match element.local_name().as_ref() {
                b"row" => next = 0,
                b"c" => cell = Cell::of(element, next),
                b"v" | b"t" => inside = true,
                b"rPh" => spoken += 1,
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                b"v" | b"t" => inside = false,
                b"rPh" => spoken -= 1,
                b"c" => {
                    next = cell.column + 1;
                    if let Some(text) = known.said(&cell).filter(|text| !text.trim().is_empty()) {
                        rows.cell(cell.column, &text)?;
                    }
                }
                b"row" => rows.row(),
                b"sheetData" => break,
                _ => {}
            },
            other if inside && spoken == 0 => {
                cell.text.push_str(text(other)?.as_deref().unwrap_or_default());
            }
            _ => {}
        }
    }
    Ok(())
}

impl Cell {
    fn of(element: &BytesStart<'_>, next: usize) -> Self {
        let number = |name| attribute(element, name).and_then(|text| text.parse().ok());
        Self {
            column: attribute(element, "r").and_then(|place| column(&place)).unwrap_or(next),
            style: number("s").unwrap_or(0),
            kind: attribute(element, "t").unwrap_or_default(),
            text: String::new(),
        }
    }
}

/// The column of a place such as `AB12`, from 0.
fn column(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic);
    let number =
        letters.take(4).fold(0, |sum, letter| sum * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1);
    number.checked_sub(1)
}

impl Known {
    /// The value of a cell as text (ECMA-376, part 1, 18.18.11).
    fn said(&self, cell: &Cell) -> Option<String> {
        let text = cell.text.as_str();
        match cell.kind.as_str() {
            "s" => text.trim().parse().ok().and_then(|number| self.strings.get(number)).map(str::to_owned),
            "str" | "inlineStr" => Some(text.to_owned()),
            "b" => Some(if text.trim() == "1" { "true" } else { "false" }.to_owned()),
            "e" => None,
            // A day in ISO 8601 is at midnight unless it says otherwise.
            "d" => Some(text.trim_end_matches("T00:00:00").to_owned()),
            _ => {
                let number: f64 = text.trim().parse().ok().filter(|number: &f64| number.is_finite())?;
                let day = self.styles.is_date(cell.style).then(|| self.day(number)).flatten();
                // As it is written, but for exponents.
                let plain =
                    || if text.contains(['e', 'E']) { number.to_string() } else { text.trim().to_owned() };
                Some(day.unwrap_or_else(plain))
            }
        }
    }

    /// A number of days as day, or as day and time. The count from 1900 has a 29 February that there was not.
    fn day(&self, number: f64) -> Option<String> {
        const LAST: f64 = 2_958_466.0;
        let first =
            if self.from_1904 { (1904, time::Month::January, 1) } else { (1899, time::Month::December, 30) };
        let early = if !self.from_1904 && number < 60.0 { 1 } else { 0 };
        if !(0.0..LAST).contains(&number) {
            return None;
        }
        let seconds = (number * 86_400.0).round() as i64;
        let start = Date::from_calendar_date(first.0, first.1, first.2).ok()?.midnight();
        let at = start.checked_add(Duration::seconds(seconds) + Duration::days(early))?;
        let clock = (at.hour(), at.minute(), at.second());
        Some(match clock {
            (0, 0, 0) => at.date().to_string(),
            (hour, minute, second) => format!("{}T{hour:02}:{minute:02}:{second:02}", at.date()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(from_1904: bool) -> Known {
        Known { strings: Strings::default(), styles: Styles::default(), from_1904 }
    }

    #[test]
    fn days_are_counted_from_either_year() {
        for (number, day) in [
            (1.0, "1900-01-01"),
            (59.0, "1900-02-28"),
            (61.0, "1900-03-01"),
            (45_292.0, "2024-01-01"),
            (45_292.75, "2024-01-01T18:00:00"),
        ] {
            assert_eq!(known(false).day(number).as_deref(), Some(day));
        }
        assert_eq!(known(true).day(43_830.0).as_deref(), Some("2024-01-01"));
        assert_eq!(known(false).day(-1.0), None);
        assert_eq!(known(false).day(1e300), None);
    }

    #[test]
    fn places_are_columns() {
        for (place, at) in [("A1", 0), ("Z9", 25), ("AA10", 26), ("XFD1", 16_383)] {
            assert_eq!(column(place), Some(at), "{place}");
        }
        assert_eq!(column("12"), None);
    }
}
