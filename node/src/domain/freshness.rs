//! Whether a dataset is as new as it promises to be.

use contracts::harvest::Record;
use ontology::dcat::frequency::fresh_days;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::time::Timestamp;

/// Since when a dataset is stale by its own frequency; nothing while it is not, or when it promises nothing.
pub fn stale_since(frequency: &str, modified: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let end = modified.plus_seconds(i64::from(fresh_days(frequency)?) * 86_400);
    (modified > Timestamp(0) && end < now).then_some(end)
}

/// The same of a dataset of somebody else.
pub fn of_record(record: &Record, now: Timestamp) -> Option<Timestamp> {
    stale_since(record.frequency.as_deref()?, modified(record)?, now)
}

/// When a dataset of somebody else last changed, as far as its source says.
pub fn modified(record: &Record) -> Option<Timestamp> {
    let instant = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
    let day = |text: &str| instant(&format!("{}T00:00:00Z", text.get(..10)?));
    let text = record.modified.as_deref()?;
    Some(Timestamp::from_date(instant(text).or_else(|| day(text))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_late_by_its_frequency_is_stale_and_the_day_before_is_not() {
        let day = |days: i64| Timestamp::from_seconds(1_800_000_000 + days * 86_400);
        for (frequency, last) in [("DAILY", 7), ("MONTHLY", 45), ("ANNUAL", 400)] {
            assert_eq!(stale_since(frequency, day(0), day(last)), None, "{frequency}");
            assert_eq!(stale_since(frequency, day(0), day(last + 1)), Some(day(last)), "{frequency}");
        }
        for never in ["IRREG", "NEVER", "SOMETIMES"] {
            assert_eq!(stale_since(never, day(0), day(20_000)), None, "{never}");
        }
    }
}
