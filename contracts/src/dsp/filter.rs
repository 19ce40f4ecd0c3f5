//! What a catalogue request may ask for besides everything: how much, and from where.

use serde_json::Value;

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
