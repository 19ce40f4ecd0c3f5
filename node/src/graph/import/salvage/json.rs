//! JSON-LD: the elements of its list of records, each under the context of the document.

mod value;

use super::lines::indent;
use super::{Piece, Pieces};
use value::{string_end, value_end};

/// Members whose lists hold records.
const LISTS: [&str; 4] = ["@graph", "dcat:dataset", "dataset", "datasets"];

pub(super) fn pieces(text: &str) -> Option<Pieces> {
    let begin = text.find(['{', '['])?;
    if text[begin..].starts_with('[') {
        return Some(Pieces { head: "[".into(), tail: "]", pieces: elements(text, begin) });
    }
    let (mut context, mut list, mut at) = (None, None, begin + 1);
    while let Some((key, value, end)) = member(text, at) {
        if key == "@context" {
            context = text.get(value..end);
        } else if LISTS.contains(&key) && text[value..].starts_with('[') && list.is_none() {
            list = Some(value);
        }
        at = end;
    }
    let context = context.unwrap_or("{}");
    let head = format!("{{\"@context\": {context}, \"@graph\": [");
    Some(Pieces { head, tail: "]}", pieces: elements(text, list?) })
}

/// A member of an object from a place on: its name, where its value begins, and where it ends.
fn member(text: &str, at: usize) -> Option<(&str, usize, usize)> {
    let key = skip(text, at, &[',']);
    text[key..].starts_with('"').then_some(())?;
    let end = string_end(text, key);
    let value = skip(text, end, &[':']);
    Some((text.get(key + 1..end.checked_sub(1)?)?, value, value_end(text, value, None)?))
}

/// The objects of the list that begins here.
fn elements(text: &str, list: usize) -> Vec<Piece> {
    let (mut out, mut at) = (Vec::new(), list + 1);
    loop {
        at = skip(text, at, &[',']);
        match text.as_bytes().get(at) {
            None | Some(b']') => return out,
            Some(b'{') => {
                let end = value_end(text, at, indent(text, at)).unwrap_or(text.len());
                out.push(Piece { begin: at, end, name: name(&text[at..end]) });
                at = end;
            }
            // Something else: whatever it is, the next object is after it.
            Some(_) => match text[at..].find('{') {
                Some(next) => at += next,
                None => return out,
            },
        }
    }
}

fn skip(text: &str, from: usize, signs: &[char]) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.find(|c: char| !c.is_whitespace() && !signs.contains(&c)).unwrap_or(rest.len())
}

/// The first `@id` in it.
fn name(piece: &str) -> Option<String> {
    let after = skip(piece, piece.find("\"@id\"")? + 5, &[':']);
    piece[after..].strip_prefix('"')?.split('"').next().map(ToOwned::to_owned)
}
