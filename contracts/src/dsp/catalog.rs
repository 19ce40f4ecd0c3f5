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
            /// Specific to the implementation; see [`Page`] for what ours understands.
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

/// What our `filter` understands: how many and from where, as Eclipse EDC's `QuerySpec` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Page {
    pub limit: Option<u32>,
    pub offset: u32,
}

/// A filter that asks for something we do not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("filter {at}: {what}")]
pub struct FilterError {
    /// JSON pointer into the message.
    pub at: String,
    pub what: String,
}

impl Page {
    /// Reads a filter. EDC always sends one `QuerySpec` with its defaults: refusing any filter would refuse EDC.
    /// Names come with or without a prefix (`limit`, `edc:limit`, an IRI).
    ///
    /// # Errors
    /// [`FilterError`] for a criterion, a sort field, or anything that is not a `QuerySpec`: answering as if it were
    /// not there would show datasets that were not asked for.
    pub fn read(filter: &[Value]) -> Result<Self, FilterError> {
        let mut page = Self::default();
        for (i, spec) in filter.iter().enumerate() {
            let at = |name: &str| format!("/filter/{i}{name}");
            let unknown = |name: &str, what: &str| FilterError { at: at(name), what: what.to_owned() };
            let object = spec.as_object().ok_or_else(|| {
                unknown(
                    "",
                    "not understood: only an object with `limit` and `offset` (QuerySpec) is supported",
                )
            })?;
            for (key, value) in object {
                let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
                match local_name(key) {
                    "@type" | "@id" | "@context" | "sortOrder" => {}
                    "limit" => page.limit = Some(number(value).ok_or_else(|| unknown("/limit", NUMBER))?),
                    "offset" => page.offset = number(value).ok_or_else(|| unknown("/offset", NUMBER))?,
                    "filterExpression" | "sortField" if empty => {}
                    other => return Err(unknown(&format!("/{other}"), "this criterion is not supported")),
                }
            }
        }
        Ok(page)
    }
}

const NUMBER: &str = "expected a whole number that is not negative";

fn local_name(key: &str) -> &str {
    key.rsplit(['/', '#', ':']).next().unwrap_or(key)
}

fn number(value: &Value) -> Option<u32> {
    let plain = match value {
        Value::Object(object) => object.get("@value")?,
        Value::Array(items) if items.len() == 1 => return number(&items[0]),
        other => other,
    };
    plain.as_u64().and_then(|n| u32::try_from(n).ok())
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

    #[test]
    fn filters_are_understood_or_refused() {
        let edc = json!([{"@type": "QuerySpec", "limit": 50, "offset": 0, "sortOrder": "ASC", "filterExpression": []}]);
        assert_eq!(Page::read(edc.as_array().unwrap()).unwrap(), Page { limit: Some(50), offset: 0 });
        assert_eq!(Page::read(&[]).unwrap(), Page::default());
        for refused in [
            json!([{"filterExpression": [{"operandLeft": "id"}]}]),
            json!(["SELECT *"]),
            json!([{"limit": -1}]),
            json!([{"sortField": "title"}]),
        ] {
            assert!(Page::read(refused.as_array().unwrap()).is_err(), "{refused}");
        }
    }
}
