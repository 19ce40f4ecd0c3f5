//! What words mean: the names, hierarchies and code lists that every other crate speaks with.
//!
//! Data and constants only; depends on nothing. Origin and licence of each list: `ontology/SOURCES.md`.

pub mod action;
pub mod area;
pub mod clause;
pub mod dcat;
pub mod exclusion;
pub mod odrl;
pub mod origin;
pub mod place;
pub mod purpose;
mod purposes;
pub mod rung;
pub mod status;
pub mod vocab;

/// The language of a text meant for a person. Everything a person reads exists in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lang {
    Fr,
    En,
}

impl Lang {
    /// The BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Lang::Fr => "fr",
            Lang::En => "en",
        }
    }
    /// Reads a BCP 47 tag by its primary language; `None` for a language we do not speak.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        match primary.to_ascii_lowercase().as_str() {
            "fr" => Some(Lang::Fr),
            "en" => Some(Lang::En),
            _ => None,
        }
    }
    /// The one of two texts that is in this language.
    pub const fn pick<'a>(self, fr: &'a str, en: &'a str) -> &'a str {
        match self {
            Lang::Fr => fr,
            Lang::En => en,
        }
    }
}

/// How a declared value stands to an expected one in a hierarchy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The declared value is the expected one, or narrower.
    Within,
    /// The declared value is broader, or only partly inside: it may be meant or not.
    Overlaps,
    /// Nothing in common.
    Apart,
}
