//! JSON bodies: their depth and characters first, then what they say, with the place of each fault.

use serde::de::DeserializeOwned;

use super::pointer::pointer;
use crate::app::Error;
use crate::text::say;

/// Parses JSON no deeper than `depth`; a fault is named with a JSON pointer (RFC 6901).
pub fn parse<T: DeserializeOwned>(body: &[u8], depth: usize) -> Result<T, Error> {
    check_depth(body, depth)?;
    serde_json::from_slice(body).map_err(|error| {
        let offset = offset(body, error.line(), error.column());
        let key = match error.classify() {
            serde_json::error::Category::Data => "malformed.body",
            _ => "malformed.not-json",
        };
        let mut cause = error.to_string();
        if let Some(end) = cause.rfind(" at line ") {
            cause.truncate(end);
        }
        Error::malformed(say(key).with("what", cause), pointer(body, offset))
    })
}

/// Refuses a body nested deeper than `limit` levels, and one with U+0000, which PostgreSQL cannot store, in one pass
/// over its bytes, before any parser sees it.
pub fn check_depth(body: &[u8], limit: usize) -> Result<(), Error> {
    let mut depth = 0_usize;
    let (mut quoted, mut escaped) = (false, false);
    for (offset, byte) in body.iter().enumerate() {
        match byte {
            _ if escaped => {
                escaped = false;
                if *byte == b'u' && body[offset + 1..].starts_with(b"0000") {
                    return Err(Error::malformed(say("malformed.nul"), format!("byte {offset}")));
                }
            }
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'[' | b'{' => {
                depth += 1;
                if depth > limit {
                    let deep = say("malformed.depth").with("most", limit);
                    return Err(Error::malformed(deep, format!("byte {offset}")));
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// The byte offset of a line and column as `serde_json` counts them (from 1).
fn offset(body: &[u8], line: usize, column: usize) -> usize {
    let start = match line {
        0 | 1 => 0,
        _ => body.iter().enumerate().filter(|(_, b)| **b == b'\n').nth(line - 2).map_or(0, |(i, _)| i + 1),
    };
    (start + column).min(body.len())
}

#[cfg(test)]
mod tests;
