//! The description a publisher writes of a dataset, once: everything that is shown, stored or signed comes from it.
//!
//! JSON, or TOML read into the same value. [`Description::read`] tells every fault of it together; serialising gives the
//! normal form, which reads back to the same description.

mod column;
mod cursor;
mod duration;
mod fault;
mod read;
mod relation;
mod rules;
mod value;

pub use column::Column;
pub use duration::Duration;
pub use fault::{Fault, Remedy, Rule, Shape};
pub use read::{is_email, is_page};
pub use relation::{Origin, Provenance, Series};
pub use value::{
    Anonymisation, Contact, Day, Granularity, Licence, Media, Organisation, Period, Place, Source, Text,
};

use ontology::dcat::Term as Code;
use ontology::purpose::Purpose;
use ontology::rung::Rung;
use ontology::status::Status;
use serde::{Serialize, Serializer};
use serde_json::Value;
use time::OffsetDateTime;

use crate::format::V1;
use crate::id::{DatasetId, OfferId};
use value::{is_none_listed, term_code, term_code_option, term_codes};

/// A dataset as its publisher describes it, version 1 of this format.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Description {
    pub v: V1,
    /// Given to publish a new revision of a known dataset, or to keep an identifier from elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<DatasetId>,
    /// Language of plain texts and keywords, BCP 47.
    pub lang: String,
    pub title: Text,
    pub description: Text,
    /// European data themes.
    #[serde(serialize_with = "term_codes")]
    pub theme: Vec<&'static Code>,
    pub location: Vec<Place>,
    pub format: Vec<Media>,
    pub granularity: Granularity,
    #[serde(serialize_with = "term_code")]
    pub frequency: &'static Code,
    pub producer: Organisation,
    #[serde(serialize_with = "status_code")]
    pub status: Status,
    #[serde(serialize_with = "rung_code")]
    pub rung: Rung,
    /// Why public-sector data are not open.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "term_code_option")]
    pub exclusion: Option<&'static Code>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub personal: Option<Personal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anonymisation: Option<Anonymisation>,
    /// No byte leaves before this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embargo: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licence: Option<Licence>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rights: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// Schemas the files follow, by IRI.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conforms_to: Vec<String>,
    /// Who answers questions about the dataset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    /// Categories of high-value datasets (Regulation (EU) 2023/138); none for the others.
    #[serde(skip_serializing_if = "is_none_listed", serialize_with = "term_codes")]
    pub hvd: Vec<&'static Code>,
    /// Size of the file in bytes, when there is one file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byte_size: Option<u64>,
    /// Rectangle around the positions in it: west, south, east, north; WGS 84, in degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bbox: Option<[f64; 4]>,
    /// Columns of its table, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Column>,
    /// In preparation: nobody but the member knows of it, whatever rung it will have.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub draft: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<Series>,
    /// The publisher's own number of this version; the revision's number where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The dataset of the same member that this one replaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_version: Option<DatasetId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub derived_from: Vec<Origin>,
    /// What changed in this revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version_notes: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub offers: Vec<OfferDraft>,
}

/// Declaration of personal data (Regulation (EU) 2016/679, articles 5, 6 and 13).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Personal {
    pub columns: Vec<String>,
    pub responsable_traitement: Organisation,
    #[serde(serialize_with = "purpose_codes")]
    pub finalites: Vec<Purpose>,
    #[serde(serialize_with = "term_code")]
    pub base_legale: &'static Code,
    pub duree_conservation: Duration,
}

/// An offer as written by the publisher: the node gives it an identifier when it has none.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OfferDraft {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<OfferId>,
    /// ODRL, verbatim but for `@id` and `@type`.
    pub policy: Value,
    #[serde(skip_serializing_if = "Term::is_unlimited")]
    pub term: Term,
}

/// How long a contract made on an offer lasts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Term {
    /// Until one side revokes it.
    #[default]
    Unlimited,
    /// Through the end of that day, UTC.
    Until(Day),
    /// From the day it is made.
    For(Duration),
}

impl Term {
    pub fn is_unlimited(&self) -> bool {
        *self == Self::Unlimited
    }
    /// The instant at which a contract that starts now ends; nothing when it has no end.
    pub fn end(&self, start: OffsetDateTime) -> Option<OffsetDateTime> {
        match self {
            Self::Unlimited => None,
            Self::Until(day) => Some(day.0.next_day()?.midnight().assume_utc()),
            Self::For(duration) => duration.after(start),
        }
    }
}

impl Description {
    /// Reads a description.
    ///
    /// # Errors
    /// Every fault, each with field, value and remedy. Policies are only checked to be policies: what they mean is
    /// judged by the policy engine, which can be asked for [`offers`] of a faulty description too.
    pub fn read(value: &Value) -> Result<Self, Vec<Fault>> {
        read::description(value)
    }

    /// The rung at which others meet the dataset now.
    pub fn exposed(&self) -> Rung {
        if self.draft { Rung::Invisible } else { self.rung }
    }

    /// Other datasets that the description names to whoever may read it.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &DatasetId)> {
        let previous = self.series.as_ref().and_then(|series| series.previous.as_ref());
        let previous = previous.map(|id| ("/series/previous", id));
        let version = self.previous_version.as_ref().map(|id| ("/previous_version", id));
        let origins = self.derived_from.iter().filter(|origin| origin.named);
        let origins = origins.map(|origin| ("/derived_from", &origin.dataset));
        previous.into_iter().chain(version).chain(origins)
    }

    /// The description as shown to others: without source, offers and agreements, with identifier and revision.
    pub fn shown(&self, id: &DatasetId, revision: i64) -> Value {
        let mut shown = serde_json::to_value(self).unwrap_or_default();
        if let Some(members) = shown.as_object_mut() {
            for hidden in ["source", "offers"] {
                members.remove(hidden);
            }
            let named = self.derived_from.iter().filter(|origin| origin.named);
            let named: Vec<Value> =
                named.map(|origin| serde_json::json!({ "dataset": origin.dataset })).collect();
            match named.is_empty() {
                true => drop(members.remove("derived_from")),
                false => drop(members.insert("derived_from".into(), named.into())),
            }
            members.insert("type".into(), "fiducie-dataset".into());
            members.insert("id".into(), id.as_str().into());
            members.insert("revision".into(), revision.into());
        }
        shown
    }

    /// Digest of [`Self::shown`]: what a contract names.
    ///
    /// # Errors
    /// Never for a description that was read: it has no number that canonical JSON cannot carry.
    pub fn digest(&self, id: &DatasetId, revision: i64) -> Result<String, crate::jcs::JcsError> {
        crate::jcs::digest(&self.shown(id, revision))
    }
}

/// The policies of a description with their places, whatever else is wrong with it.
pub fn offers(description: &Value) -> Vec<(String, &Value)> {
    let offers = match description.get("offers") {
        Some(Value::Array(offers)) => offers.as_slice(),
        _ => &[],
    };
    offers
        .iter()
        .enumerate()
        .filter_map(|(i, offer)| {
            offer
                .get("policy")
                .filter(|policy| policy.is_object())
                .map(|policy| (format!("/offers/{i}/policy"), policy))
        })
        .collect()
}

fn status_code<S: Serializer>(status: &Status, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(status.code())
}
fn rung_code<S: Serializer>(rung: &Rung, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(rung.code())
}
fn purpose_codes<S: Serializer>(purposes: &[Purpose], s: S) -> Result<S::Ok, S::Error> {
    s.collect_seq(purposes.iter().map(|purpose| purpose.concept().id))
}

#[cfg(test)]
mod tests;
