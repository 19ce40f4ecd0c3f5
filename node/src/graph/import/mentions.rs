//! Where nodes are described in a text, all of them found in one pass over it.

use std::collections::HashMap;

/// Nodes that are not found by a sign around their name are looked for anywhere, but not more of them than this.
const ANYWHERE: usize = 100;
/// Longest word looked back over.
const WORD: usize = 2_000;

/// Where each of these IRIs is described: where it stands in full, at a beginning of a line if it can be, else where the
/// last part of it stands after a prefix.
pub(super) fn mentions<'n>(text: &str, names: &[&'n str]) -> HashMap<&'n str, usize> {
    let mut in_full: HashMap<&str, Option<(u8, usize)>> = names.iter().map(|name| (*name, None)).collect();
    let mut short: HashMap<&str, Option<usize>> =
        names.iter().filter_map(|name| Some((last(name)?, None))).collect();
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'<' | b'"' => {
                let end = if *byte == b'<' { b'>' } else { b'"' };
                let found =
                    token(text, at + 1, |b| matches!(b, b'<' | b'>' | b'"') || b.is_ascii_whitespace());
                let Some((iri, _)) = found.filter(|(_, ends)| *ends == end) else { continue };
                let Some(best) = in_full.get_mut(iri) else { continue };
                let rank = match (byte, &bytes[..at]) {
                    (b'<', before) if before.is_empty() || before.ends_with(b"\n") => 0,
                    (b'"', before) if before.ends_with(b"about=") => 1,
                    (b'"', _) => 2,
                    _ => 3,
                };
                if best.is_none_or(|(known, _)| rank < known) {
                    *best = Some((rank, at));
                }
            }
            b':' => {
                let found =
                    token(text, at + 1, |b| matches!(b, b':' | b'/' | b'#') || b.is_ascii_whitespace());
                if let Some((word, b' ')) = found
                    && let Some(first) = short.get_mut(word).filter(|first| first.is_none())
                {
                    *first = Some(at);
                }
            }
            _ => {}
        }
    }
    let mut anywhere = 0;
    let place = |name: &&'n str| {
        let found = in_full.get(name).copied().flatten().map(|(_, at)| at);
        let after_prefix = || {
            let at = short.get(last(name)?).copied().flatten()?;
            let word = text[..at].char_indices().rev().take(WORD).find(|(_, c)| c.is_whitespace());
            Some(word.map_or(0, |(space, c)| space + c.len_utf8()))
        };
        let found = found.or_else(after_prefix).or_else(|| {
            anywhere += 1;
            let last = last(name).filter(|last| last.len() > 2 && anywhere <= ANYWHERE)?;
            text.find(last)
        });
        Some((*name, found?))
    };
    names.iter().filter_map(place).collect()
}

/// The last part of an IRI.
fn last(iri: &str) -> Option<&str> {
    iri.rsplit(['/', '#', ':']).next().filter(|last| !last.is_empty())
}

/// What stands from here to a sign, and the sign.
fn token(text: &str, from: usize, ends: impl Fn(u8) -> bool) -> Option<(&str, u8)> {
    let bytes = text.as_bytes().get(from..)?;
    let length = bytes.iter().position(|byte| ends(*byte))?;
    Some((text.get(from..from + length)?, bytes[length]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, name: &str) -> Option<usize> {
        mentions(text, &[name]).get(name).copied()
    }

    #[test]
    fn a_node_is_found_where_it_is_described() {
        let name = "https://s.example/a";
        assert_eq!(found("x <https://s.example/a> .\n<https://s.example/a> a b .", name), Some(26));
        assert_eq!(
            found("<a b=\"https://s.example/a\"/><c rdf:about=\"https://s.example/a\">", name),
            Some(41)
        );
        assert_eq!(found("{\"@id\": \"https://s.example/a\"}", name), Some(8));
        assert_eq!(found("@prefix ex: <https://s.example/> .\nex:ab b ex:a .\nex:a b c .", name), Some(43));
        assert_eq!(found("nothing of it", name), None);
        assert_eq!(found("somewhere quatre-vingts", "urn:x:quatre-vingts"), Some(10));
        assert_eq!(found("<https://s.example/a", name), None);
    }
}
