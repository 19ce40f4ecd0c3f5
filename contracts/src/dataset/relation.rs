//! How a dataset stands to others: its series, the version before it, what it was made from.

use ontology::dcat::Term;
use serde::Serialize;

use super::value::{Text, term_code};
use crate::id::{AgreementId, DatasetId};

/// A series that the dataset is part of (DCAT 3, 6.7), such as the yearly counts of one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Series {
    /// The same in all of its datasets.
    pub id: DatasetId,
    pub title: Text,
    pub description: Text,
    /// The dataset before this one, one of the same member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<DatasetId>,
}

/// A dataset that this one was made from (PROV-O, `prov:wasDerivedFrom`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Origin {
    pub dataset: DatasetId,
    /// The agreement under which it was received; its terms are inherited. Shown to nobody but the member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreement: Option<AgreementId>,
    /// Others may be told its name. What was received under an agreement is not named unless the publisher says so:
    /// that it exists may be a secret of who gave it.
    pub named: bool,
    /// It is known not to be up to date by its own frequency, and taken all the same.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub stale: bool,
}

/// Where data come from, and how they were collected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Provenance {
    /// One of `ontology::origin::ORIGINS`.
    #[serde(serialize_with = "term_code")]
    pub origin: &'static Term,
    pub collection: Text,
}
