use super::*;

fn span(field: &str, total: u64) -> Result<(u64, u64, bool), Unsatisfiable> {
    Span::parse(Some(field), total).map(|s| (s.first, s.length, s.partial))
}

#[test]
fn ranges_are_read_as_the_standard_says() {
    assert_eq!(span("bytes=0-0", 10), Ok((0, 1, true)));
    assert_eq!(span("bytes=3-", 10), Ok((3, 7, true)));
    assert_eq!(span("bytes=-4", 10), Ok((6, 4, true)));
    assert_eq!(span("bytes=-40", 10), Ok((0, 10, true)));
    assert_eq!(span("bytes=2-99999999999999999999999", 10), Ok((2, 8, true)));
    for ignored in ["bytes=5-2", "bytes=0-1,4-5", "bytes=a-b", "lines=0-1", "bytes=", "bytes=-", "bytes=+1-2"]
    {
        assert_eq!(span(ignored, 10), Ok((0, 10, false)), "{ignored}");
    }
    for outside in ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99999999999999999999-"] {
        assert_eq!(span(outside, 10), Err(Unsatisfiable { total: 10 }), "{outside}");
    }
    assert_eq!(span("bytes=0-", 0), Err(Unsatisfiable { total: 0 }));
    assert_eq!(Span::parse(None, 0), Ok(Span::whole(0)));
}

#[test]
fn content_range_reads_what_it_writes() {
    let part = Span::parse(Some("bytes=3-6"), 10).unwrap();
    assert_eq!(parse_content_range(&part.content_range(10)), Some((3, 6, 10)));
    assert_eq!(parse_content_range("bytes */10"), None);
    assert_eq!(parse_content_range("bytes 6-3/10"), None);
    assert_eq!(parse_content_range("bytes 3-10/10"), None);
}
