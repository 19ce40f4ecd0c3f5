//! Dates of credentials: XML Schema dateTime with a zone, with or without a fraction.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Seconds since 1970-01-01T00:00:00Z, rounded down.
pub(super) fn read(text: &str) -> Option<i64> {
    Some(OffsetDateTime::parse(text, &Rfc3339).ok()?.unix_timestamp())
}

/// As credentials write it.
pub(super) fn write(seconds: i64) -> String {
    crate::format::Instant::from_seconds(seconds).to_string()
}
