//! From bytes to triples.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use contracts::harvest::Fault;
use oxigraph::io::{RdfParser, RdfSyntaxError};
use oxigraph::model::Quad;

use super::document::Document;
use super::places::Text;
use super::salvage::{salvage, without_graphs};
use super::{Bounds, MOST_FAULTS, Refused, Wire, fault};

/// Deepest nesting of a JSON document: the parser calls itself.
const DEEPEST: usize = 100;

/// Reads a document as it should be written; if that fails, leniently, with what was wrong where.
///
/// # Errors
/// [`Refused`] when it is no such document, is over a bound, or asks for something to be fetched.
pub fn read(bytes: &[u8], wire: Wire, base: &str, bounds: Bounds) -> Result<Document, Refused> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        let valid = String::from_utf8_lossy(bytes);
        let end = valid.find('\u{FFFD}').unwrap_or(valid.len());
        return Err(Refused(Text::new(&valid).at(fault("not-utf8", None), end)));
    };
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    if wire == Wire::JsonLd {
        let depth = depth(text.as_bytes());
        if depth > DEEPEST {
            return Err(Refused(fault("too-deep", depth.to_string())));
        }
    }
    let strict = Reading::new(text, wire, base, bounds).all(false)?;
    if strict.faults.is_empty() {
        return Ok(strict);
    }
    let refused = match Reading::new(text, wire, base, bounds).all(true) {
        Ok(document) => return Ok(document),
        Err(refused) => refused,
    };
    // Read to the first fault only: then what is whole in it is taken, and never for the whole.
    let found = match wire {
        Wire::TriG => {
            let mut document = Reading::new(&without_graphs(text), Wire::Turtle, base, bounds).all(true)?;
            // A fault of the braces themselves.
            if document.faults.is_empty() {
                document.faults.push(refused.0.clone());
            }
            Some(document.in_part())
        }
        Wire::RdfXml | Wire::JsonLd => salvage(text, wire, base, bounds)?,
        Wire::Turtle | Wire::NTriples => None,
    };
    found.ok_or(refused)
}

pub(super) struct Reading<'a> {
    text: Text<'a>,
    wire: Wire,
    base: &'a str,
    bounds: Bounds,
    lines: Arc<AtomicU64>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(text: &'a str, wire: Wire, base: &'a str, bounds: Bounds) -> Self {
        Self { text: Text::new(text), wire, base, bounds, lines: Arc::default() }
    }

    fn all(&self, lenient: bool) -> Result<Document, Refused> {
        self.gather(self.quad_by_quad(lenient)?, lenient)
    }

    /// All that a text says which must be without fault; else the fault, and where it is, in bytes.
    pub(super) fn quads(&self) -> Result<Vec<Quad>, Box<(Option<usize>, Fault)>> {
        let all = self.quad_by_quad(true).map_err(|refused| Box::new((None, refused.0)))?;
        all.take(self.bounds.triples.saturating_add(1))
            .map(|quad| quad.map_err(|wrong| Box::new(self.located(&wrong))))
            .collect()
    }

    fn quad_by_quad(
        &self,
        lenient: bool,
    ) -> Result<Box<dyn Iterator<Item = Result<Quad, Wrong>> + 'a>, Refused> {
        let mut parser = RdfParser::from_format(self.wire.rdf());
        parser = parser.with_base_iri(self.base).map_err(|e| Refused(fault("base", e.to_string())))?;
        if lenient {
            parser = parser.lenient();
        }
        let lines = Lines { left: self.text.text().as_bytes(), given: Arc::clone(&self.lines) };
        Ok(match self.wire {
            // No place is told with its errors: it is fed line by line, and the line is where it had got to.
            Wire::RdfXml => Box::new(parser.for_reader(lines).map(|quad| quad.map_err(Wrong::of_reader))),
            _ => Box::new(
                parser.for_slice(self.text.text().as_bytes()).map(|quad| quad.map_err(Wrong::Syntax)),
            ),
        })
    }

    fn gather(
        &self,
        quads: impl Iterator<Item = Result<Quad, Wrong>>,
        lenient: bool,
    ) -> Result<Document, Refused> {
        let mut document = Document::default();
        for quad in quads {
            match quad {
                Ok(quad) => document.add(quad, self.bounds).map_err(|code| Refused(fault(code, None)))?,
                Err(wrong) => {
                    let (found, fault) = self.located(&wrong);
                    // The first fault tells that the document is to be read again, leniently.
                    if !lenient {
                        document.faults.push(fault);
                        return Ok(document);
                    }
                    if !self.wire.goes_on() || document.faults.len() >= MOST_FAULTS {
                        return Err(Refused(fault));
                    }
                    if let Some(offset) = found {
                        document.broken.extend(self.text.statement(offset, self.base));
                    }
                    document.faults.push(fault);
                }
            }
        }
        Ok(document)
    }

    fn located(&self, wrong: &Wrong) -> (Option<usize>, Fault) {
        match wrong {
            Wrong::Syntax(error) => {
                let said = error.to_string();
                let code = if is_context(&said) { "remote-context" } else { "syntax" };
                let Some(place) = error.location() else {
                    // What JSON says is wrong with, not how it is written: that has no place, but what it is in has.
                    let sign = if code == "remote-context" { "\"@context\"" } else { "{" };
                    let begin = self.text.text().find(sign).unwrap_or(0);
                    return (Some(begin), self.text.at(fault(code, said), begin));
                };
                let at = Fault {
                    line: Some(place.start.line + 1),
                    column: Some(place.start.column + 1),
                    ..fault(code, said)
                };
                (usize::try_from(place.start.offset).ok(), at)
            }
            Wrong::Line(said) => {
                let line = self.lines.load(Ordering::Relaxed).max(1);
                let text = self.text.text();
                let begin = text.len() - text[self.text.line(line)..].trim_start().len();
                (Some(begin), self.text.at(fault("syntax", said.clone()), begin))
            }
        }
    }
}

/// A JSON-LD document that names a context elsewhere: it is not fetched.
fn is_context(said: &str) -> bool {
    said.contains("LoadDocumentCallback") || said.contains("remote context") || said.contains("loading")
}

enum Wrong {
    Syntax(RdfSyntaxError),
    Line(String),
}

impl Wrong {
    fn of_reader(error: oxigraph::io::RdfParseError) -> Self {
        Self::Line(error.to_string())
    }
}

/// Deepest nesting of brackets outside strings.
fn depth(text: &[u8]) -> usize {
    let (mut now, mut most, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                now += 1;
                most = most.max(now);
            }
            b'}' | b']' if !quoted => now = now.saturating_sub(1),
            _ => {}
        }
    }
    most
}

/// Gives one line at a time, and counts them.
struct Lines<'a> {
    left: &'a [u8],
    given: Arc<AtomicU64>,
}

impl Read for Lines<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let end = self.left.iter().position(|byte| *byte == b'\n').map_or(self.left.len(), |at| at + 1);
        let count = end.min(into.len());
        into[..count].copy_from_slice(&self.left[..count]);
        if count > 0 && (self.left[count - 1] == b'\n' || count == self.left.len()) {
            self.given.fetch_add(1, Ordering::Relaxed);
        }
        self.left = &self.left[count..];
        Ok(count)
    }
}
