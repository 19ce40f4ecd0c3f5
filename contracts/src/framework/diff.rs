//! What differs between two versions: place by place, things with an identifier by it and not by their position.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// One place where two documents differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Change {
    /// JSON pointer; what has an identifier is named by it instead of its position.
    pub at: String,
    /// Absent: it was added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// Absent: it was removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// Everything that differs, in the order of the places of the first document, then what only the second has.
pub fn diff(before: &Value, after: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    compare(String::new(), before, after, &mut found);
    found
}

fn compare(at: String, before: &Value, after: &Value, found: &mut Vec<Change>) {
    if before == after {
        return;
    }
    let (one, two) = match (before, after) {
        (Value::Object(one), Value::Object(two)) => {
            let members = |object: &serde_json::Map<String, Value>| {
                object.iter().map(|(name, value)| (name.clone(), value.clone())).collect::<Vec<_>>()
            };
            (members(one), members(two))
        }
        (Value::Array(one), Value::Array(two)) => match (named(one), named(two)) {
            (Some(one), Some(two)) => (one, two),
            _ => return changed(at, Some(before), Some(after), found),
        },
        _ => return changed(at, Some(before), Some(after), found),
    };
    for (name, value) in &one {
        let place = format!("{at}/{}", escaped(name));
        match two.iter().find(|(other, _)| other == name) {
            Some((_, other)) => compare(place, value, other, found),
            None => changed(place, Some(value), None, found),
        }
    }
    for (name, value) in two.iter().filter(|(name, _)| !one.iter().any(|(known, _)| known == name)) {
        changed(format!("{at}/{}", escaped(name)), None, Some(value), found);
    }
}

fn changed(at: String, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Change>) {
    found.push(Change { at, before: before.cloned(), after: after.cloned() });
}

/// The items of a list by their names, if each has one of its own. A text is its own name.
fn named(items: &[Value]) -> Option<Vec<(String, Value)>> {
    let mut all: Vec<(String, Value)> = Vec::with_capacity(items.len());
    for item in items {
        let key = ["id", "kind", "clause"].iter().find_map(|key| item.get(*key));
        let name = key.unwrap_or(item).as_str()?.to_owned();
        if all.iter().any(|(known, _)| *known == name) {
            return None;
        }
        all.push((name, item.clone()));
    }
    Some(all)
}

/// RFC 6901, section 3.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_differs_is_named_by_its_identifier() {
        let before = json!({
            "a": 1,
            "bodies": [{"id": "x", "quorum": 2}, {"id": "y", "quorum": 3}],
            "codes": ["p", "q"],
            "gone": true,
            "steps": [{"from": "idee"}],
        });
        let after = json!({
            "a": 1,
            "bodies": [{"id": "y", "quorum": 4}, {"id": "x", "quorum": 2}, {"id": "z", "quorum": 1}],
            "codes": ["q", "r"],
            "steps": [{"from": "test"}],
        });
        let at: Vec<_> = diff(&before, &after).into_iter().map(|c| (c.at, c.before, c.after)).collect();
        let expected = [
            ("/bodies/y/quorum", Some(json!(3)), Some(json!(4))),
            ("/bodies/z", None, Some(json!({"id": "z", "quorum": 1}))),
            ("/codes/p", Some(json!("p")), None),
            ("/codes/r", None, Some(json!("r"))),
            ("/gone", Some(json!(true)), None),
            ("/steps", Some(json!([{"from": "idee"}])), Some(json!([{"from": "test"}]))),
        ];
        assert_eq!(at, expected.map(|(at, before, after)| (at.to_owned(), before, after)));
        assert!(diff(&before, &before).is_empty());
    }
}
