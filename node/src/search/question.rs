//! What is asked for, and what is answered.

use std::collections::BTreeMap;

use contracts::id::DatasetId;

use super::document::Shown;
use super::place::Box4;

/// Kinds of facets, in the order of an answer.
pub const FACETS: [&str; 10] = [
    "theme",
    "producer",
    "commune",
    "epci",
    "departement",
    "region",
    "status",
    "rung",
    "format",
    "freshness",
];

/// What is searched for. Values of one facet widen the answer, facets narrow it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Question {
    pub text: String,
    pub filters: BTreeMap<&'static str, Vec<String>>,
    pub bbox: Option<Box4>,
    /// A commune, and within how many kilometres of it; what concerns a territory it lies in counts too.
    pub near: Option<(String, f64)>,
}

/// The answer, one page of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub total: usize,
    pub hits: Vec<Shown>,
    pub facets: BTreeMap<&'static str, Vec<(String, usize)>>,
    /// Words that no dataset has, and what was searched for instead.
    pub corrections: Vec<(String, Vec<String>)>,
    /// No dataset has all the words: these have most of them.
    pub partial: bool,
    /// What the whole answer is, in few bytes: another one after any change of it.
    pub tag: [u8; 12],
}

impl Found {
    pub fn ids(&self) -> impl Iterator<Item = &DatasetId> {
        self.hits.iter().map(|hit| &hit.id)
    }
}
