//! Policy to JSON, in the form of the official schema: lists are arrays, empty lists are left out.

use serde_json::{Map, Value};

use super::{Constraint, Policy, Rule};

impl Policy {
    /// The policy as the protocol writes it.
    pub fn to_value(&self) -> Value {
        let mut object = self.extra.clone();
        text(&mut object, "@id", &self.id);
        text(&mut object, "@type", &self.kind);
        text(&mut object, "target", &self.target);
        text(&mut object, "assigner", &self.assigner);
        text(&mut object, "assignee", &self.assignee);
        text(&mut object, "timestamp", &self.timestamp);
        if !self.profile.is_empty() {
            object.insert("profile".into(), self.profile.clone().into());
        }
        list(&mut object, "permission", &self.permission, rule);
        list(&mut object, "prohibition", &self.prohibition, rule);
        list(&mut object, "obligation", &self.obligation, rule);
        Value::Object(object)
    }
}

impl serde::Serialize for Policy {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}

fn text(object: &mut Map<String, Value>, member: &str, value: &Option<String>) {
    if let Some(value) = value {
        object.insert(member.to_owned(), Value::String(value.clone()));
    }
}

fn list<T>(object: &mut Map<String, Value>, member: &str, items: &[T], write: fn(&T) -> Value) {
    if !items.is_empty() {
        object.insert(member.to_owned(), Value::Array(items.iter().map(write).collect()));
    }
}

fn rule(rule: &Rule) -> Value {
    let mut object = rule.extra.clone();
    text(&mut object, "action", &rule.action);
    list(&mut object, "constraint", &rule.constraint, constraint);
    list(&mut object, "duty", &rule.duty, self::rule);
    Value::Object(object)
}

fn constraint(one: &Constraint) -> Value {
    match one {
        Constraint::Logical(logical) => {
            let mut object = logical.extra.clone();
            let items = logical.constraints.iter().map(constraint).collect();
            object.insert(logical.operator.name().to_owned(), Value::Array(items));
            Value::Object(object)
        }
        Constraint::Atomic(atomic) => {
            let mut object = atomic.extra.clone();
            text(&mut object, "leftOperand", &atomic.left);
            text(&mut object, "operator", &atomic.operator);
            if let Some(right) = &atomic.right {
                object.insert("rightOperand".to_owned(), scalar(right));
            }
            Value::Object(object)
        }
    }
}

/// The schema has no bare number or boolean: as text they mean the same to a peer that reads by operand.
fn scalar(right: &Value) -> Value {
    match right {
        Value::Number(_) | Value::Bool(_) => Value::String(right.to_string()),
        other => other.clone(),
    }
}
