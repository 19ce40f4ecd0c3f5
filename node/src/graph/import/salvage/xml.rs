//! RDF/XML: the elements below its root, and where one of those is faulty, the datasets within it.

mod tag;

use super::lines::{begins_like, indent};
use super::{Piece, Pieces};
use tag::{Tag, next_tag, tag_end, tag_name};

pub(super) fn pieces(text: &str) -> Option<Pieces> {
    let root = text.find("<rdf:RDF")?;
    let head = tag_end(text, root)?;
    let (mut pieces, mut at) = (Vec::new(), head);
    while let Some((begin, kind)) = next_tag(text, at) {
        at = match kind {
            Tag::Begin => {
                let end = end_of(text, begin);
                pieces.push(Piece { begin, end, name: name(&text[begin..end]) });
                end
            }
            Tag::End if text[begin..].starts_with("</rdf:RDF") => break,
            Tag::End | Tag::Alone => tag_end(text, begin).unwrap_or(text.len()),
        };
    }
    Some(Pieces { head: text[..head].to_owned(), tail: "</rdf:RDF>", pieces })
}

/// The datasets within a piece, but the piece itself.
pub(super) fn within(text: &str, piece: &Piece) -> Vec<Piece> {
    let (mut out, mut at) = (Vec::new(), tag_end(text, piece.begin).unwrap_or(piece.end));
    while let Some((begin, kind)) = next_tag(text, at).filter(|(begin, _)| *begin < piece.end) {
        let dataset = tag_name(text, begin).rsplit(':').next() == Some("Dataset");
        at = match kind {
            Tag::Begin if dataset => {
                let end = end_of(text, begin).min(piece.end);
                out.push(Piece { begin, end, name: name(&text[begin..end]) });
                end
            }
            Tag::Begin | Tag::End | Tag::Alone => tag_end(text, begin).unwrap_or(piece.end),
        };
    }
    out
}

/// The end of the element that begins here: where its own tags balance, at most where the next one begins like it.
fn end_of(text: &str, begin: usize) -> usize {
    let (name, like) = (tag_name(text, begin), indent(text, begin));
    let (mut depth, mut at) = (0_usize, begin);
    while let Some((tag, kind)) = next_tag(text, at) {
        let end = tag_end(text, tag).unwrap_or(text.len());
        if tag_name(text, tag) == name {
            match kind {
                Tag::Begin if tag > begin && begins_like(text, tag, like) => return tag,
                Tag::Begin => depth += 1,
                Tag::End if depth <= 1 => return end,
                Tag::End => depth -= 1,
                Tag::Alone => {}
            }
        }
        at = end;
    }
    text.len()
}

fn name(piece: &str) -> Option<String> {
    let after = &piece[piece.find("rdf:about=")? + 10..];
    let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    after[1..].split(quote).next().map(ToOwned::to_owned)
}
