//! Where in a text something stands.
//!
//! A document of 50 MB may have a fault in each of its records: what is looked up more than once is found in one pass.

use std::cell::OnceCell;
use std::collections::HashMap;

use contracts::harvest::Fault;

pub(super) struct Text<'a> {
    text: &'a str,
    /// Where each line begins.
    lines: OnceCell<Vec<usize>>,
    /// What each prefix stands for.
    prefixes: OnceCell<HashMap<&'a str, &'a str>>,
}

impl<'a> Text<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, lines: OnceCell::new(), prefixes: OnceCell::new() }
    }

    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// A fault with the line and column, from 1, of an offset in bytes.
    pub(super) fn at(&self, fault: Fault, offset: usize) -> Fault {
        let mut end = offset.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let lines = self.lines();
        let line = lines.partition_point(|begin| *begin <= end);
        let column = self.text[lines[line - 1]..end].chars().count() as u64 + 1;
        Fault { line: Some(line as u64), column: Some(column), ..fault }
    }

    /// Where a line begins, counted from 1; the end of the text after the last one.
    pub(super) fn line(&self, number: u64) -> usize {
        let at = usize::try_from(number.saturating_sub(1)).ok().and_then(|at| self.lines().get(at));
        at.copied().unwrap_or(self.text.len())
    }

    fn lines(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            let after =
                self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
            std::iter::once(0).chain(after).collect()
        })
    }

    /// What the statement around an offset is about: the first word of the nearest line before it that is not indented,
    /// its prefix written out.
    pub(super) fn statement(&self, offset: usize, base: &str) -> Option<String> {
        let end = self.text.get(offset..)?.find('\n').map_or(self.text.len(), |at| offset + at);
        for line in self.text[..end].lines().rev() {
            let first = line.chars().next().unwrap_or(' ');
            if !first.is_whitespace() && !matches!(first, '.' | ';' | ',' | ']' | ')' | '}' | '#') {
                return self.written_out(line.split_whitespace().next()?, base);
            }
        }
        None
    }

    fn written_out(&self, word: &str, base: &str) -> Option<String> {
        if let Some(iri) = word.strip_prefix('<') {
            let iri = iri.split('>').next()?;
            return match iri.contains(':') {
                true => Some(iri.to_owned()),
                false => Some(url::Url::parse(base).ok()?.join(iri).ok()?.to_string()),
            };
        }
        let (prefix, local) = word.split_once(':')?;
        let namespace = self.prefixes.get_or_init(|| prefixes(self.text)).get(prefix)?;
        Some(format!("{namespace}{local}"))
    }
}

/// The declarations of prefixes, as Turtle and SPARQL write them; the first of each counts.
fn prefixes(text: &str) -> HashMap<&str, &str> {
    let mut out = HashMap::new();
    let signs = text.match_indices("prefix ").chain(text.match_indices("PREFIX "));
    for (at, sign) in signs {
        let line = text[at + sign.len()..].lines().next().unwrap_or_default();
        let declared = line.split_once(':').and_then(|(prefix, rest)| {
            let iri = rest.trim_start().strip_prefix('<')?.split('>').next()?;
            Some((prefix.trim_start(), iri))
        });
        if let Some((prefix, iri)) = declared {
            out.entry(prefix).or_insert(iri);
        }
    }
    out
}
