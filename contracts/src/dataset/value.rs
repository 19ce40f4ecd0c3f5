//! Small values of a description.

use std::collections::BTreeMap;
use std::fmt;

use ontology::Lang;
use ontology::dcat::Term;
use ontology::dcat::format::Format;
use ontology::dcat::territory::Kind;
use serde::{Serialize, Serializer};
use time::{Date, Month};

/// A text for persons, by BCP 47 language tag. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Text(pub(super) BTreeMap<String, String>);

impl Text {
    /// The text in this language, else in French, else in any.
    pub fn best(&self, lang: Lang) -> &str {
        self.0
            .get(lang.tag())
            .or_else(|| self.0.get("fr"))
            .or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(lang, text)| (lang.as_str(), text.as_str()))
    }
}

/// A calendar day, `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub Date);

impl Day {
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' || !text.is_ascii() {
            return None;
        }
        let part = |range: std::ops::Range<usize>| {
            text.get(range).filter(|p| p.bytes().all(|b| b.is_ascii_digit()))?.parse::<u16>().ok()
        };
        let month = Month::try_from(u8::try_from(part(5..7)?).ok()?).ok()?;
        let day = u8::try_from(part(8..10)?).ok()?;
        Date::from_calendar_date(i32::from(part(0..4)?), month, day).ok().map(Self)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

/// A territory that the rows are about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    #[serde(serialize_with = "kind_code")]
    pub kind: Kind,
    pub code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// Format of the files, as a media type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    pub media_type: String,
    /// Known to the European table of file types.
    pub format: Option<&'static Format>,
}

impl Media {
    /// Open for sure; an unknown format is not.
    pub fn is_open(&self) -> bool {
        self.format.is_some_and(|format| format.open)
    }
}

impl Serialize for Media {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        // The code, as several formats may share a media type; the media type when there is no code.
        s.serialize_str(self.format.map_or(self.media_type.as_str(), |format| format.code))
    }
}

/// What one row is about: at least one of the three.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Granularity {
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "term_code_option")]
    pub level: Option<&'static Term>,
    /// Smallest time step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temporal: Option<super::Duration>,
    /// Smallest distance told apart, in metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metres: Option<u32>,
}

/// An organisation. Never a natural person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Organisation {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub siren: Option<String>,
    /// Of the establishment, where one is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub siret: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub did: Option<crate::id::ParticipantId>,
}

/// Who answers questions: a service, never a person by name. With an address at least.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contact {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// A page, by its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Under what licence the data may be reused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Licence {
    /// Of the list that public bodies may use (CRPA, D. 323-2-1).
    Listed(&'static Term),
    /// Approved for this body (CRPA, L. 323-2): reference of the decision.
    Approved(String),
    /// Any other, by IRI.
    Other(String),
}

impl Serialize for Licence {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Listed(term) => s.serialize_str(term.code),
            Self::Other(iri) => s.serialize_str(iri),
            Self::Approved(reference) => BTreeMap::from([("homologation", reference)]).serialize(s),
        }
    }
}

/// Where the bytes are. Never shown to anybody but the member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    File(String),
    Folder(String),
    /// Another data plane of the member, by its name in the node's configuration.
    #[serde(rename = "data_plane")]
    DataPlane(String),
}

/// Dates that the rows are about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Period {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<Day>,
}

/// Evidence of how data were anonymised or aggregated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Anonymisation {
    pub method: String,
    /// Smallest number of contributors behind a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<u32>,
    pub date: Day,
}

fn kind_code<S: Serializer>(kind: &Kind, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(kind.code())
}
pub(super) fn term_code<S: Serializer>(term: &&'static Term, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(term.code)
}
pub(super) fn is_none_listed(terms: &[&'static Term]) -> bool {
    terms.is_empty()
}
pub(super) fn term_codes<S: Serializer>(terms: &[&'static Term], s: S) -> Result<S::Ok, S::Error> {
    s.collect_seq(terms.iter().map(|term| term.code))
}
pub(super) fn term_code_option<S: Serializer>(term: &Option<&'static Term>, s: S) -> Result<S::Ok, S::Error> {
    term.map(|term| term.code).serialize(s)
}
