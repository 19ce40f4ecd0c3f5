//! Under which conditions the délégataire gives what.

use serde_json::{Value, json};

use super::data::Dataset;

/// Reads that a contract gives.
pub const READS: u32 = 2;

/// For the authority only, for water and sanitation, processed in France, so many times, until a day.
pub fn for_authority(dataset: &Dataset, authority: &str, until: &str) -> Value {
    let constraints = json!([
        { "leftOperand": "recipient", "operator": "eq", "rightOperand": authority },
        { "leftOperand": "purpose", "operator": "isA", "rightOperand": "eau_assainissement" },
        { "leftOperand": "fiducie:processingPlace", "operator": "isPartOf", "rightOperand": "FR" },
        { "leftOperand": "count", "operator": "lteq", "rightOperand": READS.to_string() },
        { "leftOperand": "dateTime", "operator": "lteq", "rightOperand": until },
    ]);
    published(dataset, "partenaires_nommes", constraints)
}

/// For whoever says who it is, for a public service, under the law of the Union.
pub fn for_public_service(dataset: &Dataset) -> Value {
    let constraints = json!([
        { "leftOperand": "purpose", "operator": "isA", "rightOperand": "service_public" },
        { "leftOperand": "fiducie:governingLaw", "operator": "isPartOf", "rightOperand": "EU" },
    ]);
    published(dataset, "ouvert_identifie", constraints)
}

fn published(dataset: &Dataset, rung: &str, constraints: Value) -> Value {
    let mut description = dataset.description.clone();
    description["rung"] = rung.into();
    description["offers"] = json!([{
        "policy": { "permission": [{ "action": "use", "constraint": constraints }] },
        "term": { "for": "P1Y" },
    }]);
    description
}
