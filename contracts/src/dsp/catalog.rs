//! Catalogue messages. Dataspace Protocol 2025-1, section 5.
//!
//! Read tolerantly: a foreign catalogue keeps its unknown members in `other`, and may write one element where the
//! schemas have a list. Offers stay verbatim JSON: what was shown is what is compared and signed.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::{Context, Message, message, one_or_many};

message! {
    /// Consumer → provider: what do you offer me? DSP 2025-1, 5.2.1.
    CatalogRequestMessage {
        list {
            /// Specific to the implementation; see [`super::filter::Page`] for what ours understands.
            filter: Value,
        }
    }
}

message! {
    /// Answer to a catalogue request that was not accepted. DSP 2025-1, 5.3.3.
    CatalogError {
        optional {
            code: String,
        }
        list {
            reason: Value,
        }
    }
}

/// Members that we do not know, kept as they came.
type Other = Map<String, Value>;

/// A catalogue: the answer itself, or one inside another. DSP 2025-1, 5.3.1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Catalog {
    /// On the root only.
    #[serde(rename = "@context", default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
    #[serde(rename = "@id")]
    pub id: String,
    #[serde(rename = "@type", default = "catalog")]
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "reference")]
    pub participant_id: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub service: Vec<DataService>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub dataset: Vec<Dataset>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub catalog: Vec<Catalog>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub distribution: Vec<Distribution>,
    #[serde(flatten)]
    pub other: Other,
}

impl Message for Catalog {
    const TYPE: &'static str = "Catalog";
}

/// A dataset with what is offered on it. DSP 2025-1, 5.3.2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Dataset {
    /// On the root only.
    #[serde(rename = "@context", default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
    #[serde(rename = "@id")]
    pub id: String,
    #[serde(rename = "@type", default = "dataset")]
    pub kind: String,
    /// Offers without `target`: the dataset is their target. Never empty when we write it.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub has_policy: Vec<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub distribution: Vec<Distribution>,
    #[serde(flatten)]
    pub other: Other,
}

impl Message for Dataset {
    const TYPE: &'static str = "Dataset";
}

/// One way to get the bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Distribution {
    #[serde(rename = "@type", default = "distribution")]
    pub kind: String,
    /// The transfer format, such as [`super::transfer::HTTP_PULL`]; not the format of the file.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "reference")]
    pub format: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "scalar")]
    pub access_service: Vec<AccessService>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub has_policy: Vec<Value>,
    #[serde(flatten)]
    pub other: Other,
}

impl Distribution {
    /// A distribution by a transfer format through one service.
    pub fn new(format: &str, service: AccessService) -> Self {
        Self {
            kind: distribution(),
            format: Some(format.to_owned()),
            access_service: vec![service],
            has_policy: Vec::new(),
            other: Other::new(),
        }
    }
}

/// The service of a distribution: by identifier, or whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AccessService {
    Id(String),
    Inline(Box<DataService>),
}

/// Where contracts are negotiated and transfers asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataService {
    #[serde(rename = "@id")]
    pub id: String,
    #[serde(rename = "@type", default = "data_service")]
    pub kind: String,
    #[serde(
        rename = "endpointURL",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "reference"
    )]
    pub endpoint_url: Option<String>,
    #[serde(flatten)]
    pub other: Other,
}

impl DataService {
    pub fn new(id: String, endpoint_url: String) -> Self {
        Self { id, kind: data_service(), endpoint_url: Some(endpoint_url), other: Other::new() }
    }
}

impl Dataset {
    /// The offer of that identifier, verbatim.
    pub fn offer(&self, id: &str) -> Option<&Value> {
        self.has_policy.iter().find(|offer| offer.get("@id").and_then(Value::as_str) == Some(id))
    }
}

fn catalog() -> String {
    "Catalog".into()
}
fn dataset() -> String {
    "Dataset".into()
}
fn distribution() -> String {
    "Distribution".into()
}
fn data_service() -> String {
    "DataService".into()
}

/// A string, or as JSON-LD peers may write it, an object with only `@id` or `@value`.
fn reference<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(d)? {
        Value::String(text) => Some(text),
        Value::Object(object) => {
            object.get("@id").or_else(|| object.get("@value")).and_then(Value::as_str).map(str::to_owned)
        }
        Value::Array(items) => items.into_iter().find_map(|item| item.as_str().map(str::to_owned)),
        _ => None,
    })
}

/// `accessService` is one value in the schema; several are read.
mod scalar {
    use super::*;

    pub(super) fn serialize<S: Serializer>(services: &[AccessService], s: S) -> Result<S::Ok, S::Error> {
        match services {
            [one] => one.serialize(s),
            many => many.serialize(s),
        }
    }
    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<AccessService>, D::Error> {
        one_or_many(d)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_foreign_catalogue_is_read_and_kept() {
        let value = json!({
            "@context": [super::super::CONTEXT, "https://w3id.org/edc/dspace/v0.0.1"],
            "@id": "c", "@type": "Catalog", "participantId": {"@id": "did:web:edc"}, "originator": "https://edc",
            "service": {"@id": "s", "@type": "DataService", "endpointURL": "https://edc/2025-1",
                        "endpointDescription": "dspace:connector"},
            "dataset": {"@id": "d", "@type": "Dataset", "name": "x",
                "hasPolicy": {"@id": "o", "@type": "Offer", "permission": {"action": "use"}},
                "distribution": {"@type": "Distribution", "format": {"@id": "HttpData-PULL"},
                    "accessService": {"@id": "s", "@type": "DataService", "endpointURL": "https://edc/2025-1"}}},
        });
        let catalog: Catalog = super::super::read_value(value).unwrap();
        assert_eq!(catalog.participant_id.as_deref(), Some("did:web:edc"));
        assert_eq!(catalog.other["originator"], "https://edc");
        let dataset = &catalog.dataset[0];
        assert_eq!(dataset.offer("o").unwrap()["permission"]["action"], "use");
        assert_eq!(dataset.distribution[0].format.as_deref(), Some("HttpData-PULL"));
        let written = serde_json::to_value(&catalog).unwrap();
        assert!(written["dataset"][0]["distribution"][0]["accessService"].is_object());
        assert!(written.get("catalog").is_none());
    }
}
