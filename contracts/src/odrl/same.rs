//! When two policies say the same, so that an offer that equals the published one needs no person.

use serde_json::{Value, json};

use super::{Constraint, LogicalOperator, Policy, Rule};

/// Do two policies say the same?
///
/// Equal: profiles, assignee, permissions, prohibitions, obligations and every member we do not know, whatever the
/// order of lists in which order has no meaning (profiles, rules, constraints, duties, operands of `and`, `or`, `xone`,
/// right operands), whether one value or a list of one, `use` or `odrl:use`, `5` or `"5"`.
/// Not compared: `@id`, `@type`, `@context`, `timestamp`. `target` and `assigner` may be absent from either side, but
/// must be equal where both have them. Anything else is another policy, that is, a counter-offer.
pub fn same_policy(a: &Policy, b: &Policy) -> bool {
    let compatible = |a: &Option<String>, b: &Option<String>| a.is_none() || b.is_none() || a == b;
    compatible(&a.target, &b.target)
        && compatible(&a.assigner, &b.assigner)
        && (word_for_word(a, b) || canonical(a) == canonical(b))
}

/// Whether all that counts is even written alike, as it mostly is: then nothing has to be brought into one form.
fn word_for_word(a: &Policy, b: &Policy) -> bool {
    a.profile == b.profile
        && a.assignee == b.assignee
        && a.permission == b.permission
        && a.prohibition == b.prohibition
        && a.obligation == b.obligation
        && a.extra == b.extra
}

/// One text for all the ways of writing a policy that [`same_policy`] holds for equal, `target` and `assigner` left out.
pub fn canonical(policy: &Policy) -> String {
    let mut extra = policy.extra.clone();
    extra.remove("@context");
    let rules = |rules: &[Rule]| sorted(rules.iter().map(rule));
    text(&json!({
        "profile": sorted(policy.profile.iter().map(|name| Value::from(name.as_str()))),
        "assignee": policy.assignee,
        "permission": rules(&policy.permission),
        "prohibition": rules(&policy.prohibition),
        "obligation": rules(&policy.obligation),
        "extra": extra,
    }))
}

fn rule(rule: &Rule) -> Value {
    json!({
        "action": rule.action.as_deref().map(term),
        "constraint": sorted(rule.constraint.iter().map(constraint)),
        "duty": sorted(rule.duty.iter().map(self::rule)),
        "extra": rule.extra,
    })
}

fn constraint(one: &Constraint) -> Value {
    match one {
        Constraint::Logical(logical) => {
            let items = logical.constraints.iter().map(constraint);
            let items = match logical.operator {
                LogicalOperator::AndSequence => items.collect(),
                _ => sorted(items),
            };
            json!({"logical": logical.operator.name(), "constraint": items, "extra": logical.extra})
        }
        Constraint::Atomic(atomic) => json!({
            "left": atomic.left.as_deref().map(term),
            "operator": atomic.operator.as_deref().map(term),
            "right": atomic.right.as_ref().map(right),
            "extra": atomic.extra,
        }),
    }
}

/// ODRL terms without prefix or namespace; other names as they are.
fn term(name: &str) -> &str {
    ontology::vocab::odrl(name).unwrap_or(name)
}

/// A right operand as a list; scalars as text, the lone `{"@value": x}` as `x`.
fn right(value: &Value) -> Value {
    let items = match value {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    Value::Array(sorted(items.iter().map(scalar)))
}

fn scalar(value: &Value) -> Value {
    match value {
        Value::Object(object) if object.len() == 1 => {
            object.get("@value").map_or_else(|| value.clone(), scalar)
        }
        Value::Number(_) | Value::Bool(_) => Value::String(value.to_string()),
        other => other.clone(),
    }
}

fn sorted(items: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut items: Vec<Value> = items.collect();
    items.sort_by_cached_key(text);
    items
}

/// RFC 8785. A value read from JSON always has such a form; the fallback only spares a panic.
fn text(value: &Value) -> String {
    serde_json_canonicalizer::to_string(value).unwrap_or_else(|_| value.to_string())
}

#[cfg(test)]
mod tests;
