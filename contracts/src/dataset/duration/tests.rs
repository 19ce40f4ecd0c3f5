use super::*;
use time::macros::datetime;

#[test]
fn durations_are_read_or_refused() {
    for good in ["P1Y", "P6M", "P2W", "PT15M", "P1Y2M3DT4H5M6S"] {
        assert_eq!(Duration::parse(good).map(|d| d.to_string()).as_deref(), Some(good));
    }
    for bad in
        ["", "P", "PT", "P0D", "P1", "1Y", "P-1Y", "P1.5Y", "PT1D", "P1D2Y", "P1Y1Y", "P9999999999Y", "P1é"]
    {
        assert_eq!(Duration::parse(bad), None, "{bad}");
    }
}

#[test]
fn months_end_where_they_end() {
    let after = |text: &str, from| Duration::parse(text).and_then(|d| d.after(from));
    assert_eq!(after("P1M", datetime!(2027-01-31 10:00 UTC)), Some(datetime!(2027-02-28 10:00 UTC)));
    assert_eq!(after("P1YT1H", datetime!(2026-11-22 10:00 UTC)), Some(datetime!(2027-11-22 11:00 UTC)));
}
