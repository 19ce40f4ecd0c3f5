//! Where in a text something stands.

use contracts::harvest::Fault;

pub(super) struct Text<'a>(&'a str);

impl<'a> Text<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// A fault with the line and column, from 1, of an offset in bytes.
    pub(super) fn at(&self, fault: Fault, offset: usize) -> Fault {
        let mut end = offset.min(self.0.len());
        while !self.0.is_char_boundary(end) {
            end -= 1;
        }
        let before = &self.0[..end];
        let line = before.matches('\n').count() as u64 + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before[start..].chars().count() as u64 + 1;
        Fault { line: Some(line), column: Some(column), ..fault }
    }

    /// Where a node is described: its IRI in full, else the last part of it, at a beginning of a line if it can be.
    pub(super) fn of_iri(&self, iri: &str) -> Option<usize> {
        let in_full =
            [format!("\n<{iri}>"), format!("about=\"{iri}\""), format!("\"{iri}\""), format!("<{iri}>")];
        let found = in_full
            .iter()
            .find_map(|text| Some(self.0.find(text.as_str())? + usize::from(text.starts_with('\n'))));
        let last = iri.rsplit(['/', '#', ':']).next().filter(|last| !last.is_empty())?;
        let short = || {
            let at = self.0.find(&format!(":{last} "))?;
            Some(self.0[..at].rfind(char::is_whitespace).map_or(0, |space| space + 1))
        };
        found.or_else(short).or_else(|| self.0.find(last).filter(|_| last.len() > 2))
    }

    /// What the statement around an offset is about: the first word of the nearest line before it that is not indented,
    /// its prefix written out.
    pub(super) fn statement(&self, offset: usize, base: &str) -> Option<String> {
        let end = self.0.get(offset..)?.find('\n').map_or(self.0.len(), |at| offset + at);
        for line in self.0[..end].lines().rev() {
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
        let declared =
            [format!("@prefix {prefix}:"), format!("PREFIX {prefix}:"), format!("prefix {prefix}:")];
        let after = declared.iter().find_map(|text| Some(self.0.find(text.as_str())? + text.len()))?;
        let namespace = self.0.get(after..)?.split('<').nth(1)?.split('>').next()?;
        Some(format!("{namespace}{local}"))
    }
}
