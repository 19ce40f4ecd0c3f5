//! Byte ranges (RFC 9110 section 14) of one representation. One range at a time: several are answered as none.

/// The part of a representation that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Offset of the first byte.
    pub first: u64,
    /// Number of bytes.
    pub length: u64,
    /// Whether this is an answer 206.
    pub partial: bool,
}

/// The range lies outside: 416.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no byte of the range exists; the whole has {total} bytes")]
pub struct Unsatisfiable {
    pub total: u64,
}

impl Span {
    pub fn whole(total: u64) -> Self {
        Self { first: 0, length: total, partial: false }
    }

    /// Reads a `Range` field. What is not a single byte range is ignored, as section 14.2 asks.
    pub fn parse(field: Option<&str>, total: u64) -> Result<Self, Unsatisfiable> {
        let whole = Ok(Self::whole(total));
        let Some(spec) = field.and_then(|f| f.trim().strip_prefix("bytes=")) else { return whole };
        let Some((from, to)) = spec.trim().split_once('-') else { return whole };
        let number = |text: &str| match !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
            // More digits than fit mean "beyond the end".
            true => Some(text.parse::<u64>().unwrap_or(u64::MAX)),
            false => None,
        };
        let (first, last) = match (number(from), number(to)) {
            (Some(first), Some(last)) if first <= last => (first, last),
            (Some(first), None) if to.is_empty() => (first, u64::MAX),
            (None, Some(suffix)) if from.is_empty() => {
                if suffix == 0 || total == 0 {
                    return Err(Unsatisfiable { total });
                }
                (total.saturating_sub(suffix), u64::MAX)
            }
            _ => return whole,
        };
        if first >= total {
            return Err(Unsatisfiable { total });
        }
        Ok(Self { first, length: last.min(total - 1) - first + 1, partial: true })
    }

    /// `Content-Range` of this part.
    pub fn content_range(&self, total: u64) -> String {
        match self.length {
            0 => format!("bytes */{total}"),
            n => format!("bytes {}-{}/{total}", self.first, self.first + n - 1),
        }
    }
}

/// Reads `bytes FIRST-LAST/TOTAL`.
pub fn parse_content_range(field: &str) -> Option<(u64, u64, u64)> {
    let (span, total) = field.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = span.split_once('-')?;
    let (first, last, total) = (first.parse().ok()?, last.parse().ok()?, total.parse().ok()?);
    (first <= last && last < total).then_some((first, last, total))
}

#[cfg(test)]
mod tests {
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
        for ignored in
            ["bytes=5-2", "bytes=0-1,4-5", "bytes=a-b", "lines=0-1", "bytes=", "bytes=-", "bytes=+1-2"]
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
}
