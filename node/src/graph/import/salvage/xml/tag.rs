//! Tags of XML, by the look of them.

pub(super) enum Tag {
    Begin,
    End,
    /// An element without content.
    Alone,
}

/// The next tag from a place on; remarks, instructions and raw text are no tags.
pub(super) fn next_tag(text: &str, mut at: usize) -> Option<(usize, Tag)> {
    loop {
        let begin = at + text.get(at..)?.find('<')?;
        let rest = &text[begin..];
        let passed = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">")];
        match passed.iter().find(|(open, _)| rest.starts_with(open)) {
            Some((_, close)) => at = begin + rest.find(close)? + close.len(),
            None if rest.starts_with("</") => return Some((begin, Tag::End)),
            None => {
                let end = tag_end(text, begin)?;
                let alone = text[begin..end].ends_with("/>");
                return Some((begin, if alone { Tag::Alone } else { Tag::Begin }));
            }
        }
    }
}

/// After the `>` of a tag, which may stand in an attribute too.
pub(super) fn tag_end(text: &str, begin: usize) -> Option<usize> {
    let mut quoted = None;
    for (at, byte) in text.as_bytes().iter().enumerate().skip(begin + 1) {
        match (quoted, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quoted = Some(*byte),
            // A tag in a tag: the one before was not closed.
            (None, b'<') => return Some(at),
            (Some(quote), byte) if quote == *byte => quoted = None,
            _ => {}
        }
    }
    None
}

pub(super) fn tag_name(text: &str, begin: usize) -> &str {
    let rest = text[begin + 1..].trim_start_matches('/');
    rest.split(|c: char| c.is_whitespace() || c == '>' || c == '/').next().unwrap_or_default()
}
