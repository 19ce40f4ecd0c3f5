//! JSON to policy: tolerant, bounded, lossless.

use serde_json::{Map, Value};

use super::{Atomic, Constraint, Logical, LogicalOperator, MAX_DEPTH, Policy, PolicyError, Rule};

impl TryFrom<Value> for Policy {
    type Error = PolicyError;

    fn try_from(value: Value) -> Result<Policy, PolicyError> {
        if too_deep(&value, MAX_DEPTH) {
            return Err(PolicyError::TooDeep);
        }
        let mut object = match value {
            Value::Object(object) => object,
            other => return Err(PolicyError::NotAnObject(kind_of(&other))),
        };
        Ok(Policy {
            id: name(&mut object, "@id"),
            kind: name(&mut object, "@type"),
            profile: names(&mut object, "profile"),
            target: name(&mut object, "target"),
            assigner: name(&mut object, "assigner"),
            assignee: name(&mut object, "assignee"),
            timestamp: name(&mut object, "timestamp"),
            permission: objects(&mut object, "permission", rule),
            prohibition: objects(&mut object, "prohibition", rule),
            obligation: objects(&mut object, "obligation", rule),
            extra: object,
        })
    }
}

impl<'de> serde::Deserialize<'de> for Policy {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Policy::try_from(Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// Recursion is bounded by the limit itself, whatever the depth of the value.
fn too_deep(value: &Value, left: usize) -> bool {
    match (value, left) {
        (Value::Array(_) | Value::Object(_), 0) => true,
        (Value::Array(items), _) => items.iter().any(|item| too_deep(item, left - 1)),
        (Value::Object(object), _) => object.values().any(|item| too_deep(item, left - 1)),
        _ => false,
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Text, or the JSON-LD reference `{"@id": text}` alone.
fn text(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Object(object) if object.len() == 1 => object.get("@id").and_then(Value::as_str),
        _ => None,
    }
}

/// Takes a member out when it is a name; otherwise leaves it where it is.
fn name(object: &mut Map<String, Value>, member: &str) -> Option<String> {
    let found = text(object.get(member)?)?.to_owned();
    object.remove(member);
    Some(found)
}

fn names(object: &mut Map<String, Value>, member: &str) -> Vec<String> {
    let Some(value) = object.get(member) else { return Vec::new() };
    let found: Option<Vec<String>> = many(value).iter().map(|one| text(one).map(str::to_owned)).collect();
    found.inspect(|_| drop(object.remove(member))).unwrap_or_default()
}

fn many(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        one => std::slice::from_ref(one),
    }
}

/// Takes a member out when it is an object or an array of objects; otherwise leaves it whole where it is.
fn objects<T>(object: &mut Map<String, Value>, member: &str, read: fn(Map<String, Value>) -> T) -> Vec<T> {
    let readable = object.get(member).is_some_and(|value| many(value).iter().all(Value::is_object));
    if !readable {
        return Vec::new();
    }
    let items = match object.remove(member) {
        Some(Value::Array(items)) => items,
        Some(one) => vec![one],
        None => Vec::new(),
    };
    items
        .into_iter()
        .filter_map(|item| match item {
            Value::Object(object) => Some(read(object)),
            _ => None,
        })
        .collect()
}

fn rule(mut object: Map<String, Value>) -> Rule {
    Rule {
        action: name(&mut object, "action"),
        constraint: objects(&mut object, "constraint", constraint),
        duty: objects(&mut object, "duty", rule),
        extra: object,
    }
}

/// Logical when exactly one logical operator is there with constraints under it; any other mixture is an atomic
/// constraint with members nobody knows.
fn constraint(mut object: Map<String, Value>) -> Constraint {
    let mut present =
        LogicalOperator::ALL.into_iter().filter(|operator| object.contains_key(operator.name()));
    if let (Some(operator), None) = (present.next(), present.next()) {
        let constraints = objects(&mut object, operator.name(), constraint);
        if !object.contains_key(operator.name()) {
            return Constraint::Logical(Logical { operator, constraints, extra: object });
        }
    }
    Constraint::Atomic(Atomic {
        left: name(&mut object, "leftOperand"),
        operator: name(&mut object, "operator"),
        right: object.remove("rightOperand"),
        extra: object,
    })
}
