//! Bytes to text: UTF-8, or UTF-16 with or without its byte-order mark.

use std::borrow::Cow;

use super::{MAX_BYTES, Unreadable};

/// The text of a document, without byte-order mark.
///
/// # Errors
/// A document that is too large, or is no text in the encoding that it begins with.
pub fn text(bytes: &[u8]) -> Result<Cow<'_, str>, Unreadable> {
    if bytes.len() > MAX_BYTES {
        return Err(Unreadable::TooLarge { bytes: bytes.len() });
    }
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => {
            Err(Unreadable::Encoding { encoding: "UTF-8 or UTF-16", at: 0 })
        }
        [0xFF, 0xFE, rest @ ..] => utf16(rest, "UTF-16LE", u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, "UTF-16BE", u16::from_be_bytes),
        // Documents begin with ASCII: a zero beside it is the other half of a unit.
        [first, 0, ..] if *first != 0 => utf16(bytes, "UTF-16LE", u16::from_le_bytes),
        [0, second, ..] if *second != 0 => utf16(bytes, "UTF-16BE", u16::from_be_bytes),
        _ => {
            let rest = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
            let wrong = |e: std::str::Utf8Error| Unreadable::Encoding {
                encoding: "UTF-8",
                at: bytes.len() - rest.len() + e.valid_up_to(),
            };
            std::str::from_utf8(rest).map(Cow::Borrowed).map_err(wrong)
        }
    }
}

fn utf16<'a>(
    bytes: &[u8],
    encoding: &'static str,
    unit: fn([u8; 2]) -> u16,
) -> Result<Cow<'a, str>, Unreadable> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Unreadable::Encoding { encoding, at: bytes.len() - 1 });
    }
    let mut text = String::with_capacity(pairs.len());
    for (at, unit) in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).enumerate() {
        text.push(unit.map_err(|_| Unreadable::Encoding { encoding, at: at * 2 })?);
    }
    Ok(Cow::Owned(text))
}
