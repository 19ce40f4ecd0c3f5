//! Columns of a table, as its publisher declares them.

use ontology::dcat::Term;
use serde::Serialize;

use super::value::{Text, term_code};

/// One column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// As it stands in the head of the table.
    pub name: String,
    /// One of `ontology::dcat::column::TYPES`.
    #[serde(rename = "type", serialize_with = "term_code")]
    pub kind: &'static Term,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// Relates to a natural person (Regulation (EU) 2016/679, article 4(1)).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub personal: bool,
    /// Each row is about the area that its value names, in the official geographic code of this year (COG, INSEE).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub territory: Option<u16>,
    /// Says how many persons, households or holdings each row is about.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub contributors: bool,
}
