//! Dates as catalogues write them.

use contracts::dataset::Day;

use crate::domain::time::Timestamp;

/// What a text says of a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Date {
    Past(String),
    Future,
    None,
}

/// Reads a year, a month, a day or an instant (XML Schema). A day ahead is another time zone's today.
pub(super) fn read(text: &str, now: Timestamp) -> Date {
    let text = text.trim();
    let day = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => text.get(..10).unwrap_or_default().to_owned(),
    };
    let rest = text.get(10..).unwrap_or_default();
    let is_time = rest.is_empty() || rest.starts_with(['T', 'Z', '+', '-']);
    let plain = |c: char| c.is_ascii_digit() || "T:.Z+-".contains(c);
    match Day::parse(&day) {
        Some(day) if is_time && text.len() <= 40 && text.chars().all(plain) => {
            match day.0 > now.plus_seconds(86_400).to_date().date() {
                true => Date::Future,
                false => Date::Past(text.to_owned()),
            }
        }
        _ => Date::None,
    }
}
