//! What a request that brings bytes says of them.

use actix_web::HttpRequest;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG};

use crate::app::{App, Error};
use crate::dataplane::REFERENCE;
use crate::dataplane::range::parse_content_range;
use crate::dataplane::sink::{Exchange, Part, State};
use crate::http::Failure;
use crate::text::{Sentence, say};

/// What a request brings.
pub(super) struct Announced {
    pub state: State,
    /// Whether its length is known before its end.
    pub sized: bool,
}

/// Reads it, and compares it with the part that is here.
pub(super) fn announced(req: &HttpRequest, part: &Part, app: &App) -> Result<Announced, Failure> {
    let header = |name: &str| req.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let etag = header(ETAG.as_str()).filter(|e| !e.starts_with("W/") && e.len() <= 256);
    let length = header(CONTENT_LENGTH.as_str()).and_then(|v| v.parse::<u64>().ok());
    let most = app.config.limits.pushed_bytes;
    let (first, total) = match header(CONTENT_RANGE.as_str()) {
        Some(field) => {
            let wrong = |said: Sentence| {
                Failure::Range(Error::malformed(said.with("field", &field), "Content-Range"))
            };
            let read = parse_content_range(&field).ok_or_else(|| wrong(say("malformed.range")))?;
            let (first, last, total) = read;
            let same =
                part.state.as_ref().is_some_and(|s| s.etag == etag && s.etag.is_some() && s.total == total);
            let rest = length.is_none_or(|n| n == last - first + 1) && last + 1 == total;
            if first != part.length() || (first > 0 && !same) || !rest {
                return Err(wrong(say("malformed.other-range").with("bytes", part.length())));
            }
            (first, Some(total))
        }
        None => (0, length),
    };
    if total.is_some_and(|n| n > most) {
        return Err(Failure::TooLarge(usize::try_from(most).unwrap_or(usize::MAX)));
    }
    let exchange = Exchange::named(header(REFERENCE), first, app.now());
    let media_type = header(CONTENT_TYPE.as_str());
    let state = State { v: 1, etag, total: total.unwrap_or(most), media_type, exchange };
    Ok(Announced { state, sized: total.is_some() })
}
