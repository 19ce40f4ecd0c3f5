//! The fields of a form: what each is called, what it is for, and what can be chosen there, in French and in English.

mod choice;
mod table;

use ontology::Lang;
use serde::Serialize;

pub use choice::{Choice, choices};
pub use table::FIELDS;

/// What a field belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    /// The policy as a whole.
    Policy,
    Rule,
    /// A row of conditions.
    Condition,
}

/// What is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Input {
    Text,
    Texts,
    /// One, or several, of what [`choices`] lists.
    Choice,
    Choices,
    /// A whole number.
    Number,
    /// The number of a rule or a row of the same list, the first being 1.
    Place,
    /// RFC 3339, or a date alone.
    Date,
    /// ISO 8601.
    Duration,
    /// Rules, or rows of conditions.
    Rows,
}

/// A field with its words.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub key: &'static str,
    pub place: Place,
    pub input: Input,
    label: (&'static str, &'static str),
    help: (&'static str, &'static str),
}

impl Field {
    pub const fn label(&self, lang: Lang) -> &'static str {
        lang.pick(self.label.0, self.label.1)
    }

    /// What it is for, with an example.
    pub const fn help(&self, lang: Lang) -> &'static str {
        lang.pick(self.help.0, self.help.1)
    }

    /// The field of a name in its place.
    pub fn find(place: Place, key: &str) -> Option<&'static Field> {
        FIELDS.iter().find(|field| field.place == place && field.key == key)
    }
}
