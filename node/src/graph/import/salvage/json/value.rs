//! Where values of JSON end, by the look of them.

use super::super::lines::begins_like;

/// After the value that begins here, or before an object that begins like it; `None` when it has no end.
pub(super) fn value_end(text: &str, at: usize, like: Option<&str>) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut now, mut depth) = (at, 0_usize);
    while now < bytes.len() {
        match bytes[now] {
            b'"' => {
                now = string_end(text, now);
                if depth == 0 {
                    return Some(now);
                }
                continue;
            }
            b'{' if now > at && begins_like(text, now, like) => return Some(now),
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return Some(now + depth),
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => return Some(now),
            _ => {}
        }
        now += 1;
    }
    None
}

/// After the closing quote of the string that begins here; one that is not closed ends with its line.
pub(super) fn string_end(text: &str, at: usize) -> usize {
    let (bytes, mut now) = (text.as_bytes(), at + 1);
    while now < bytes.len() {
        match bytes[now] {
            b'\\' => now += 1,
            b'"' => return now + 1,
            b'\n' => return now,
            _ => {}
        }
        now += 1;
    }
    bytes.len()
}
