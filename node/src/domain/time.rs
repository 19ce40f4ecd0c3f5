//! Instants, and the only place that reads the machine's clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub i64);

impl Timestamp {
    pub fn millis(self) -> i64 {
        self.0
    }
    /// Whole seconds, rounded down: what leaves and tokens carry.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }
    pub fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }
    pub fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }
    pub fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_millis(seconds.saturating_mul(1000))
    }
    /// As many calendar months before, at the same time of day: from 31 March, one month before is the last day of
    /// February.
    pub fn minus_months(self, months: u32) -> Self {
        let date = policies::months_from(self.to_date(), -i64::from(months));
        date.map_or(Self(i64::MIN), Self::from_date)
    }
    /// The instant as a date; instants out of range are clamped to the epoch.
    pub fn to_date(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
    pub fn from_date(date: OffsetDateTime) -> Self {
        Self((date.unix_timestamp_nanos() / 1_000_000) as i64)
    }
    /// RFC 3339 with seconds and `Z`, as DSP timestamps are written.
    pub fn rfc3339(self) -> String {
        self.to_date().replace_nanosecond(0).ok().and_then(|d| d.format(&Rfc3339).ok()).unwrap_or_default()
    }
}

/// Where the time comes from. `Fixed` moves only when told to.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    #[default]
    System,
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    pub fn fixed(at: Timestamp) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.0)))
    }
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp::from_date(OffsetDateTime::now_utc()),
            Self::Fixed(at) => Timestamp(at.load(Ordering::SeqCst)),
        }
    }
    /// Moves a fixed clock forward; the system's clock is not ours to move.
    pub fn advance(&self, millis: i64) {
        if let Self::Fixed(at) = self {
            at.fetch_add(millis, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_go_back_by_the_calendar() {
        let at = |text: &str| Timestamp::from_date(OffsetDateTime::parse(text, &Rfc3339).unwrap());
        for (from, months, to) in [
            ("2027-03-31T10:00:05Z", 1, "2027-02-28T10:00:05Z"),
            ("2028-03-31T00:00:00Z", 1, "2028-02-29T00:00:00Z"),
            ("2027-01-15T00:00:00Z", 1, "2026-12-15T00:00:00Z"),
            ("2027-06-30T00:00:00Z", 36, "2024-06-30T00:00:00Z"),
            ("2027-06-30T00:00:00Z", 0, "2027-06-30T00:00:00Z"),
        ] {
            assert_eq!(at(from).minus_months(months), at(to), "{from} - {months}");
        }
    }
}
