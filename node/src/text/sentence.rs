//! A sentence for persons, kept until it is known in which language it will be said.

use std::fmt::{Display, Formatter, Result};

use super::{Lang, fill};

/// The key of a text, and what its names stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    key: &'static str,
    values: Vec<(&'static str, String)>,
}

/// The sentence of a key.
pub fn say(key: &'static str) -> Sentence {
    Sentence { key, values: Vec::new() }
}

impl Sentence {
    /// Gives a name of the text its value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Display) -> Self {
        self.values.push((name, value.to_string()));
        self
    }

    pub fn text(&self, lang: Lang) -> String {
        let values: Vec<_> = self.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        fill(lang, self.key, &values)
    }
}

/// For the node's own log, which is in English.
impl Display for Sentence {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(&self.text(Lang::En))
    }
}
