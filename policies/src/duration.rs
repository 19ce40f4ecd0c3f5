//! xsd:duration, added to an instant by the calendar: one month after 31 January is the last day of February.

use ontology::Lang;
use time::{Date, Duration, Month, OffsetDateTime};

use crate::instant::seconds;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    months: u32,
    /// Less than a second.
    nanos: i32,
    seconds: i64,
}

impl Span {
    /// Reads `P1Y2M3DT4H5M6.7S` with any part left out. A negative duration is no limit on a use: `None`.
    pub(crate) fn parse(text: &str) -> Option<Span> {
        let text = text.strip_prefix('P')?;
        let (date, clock) = match text.split_once('T') {
            Some((_, "")) => return None,
            Some((date, clock)) => (date, clock),
            None => (text, ""),
        };
        if date.is_empty() && clock.is_empty() {
            return None;
        }
        let mut span = Span { months: 0, nanos: 0, seconds: 0 };
        let date = span.part(date, 'Y', |span, n| span.add_months(n.checked_mul(12)?))?;
        let date = span.part(date, 'M', |span, n| span.add_months(n))?;
        let date = span.part(date, 'D', |span, n| span.add_seconds(n, 86_400))?;
        let clock = span.part(clock, 'H', |span, n| span.add_seconds(n, 3_600))?;
        let clock = span.part(clock, 'M', |span, n| span.add_seconds(n, 60))?;
        if let Some(last) = clock.strip_suffix('S') {
            let (whole, nano) = seconds(last)?;
            span.add_seconds(whole, 1)?;
            span.add(Duration::nanoseconds(i64::from(nano)))?;
        } else if !clock.is_empty() {
            return None;
        }
        date.is_empty().then_some(span)
    }

    /// Reads one `<number><unit>` from the front, if it is there, and returns what follows.
    fn part<'a>(
        &mut self,
        text: &'a str,
        unit: char,
        add: impl Fn(&mut Span, u32) -> Option<()>,
    ) -> Option<&'a str> {
        let Some((number, rest)) = text.split_once(unit) else { return Some(text) };
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        add(self, number.parse().ok()?)?;
        Some(rest)
    }

    fn add_months(&mut self, months: u32) -> Option<()> {
        self.months = self.months.checked_add(months)?;
        Some(())
    }

    fn add_seconds(&mut self, count: u32, unit: i64) -> Option<()> {
        self.add(Duration::seconds(i64::from(count).checked_mul(unit)?))
    }

    fn add(&mut self, rest: Duration) -> Option<()> {
        let rest = self.rest().checked_add(rest)?;
        (self.seconds, self.nanos) = (rest.whole_seconds(), rest.subsec_nanoseconds());
        Some(())
    }

    fn rest(&self) -> Duration {
        Duration::new(self.seconds, self.nanos)
    }

    /// No time at all.
    pub(crate) const ZERO: Span = Span { months: 0, nanos: 0, seconds: 0 };

    /// Both one after the other; `None` when that is more than can be written.
    pub(crate) fn plus(mut self, other: Span) -> Option<Span> {
        self.months = self.months.checked_add(other.months)?;
        self.add(other.rest())?;
        Some(self)
    }

    /// The instant this long after `start`; `None` beyond the calendar.
    pub(crate) fn after(&self, start: OffsetDateTime) -> Option<OffsetDateTime> {
        months_from(start, i64::from(self.months))?.checked_add(self.rest())
    }
}

/// So many calendar months after an instant, or before it, at the same time of day: a month after 31 January, and a month
/// before 31 March, is the last day of February. `None` beyond the calendar.
pub fn months_from(start: OffsetDateTime, months: i64) -> Option<OffsetDateTime> {
    let count = i64::from(start.year()) * 12 + i64::from(u8::from(start.month()) - 1) + months;
    let year = i32::try_from(count.div_euclid(12)).ok()?;
    let month = Month::try_from(u8::try_from(count.rem_euclid(12) + 1).ok()?).ok()?;
    let day = start.day().min(month.length(year));
    Some(start.replace_date(Date::from_calendar_date(year, month, day).ok()?))
}

/// A duration in words: `P1Y6M` is « 1 an et 6 mois ». `None` when the text is no duration.
pub(crate) fn words(text: &str, lang: Lang) -> Option<String> {
    Span::parse(text)?;
    let (date, clock) =
        text.trim_start_matches('P').split_once('T').unwrap_or((text.trim_start_matches('P'), ""));
    let unit = |letter: char, clock: bool| match (letter, clock) {
        ('Y', _) => lang.pick("an", "year"),
        ('M', false) => lang.pick("mois", "month"),
        ('D', _) => lang.pick("jour", "day"),
        ('H', _) => lang.pick("heure", "hour"),
        ('M', true) => "minute",
        (_, _) => lang.pick("seconde", "second"),
    };
    let plural = |number: &str, unit: &str| if number == "1" || unit.ends_with('s') { "" } else { "s" };
    let mut parts = Vec::new();
    for (half, clock) in [(date, false), (clock, true)] {
        let mut rest = half;
        while let Some(at) = rest.find(|c: char| c.is_ascii_alphabetic()) {
            let (number, tail) = rest.split_at(at);
            let letter = tail.chars().next()?;
            let unit = unit(letter, clock);
            parts.push(format!("{number} {unit}{}", plural(number, unit)));
            rest = tail.get(1..)?;
        }
    }
    Some(parts.join(lang.pick(" et ", " and ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn calendar() {
        let after =
            |span: &str| Span::parse(span).and_then(|span| span.after(datetime!(2027-01-31 10:00 UTC)));
        assert_eq!(after("P1M"), Some(datetime!(2027-02-28 10:00 UTC)));
        assert_eq!(after("P1Y"), Some(datetime!(2028-01-31 10:00 UTC)));
        assert_eq!(after("P13M1DT2H0.5S"), Some(datetime!(2028-03-01 12:00:00.5 UTC)));
        assert_eq!(after("PT36H"), Some(datetime!(2027-02-01 22:00 UTC)));
        assert_eq!(after("P9999Y"), None);
    }

    #[test]
    fn in_words() {
        assert_eq!(words("P1Y", Lang::Fr).unwrap(), "1 an");
        assert_eq!(words("P6MT30M", Lang::En).unwrap(), "6 months and 30 minutes");
        assert_eq!(words("1Y", Lang::En), None);
    }

    #[test]
    fn only_durations() {
        for text in [
            "",
            "P",
            "PT",
            "1Y",
            "-P1D",
            "P1",
            "PT1",
            "P1S",
            "P1D1Y",
            "PT5M3H",
            "P1.5D",
            "P99999999999D",
            "P1DT",
            "PT1S2",
        ] {
            assert_eq!(Span::parse(text), None, "{text}");
        }
    }
}
