//! Other ways of writing the same message, as JSON-LD peers may: prefixed and expanded names, a list of one where a
//! value is usual. They are brought to the compact form before reading. Policies are left as they came: what was
//! offered is what is compared and signed, and their reader is tolerant itself.

use serde_json::{Map, Value};

/// Namespaces of the protocol's terms, with their usual prefixes (2025-1 context).
const NAMESPACES: [&str; 8] = [
    "https://w3id.org/dspace/2025/1/",
    "dspace:",
    "http://www.w3.org/ns/dcat#",
    "dcat:",
    "http://www.w3.org/ns/odrl/2/",
    "odrl:",
    "http://purl.org/dc/terms/",
    "dct:",
];

/// Members with one value.
const SINGLE: [&str; 16] = [
    "@id",
    "@type",
    "consumerPid",
    "providerPid",
    "callbackAddress",
    "agreementId",
    "agreement",
    "offer",
    "eventType",
    "state",
    "code",
    "dataAddress",
    "endpoint",
    "endpointType",
    "name",
    "value",
];

/// Members with several values, of which one may stand alone; `format` and the like are read tolerantly themselves.
const MANY: [&str; 12] = [
    "dataset",
    "catalog",
    "distribution",
    "service",
    "accessService",
    "hasPolicy",
    "endpointProperties",
    "endpointURL",
    "participantId",
    "format",
    "filter",
    "reason",
];

/// Members whose objects are made of the protocol's own terms.
const NESTED: [&str; 7] =
    ["dataset", "catalog", "distribution", "service", "accessService", "dataAddress", "endpointProperties"];

/// Members whose value is one of the protocol's terms.
const TERMS: [&str; 3] = ["@type", "eventType", "state"];

/// The compact form of a message, as far as it is another way of writing the same.
pub(super) fn compact(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(compact),
        Value::Object(object) => members(object),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn members(object: &mut Map<String, Value>) {
    for written in object.keys().cloned().collect::<Vec<_>>() {
        let Some(name) = local(&written).filter(|name| SINGLE.contains(name) || MANY.contains(name)) else {
            continue;
        };
        // Both forms at once would be two statements: the reader sees the compact one only.
        if !object.contains_key(name)
            && let Some(value) = object.remove(&written)
        {
            object.insert(name.to_owned(), value);
        }
    }
    for (name, value) in object.iter_mut() {
        if SINGLE.contains(&name.as_str()) {
            single(value);
        }
        if TERMS.contains(&name.as_str())
            && let Some(term) = value.as_str().and_then(local)
        {
            *value = Value::from(term);
        }
        if NESTED.contains(&name.as_str()) {
            compact(value);
        }
    }
}

/// A term without its namespace; nothing when it has none of the protocol's.
fn local(written: &str) -> Option<&str> {
    NAMESPACES.iter().find_map(|namespace| written.strip_prefix(namespace)).filter(|name| !name.is_empty())
}

/// `["x"]`, `{"@value": "x"}` and `{"@id": "x"}` as `"x"`.
fn single(value: &mut Value) {
    if let Value::Array(items) = value
        && items.len() == 1
        && let Some(only) = items.pop()
    {
        *value = only;
    }
    let Value::Object(object) = value else { return };
    let inner = match (object.get("@value"), object.get("@id")) {
        (Some(inner), _) if object.keys().all(|k| ["@value", "@type", "@language"].contains(&k.as_str())) => {
            inner
        }
        (None, Some(inner)) if object.len() == 1 => inner,
        _ => return,
    };
    *value = inner.clone();
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn compacted(mut value: Value) -> Value {
        compact(&mut value);
        value
    }

    #[test]
    fn prefixed_expanded_and_listed_are_the_same() {
        let plain =
            json!({"@type": "ContractNegotiationEventMessage", "consumerPid": "c", "eventType": "ACCEPTED"});
        for other in [
            json!({"@type": "dspace:ContractNegotiationEventMessage", "dspace:consumerPid": {"@id": "c"},
                "dspace:eventType": {"@id": "dspace:ACCEPTED"}}),
            json!({"@type": ["https://w3id.org/dspace/2025/1/ContractNegotiationEventMessage"],
                "https://w3id.org/dspace/2025/1/consumerPid": [{"@value": "c"}],
                "https://w3id.org/dspace/2025/1/eventType": [{"@id": "https://w3id.org/dspace/2025/1/ACCEPTED"}]}),
            plain.clone(),
        ] {
            assert_eq!(compacted(other), plain);
        }
    }

    #[test]
    fn what_is_not_the_same_stays() {
        for value in [
            json!({"consumerPid": ["a", "b"], "dct:title": "Titre", "https://w3id.org/dspace/2024/1/state": "X"}),
            json!({"offer": {"@id": "o", "odrl:permission": [{"odrl:action": "odrl:use"}]}}),
            json!({"consumerPid": "a", "dspace:consumerPid": "b"}),
            json!({"other": {"dspace:state": "X"}}),
        ] {
            assert_eq!(compacted(value.clone()), value);
        }
    }
}
