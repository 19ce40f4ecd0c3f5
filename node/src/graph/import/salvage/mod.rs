//! A document with a fault of syntax, where one fault ends the reading: it is cut where its records begin and end by the
//! look of them, and each piece is read by itself. What is taken so is never taken for the whole.

mod braces;
mod json;
mod lines;
mod xml;

use contracts::harvest::Fault;

pub(super) use braces::without_graphs;

use super::document::Document;
use super::parse::Reading;
use super::places::Text;
use super::{Bounds, MOST_FAULTS, Refused, Wire, fault};

/// What is around the pieces may be read with each of them: at most so many times the document's bytes, and some.
const AGAIN: usize = 4;
const SOME: usize = 1 << 20;

/// Part of a document, made one of its own.
pub(super) struct Piece {
    /// Where it begins and ends in the document, in bytes.
    begin: usize,
    end: usize,
    /// What it is about.
    name: Option<String>,
}

/// The pieces of a document, and what stands before and after each of them.
pub(super) struct Pieces {
    head: String,
    tail: &'static str,
    pieces: Vec<Piece>,
}

/// Reads what can be read of a document, piece by piece; `None` when no piece can.
///
/// # Errors
/// [`Refused`] when it is over a bound, or faulty beyond use.
pub(super) fn salvage(
    text: &str,
    wire: Wire,
    base: &str,
    bounds: Bounds,
) -> Result<Option<Document>, Refused> {
    let cut = match wire {
        Wire::RdfXml => xml::pieces(text),
        Wire::JsonLd => json::pieces(text),
        Wire::Turtle | Wire::NTriples | Wire::TriG => None,
    };
    let Some(Pieces { head, tail, pieces }) = cut else { return Ok(None) };
    let (mut document, mut left) = (Document::default().in_part(), AGAIN * text.len() + SOME);
    let (place, mut any) = (Text::new(text), false);
    let mut stack: Vec<Piece> = pieces.into_iter().rev().collect();
    while let Some(piece) = stack.pop() {
        let part = text.get(piece.begin..piece.end).unwrap_or_default();
        let Some(rest) = left.checked_sub(head.len() + part.len()) else {
            return Err(Refused(place.at(fault("too-many-faults", None), piece.begin)));
        };
        left = rest;
        let whole = format!("{head}{part}{tail}");
        match Reading::new(&whole, wire, base, bounds).quads() {
            Ok(quads) => {
                any = true;
                for quad in quads {
                    document.add(quad, bounds).map_err(|code| Refused(fault(code, None)))?;
                }
            }
            Err(wrong) => {
                let (offset, found) = *wrong;
                let inside = offset.map_or(0, |at| at.saturating_sub(head.len()));
                let found = place.at(found, (piece.begin + inside).min(piece.end));
                // Records within it are read by themselves; it is then none itself.
                let within = if wire == Wire::RdfXml { xml::within(text, &piece) } else { Vec::new() };
                let record = if within.is_empty() { piece.name } else { None };
                document
                    .faults
                    .push(Fault { record: record.map(|name| written_out(&name, base)), ..found.clone() });
                if document.faults.len() >= MOST_FAULTS {
                    return Err(Refused(found));
                }
                stack.extend(within.into_iter().rev());
            }
        }
    }
    Ok(any.then_some(document))
}

/// A name as an IRI.
fn written_out(name: &str, base: &str) -> String {
    match url::Url::parse(base).ok().filter(|_| !name.contains(':')).and_then(|base| base.join(name).ok()) {
        Some(iri) => iri.into(),
        None => name.to_owned(),
    }
}
