//! Where a catalogue goes on, as callers carry it: opaque to them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::id::DatasetId;

use crate::app::Error;
use crate::app::catalogue::Position;
use crate::domain::time::Timestamp;
use crate::text::say;

/// Where a catalogue goes on, of the instant that its first page was of.
pub fn token(next: &Position) -> String {
    URL_SAFE_NO_PAD.encode(format!("{} {}", next.at.millis(), next.after))
}

/// Reads it back from a query parameter.
pub fn position(query: &str, name: &str) -> Result<Option<Position>, Error> {
    let Some(text) = parameter(query, name) else { return Ok(None) };
    let bytes = URL_SAFE_NO_PAD.decode(text.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let parts = bytes.as_deref().and_then(|text| text.split_once(' '));
    let read = parts.and_then(|(at, id)| Some((at.parse().ok()?, DatasetId::parse(id).ok()?)));
    match read {
        Some((at, after)) => Ok(Some(Position { at: Timestamp(at), after })),
        None => Err(Error::malformed(say("malformed.position"), name)),
    }
}

pub(super) fn parameter(query: &str, name: &str) -> Option<String> {
    let found = url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name);
    found.map(|(_, text)| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_opaque_and_read_back() {
        let after = DatasetId::parse("urn:uuid:1/é?&").unwrap();
        let next = Position { at: Timestamp(-5), after };
        assert_eq!(position(&format!("x=1&after={}", token(&next)), "after").unwrap(), Some(next));
        assert_eq!(position("", "after").unwrap(), None);
        for wrong in ["after=", "after=%00", "after=Zm9v IGJhcg", "after=Zm9v"] {
            assert!(position(wrong, "after").is_err(), "{wrong}");
        }
    }
}
