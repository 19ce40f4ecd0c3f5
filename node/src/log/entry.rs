//! From an event to a log entry: the leaf that is published, and the body that can be erased.

use std::collections::BTreeMap;

use contracts::format::{DigestAlg, V1};
use contracts::leaf::{self, FACTS, Leaf, Opening, Outcome, REPORT, Salt};
use serde::{Deserialize, Serialize};

use crate::domain::event::Record;
use crate::domain::time::Timestamp;

/// Clear values of an entry with the salts that open its commitments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    pub kind: String,
    pub fields: BTreeMap<String, Opening>,
}

/// What a decision looked at, with the salt of its commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    pub json: String,
    pub salt: String,
}

/// An entry ready for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    pub leaf: Vec<u8>,
    pub body: Body,
    pub facts: Option<Facts>,
    pub reference: Option<String>,
}

/// Makes the entry of a record; `salt` draws one salt per field.
pub fn make(
    record: &Record,
    at: Timestamp,
    mut salt: impl FnMut() -> Salt,
) -> Result<Made, contracts::format::FormatError> {
    let kind = record.event.kind();
    let (mut commitments, mut fields) = (BTreeMap::new(), BTreeMap::new());
    let report = record.decision.as_ref().map(|decision| (REPORT, decision.report.clone()));
    for (field, value) in record.event.fields().into_iter().chain(report) {
        let salt = salt();
        commitments.insert(field.to_owned(), leaf::commitment(field, &salt, &value));
        fields.insert(field.to_owned(), Opening::new(value, &salt));
    }
    let (mut facts, mut committed, mut outcome) = (None, None, None);
    if let Some(decision) = &record.decision {
        let salt = salt();
        let opening = Opening::new(decision.json.clone(), &salt);
        committed = Some(leaf::commitment(FACTS, &salt, &decision.json));
        outcome = Some(if decision.permitted { Outcome::Permit } else { Outcome::Refuse });
        facts = Some(Facts { json: opening.value, salt: opening.salt });
    }
    let reference = record.event.reference().map(ToOwned::to_owned);
    let leaf = Leaf {
        alg: DigestAlg::Sha256,
        at: at.seconds(),
        commitments,
        facts: committed,
        kind: kind.to_owned(),
        outcome,
        reference: reference.clone(),
        v: V1,
    };
    Ok(Made { leaf: leaf.to_bytes()?, body: Body { kind: kind.to_owned(), fields }, facts, reference })
}
