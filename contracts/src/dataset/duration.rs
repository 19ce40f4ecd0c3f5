//! ISO 8601 durations: how long an offer lasts, how fine a time series is.

use std::fmt;

use serde::{Serialize, Serializer};
use time::OffsetDateTime;

/// A duration of whole calendar months and seconds, written as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duration {
    text: String,
    months: i32,
    seconds: i64,
}

/// Longest accepted, in months: a thousand years.
const MAX_MONTHS: i64 = 12_000;

impl Duration {
    /// `PnYnMnWnDTnHnMnS` with whole numbers and at least one of them above zero.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix('P')?;
        let (date, time) = match rest.split_once('T') {
            Some((_, "")) => return None,
            Some((date, time)) => (date, time),
            None => (rest, ""),
        };
        let mut months = 0i64;
        let mut seconds = 0i64;
        components(
            date,
            &[('Y', 12), ('M', 1)],
            &[('W', 604_800), ('D', 86_400)],
            &mut months,
            &mut seconds,
        )?;
        components(time, &[], &[('H', 3_600), ('M', 60), ('S', 1)], &mut months, &mut seconds)?;
        let sane = months <= MAX_MONTHS && seconds <= MAX_MONTHS * 31 * 86_400;
        let months = i32::try_from(months).ok()?;
        (sane && (months > 0 || seconds > 0)).then(|| Self { text: text.to_owned(), months, seconds })
    }

    /// The instant this much later. A month that has no such day ends on its last one.
    pub fn after(&self, start: OffsetDateTime) -> Option<OffsetDateTime> {
        let month0 = start.year().checked_mul(12)? + i32::from(u8::from(start.month())) - 1 + self.months;
        let month = time::Month::try_from(u8::try_from(month0.rem_euclid(12) + 1).ok()?).ok()?;
        let year = month0.div_euclid(12);
        let date =
            (1..=start.day()).rev().find_map(|day| time::Date::from_calendar_date(year, month, day).ok())?;
        start.replace_date(date).checked_add(time::Duration::seconds(self.seconds))
    }
}

/// Reads `<number><unit>` pairs; units come in the order given, each at most once: months first, then seconds.
fn components(
    mut text: &str,
    in_months: &[(char, i64)],
    in_seconds: &[(char, i64)],
    months: &mut i64,
    seconds: &mut i64,
) -> Option<()> {
    let units: Vec<(char, i64, bool)> = in_months
        .iter()
        .map(|(unit, size)| (*unit, *size, true))
        .chain(in_seconds.iter().map(|(unit, size)| (*unit, *size, false)))
        .collect();
    let mut next = 0;
    while !text.is_empty() {
        let end = text.find(|c: char| !c.is_ascii_digit()).filter(|end| *end > 0 && *end <= 9)?;
        let number: i64 = text[..end].parse().ok()?;
        let unit = text[end..].chars().next()?;
        let at = units[next..].iter().position(|(known, ..)| *known == unit)? + next;
        let (_, size, counts_months) = units[at];
        *(if counts_months { &mut *months } else { &mut *seconds }) += number * size;
        next = at + 1;
        text = &text[end + unit.len_utf8()..];
    }
    Some(())
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.text)
    }
}

#[cfg(test)]
mod tests;
