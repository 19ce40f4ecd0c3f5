//! Lines that begin alike.

/// What stands before a piece on its line, when that is nothing but space: the next one begins the same way.
pub(super) fn indent(text: &str, begin: usize) -> Option<&str> {
    let line = text[..begin].rfind('\n').map_or(0, |at| at + 1);
    Some(&text[line..begin]).filter(|indent| indent.chars().all(char::is_whitespace))
}

/// Whether a line begins like that here: what came before, if it has not ended, lacks its end.
pub(super) fn begins_like(text: &str, at: usize, indent: Option<&str>) -> bool {
    let before = indent.and_then(|indent| text[..at].strip_suffix(indent));
    before.is_some_and(|before| before.ends_with('\n'))
}
