//! TriG as the Turtle that is within its braces, every character where it was.

/// The document without the names and braces of its graphs, which a catalogue is not read by.
pub(in crate::graph::import) fn without_graphs(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    // Where the statement that goes on began, and the last sign that is no space nor remark.
    let (mut at, mut began, mut last) = (0, None, b'.');
    while at < bytes.len() {
        let end = match bytes[at] {
            b'#' => line_end(bytes, at),
            b'"' | b'\'' => string_end(bytes, at),
            b'<' => iri_end(bytes, at),
            _ => at + 1,
        };
        let sign = bytes[at];
        match sign {
            b'{' => {
                out[began.unwrap_or(at)..=at].iter_mut().filter(|b| **b != b'\n').for_each(|b| *b = b' ');
                (began, last) = (None, b'.');
            }
            b'}' => {
                // The last statement of a graph needs no full stop, outside one it does.
                out[at] = if last == b'.' { b' ' } else { b'.' };
                (began, last) = (None, b'.');
            }
            b'#' => {}
            sign if sign.is_ascii_whitespace() => {}
            // What SPARQL declares ends with its IRI.
            b'<' if end > at + 1 && began.is_some_and(|began| is_declaration(&bytes[began..])) => {
                (began, last) = (None, b'.');
            }
            b'.' if bytes
                .get(at + 1)
                .is_none_or(|next| next.is_ascii_whitespace() || b"}#".contains(next)) =>
            {
                (began, last) = (None, b'.');
            }
            other => {
                began = began.or(Some(at));
                last = if other == b'.' { b' ' } else { other };
            }
        }
        at = end;
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn is_declaration(statement: &[u8]) -> bool {
    ["prefix", "base"].iter().any(|word| {
        let is_word = statement.get(word.len()).is_some_and(u8::is_ascii_whitespace);
        is_word && statement[..word.len()].eq_ignore_ascii_case(word.as_bytes())
    })
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |end| at + end)
}

/// After the `>` of an IRI; a `<` alone is a sign like others.
fn iri_end(bytes: &[u8], at: usize) -> usize {
    let end = bytes[at..].iter().position(|b| *b == b'>' || b.is_ascii_whitespace());
    match end {
        Some(end) if bytes[at + end] == b'>' => at + end + 1,
        _ => at + 1,
    }
}

/// After the closing quote; a short string that is not closed ends with its line.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let quote = bytes[at];
    let long = bytes[at..].starts_with(&[quote; 3]);
    let mut now = at + if long { 3 } else { 1 };
    while now < bytes.len() {
        match bytes[now] {
            b'\\' => now += 1,
            b'\n' if !long => return now,
            b if b == quote && !long => return now + 1,
            b if b == quote && bytes[now..].starts_with(&[quote; 3]) => return now + 3,
            _ => {}
        }
        now += 1;
    }
    bytes.len()
}
