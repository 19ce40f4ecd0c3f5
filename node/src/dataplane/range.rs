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
mod tests;
