//! xsd:dateTime and xsd:date as intervals of UTC instants. A value without zone is UTC.

use time::{Date, Duration, Month, OffsetDateTime, Time, UtcOffset};

use crate::operand::Operator;

/// From `start` to `end`; for an instant both are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interval {
    pub start: OffsetDateTime,
    /// First instant after a date; the instant itself otherwise.
    pub end: OffsetDateTime,
    pub is_date: bool,
}

impl Interval {
    /// Reads `2027-12-31`, `2027-12-31Z`, `2027-12-31T23:59Z`, `2027-12-31T23:59:59.5+01:00`. Seconds may be left out,
    /// as the examples of the Dataspace Protocol do. `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<Interval> {
        if !text.is_ascii() {
            return None;
        }
        let (date, rest) = text.split_at_checked(10)?;
        let day = day(date)?;
        if let Some(clock) = rest.strip_prefix('T') {
            let (clock, offset) = zone(clock)?;
            let start = time(day, clock, offset)?;
            return Some(Interval { start, end: start, is_date: false });
        }
        let (nothing, offset) = zone(rest)?;
        if !nothing.is_empty() {
            return None;
        }
        let start = day.midnight().assume_offset(offset);
        Some(Interval { start, end: start.checked_add(Duration::DAY)?, is_date: true })
    }

    /// The last instant inside.
    pub(crate) fn last(&self) -> OffsetDateTime {
        if self.is_date { self.end - Duration::NANOSECOND } else { self.end }
    }

    /// The same, as decisions compare it.
    pub(crate) fn limits(&self) -> Limits {
        Limits { start: moment(self.start), is_date: self.is_date }
    }
}

/// Seconds since 1970 and nanoseconds.
pub(crate) type Moment = (i64, u32);

pub(crate) fn moment(at: OffsetDateTime) -> Moment {
    (at.unix_timestamp(), at.nanosecond())
}

/// An interval of [`Moment`]s: an instant, or the day that begins then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    start: Moment,
    is_date: bool,
}

impl Limits {
    /// Does `now` stand to this interval as the operator says?
    pub(crate) fn holds(self, operator: Operator, now: Moment) -> bool {
        let ended = match self.is_date {
            true => now >= (self.start.0 + 86_400, self.start.1),
            false => now > self.start,
        };
        match operator {
            Operator::Lt => now < self.start,
            Operator::Lteq => !ended,
            Operator::Gt => ended,
            Operator::Gteq => now >= self.start,
            Operator::Eq => now >= self.start && !ended,
            Operator::Neq => now < self.start || ended,
            _ => false,
        }
    }
}

fn day(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) =
        (number(parts.next()?, 4)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    if parts.next().is_some() {
        return None;
    }
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    Date::from_calendar_date(i32::try_from(year).ok()?, month, u8::try_from(day).ok()?).ok()
}

fn number(text: &str, length: usize) -> Option<u32> {
    (text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// Splits the zone off the end: `Z`, `+01:00` or nothing (UTC).
fn zone(text: &str) -> Option<(&str, UtcOffset)> {
    if let Some(rest) = text.strip_suffix('Z') {
        return Some((rest, UtcOffset::UTC));
    }
    let Some(at) = text.rfind(['+', '-']) else { return Some((text, UtcOffset::UTC)) };
    let (rest, offset) = text.split_at(at);
    let sign: i8 = if offset.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let hours = i8::try_from(number(hours, 2)?).ok()?;
    let minutes = i8::try_from(number(minutes, 2)?).ok()?;
    if hours > 14 || minutes > 59 || (hours == 14 && minutes > 0) {
        return None;
    }
    Some((rest, UtcOffset::from_hms(sign * hours, sign * minutes, 0).ok()?))
}

fn time(day: Date, clock: &str, offset: UtcOffset) -> Option<OffsetDateTime> {
    let mut parts = clock.splitn(3, ':');
    let (hour, minute) = (number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let (second, nano) = match parts.next() {
        None => (0, 0),
        Some(text) => seconds(text)?,
    };
    // xsd:dateTime writes the end of a day as 24:00:00.
    let (day, hour) = match (hour, minute, second, nano) {
        (24, 0, 0, 0) => (day.next_day()?, 0),
        _ => (day, hour),
    };
    let part = |value: u32| u8::try_from(value).ok();
    let clock = Time::from_hms_nano(part(hour)?, part(minute)?, part(second)?, nano).ok()?;
    Some(day.with_time(clock).assume_offset(offset).to_offset(UtcOffset::UTC))
}

/// `59` or `59.25` as seconds and nanoseconds; digits beyond the ninth are cut.
pub(crate) fn seconds(text: &str) -> Option<(u32, u32)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nano = fraction
        .bytes()
        .chain(std::iter::repeat(b'0'))
        .take(9)
        .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    Some((number(whole, whole.len().max(1))?, nano))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn forms() {
        let read = |text| Interval::parse(text).map(|interval| (interval.start, interval.is_date));
        assert_eq!(read("2023-12-31T06:00Z"), Some((datetime!(2023-12-31 6:00 UTC), false)));
        assert_eq!(read("2023-12-31T06:00:00.5+02:00"), Some((datetime!(2023-12-31 4:00:00.5 UTC), false)));
        assert_eq!(read("2023-12-31T24:00:00"), Some((datetime!(2024-01-01 0:00 UTC), false)));
        assert_eq!(read("2023-12-31"), Some((datetime!(2023-12-31 0:00 UTC), true)));
        for text in [
            "",
            "2023",
            "2023-02-30",
            "31/12/2023",
            "2023-12-31T",
            "2023-12-31T25:00",
            "2023-12-31T06",
            "2023-12-31T06:00:",
            "2023-12-31T06:00:61Z",
            "2023-12-31 06:00",
            "2023-12-31T06:00+15:00",
            "2023-12-31Zz",
            "２023-12-31",
            "2023-12-31T06:00:00.",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_is_a_whole_day() {
        let day = Interval::parse("2023-12-31").unwrap();
        let (before, during, after) = (
            datetime!(2023-12-30 23:59:59 UTC),
            datetime!(2023-12-31 23:59:59 UTC),
            datetime!(2024-01-01 0:00 UTC),
        );
        for (operator, expected) in [
            (Operator::Lt, [true, false, false]),
            (Operator::Lteq, [true, true, false]),
            (Operator::Eq, [false, true, false]),
            (Operator::Neq, [true, false, true]),
            (Operator::Gteq, [false, true, true]),
            (Operator::Gt, [false, false, true]),
        ] {
            assert_eq!(
                [before, during, after].map(|now| day.limits().holds(operator, moment(now))),
                expected,
                "{operator:?}"
            );
        }
    }
}
