//! An offer as RDF: the same graph as the offer's JSON-LD under the Dataspace Protocol context.

use contracts::odrl::{Constraint, Policy, Rule};
use ontology::vocab;
use oxigraph::model::{Literal, NamedNode, Term};
use serde_json::Value;

use super::triples::{Triples, named, odrl, part, plain};

/// Adds an offer's rules; what the reader does not know of them is not said, as nothing unknown can be published.
pub fn offer(out: &mut Triples, id: &str, policy: &Value) -> NamedNode {
    let node = named(id);
    // Both: an offer alone does not pass the shapes, which ask for a policy.
    out.a(node.clone(), odrl("Policy"));
    out.a(node.clone(), odrl("Offer"));
    let Ok(policy) = Policy::try_from(policy.clone()) else { return node };
    for profile in &policy.profile {
        out.add(node.clone(), odrl("profile"), named(profile));
    }
    if let Some(assigner) = &policy.assigner {
        out.add(node.clone(), odrl("assigner"), named(assigner));
    }
    let lists = [
        ("permission", "Permission", &policy.permission),
        ("prohibition", "Prohibition", &policy.prohibition),
        ("obligation", "Duty", &policy.obligation),
    ];
    for (member, class, rules) in lists {
        self::rules(out, &node, &node, member, class, rules);
    }
    node
}

/// `root` names the parts: they are fragments of the offer, however deep.
fn rules(out: &mut Triples, root: &NamedNode, of: &NamedNode, member: &str, class: &str, rules: &[Rule]) {
    for (i, rule) in rules.iter().enumerate() {
        let node = below(root, of, &format!("{member}-{i}"));
        out.add(of.clone(), odrl(member), node.clone());
        out.a(node.clone(), odrl(class));
        if let Some(action) = &rule.action {
            out.add(node.clone(), odrl("action"), word(action));
        }
        constraints(out, root, &node, "constraint", &rule.constraint);
        self::rules(out, root, &node, "duty", "Duty", &rule.duty);
    }
}

fn constraints(out: &mut Triples, root: &NamedNode, of: &NamedNode, member: &str, list: &[Constraint]) {
    for (i, constraint) in list.iter().enumerate() {
        let node = below(root, of, &format!("{member}-{i}"));
        out.add(of.clone(), odrl(member), node.clone());
        match constraint {
            Constraint::Logical(logical) => {
                out.a(node.clone(), odrl("LogicalConstraint"));
                constraints(out, root, &node, logical.operator.name(), &logical.constraints);
            }
            Constraint::Atomic(atomic) => {
                out.a(node.clone(), odrl("Constraint"));
                for (member, value) in [("leftOperand", &atomic.left), ("operator", &atomic.operator)] {
                    if let Some(value) = value {
                        out.add(node.clone(), odrl(member), word(value));
                    }
                }
                for value in values(atomic.right.as_ref()) {
                    out.add(node.clone(), odrl("rightOperand"), value);
                }
            }
        }
    }
}

fn below(root: &NamedNode, of: &NamedNode, name: &str) -> NamedNode {
    match of == root {
        true => part(root, name),
        false => NamedNode::new_unchecked(format!("{}.{name}", of.as_str())),
    }
}

/// A term of ODRL by its local name, or of another vocabulary by its IRI.
fn word(name: &str) -> NamedNode {
    match vocab::odrl(name) {
        Some(local) if NamedNode::new(format!("{}{local}", vocab::ODRL)).is_ok() => odrl(local),
        _ => named(name),
    }
}

fn values(right: Option<&Value>) -> Vec<Term> {
    match right {
        None => Vec::new(),
        Some(Value::Array(items)) => items.iter().flat_map(|item| values(Some(item))).collect(),
        Some(Value::String(value)) => vec![plain(value).into()],
        Some(Value::Object(object)) => {
            if let Some(id) = object.get("@id").and_then(Value::as_str) {
                return vec![named(id).into()];
            }
            let Some(value) = object.get("@value") else { return Vec::new() };
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let datatype = object.get("@type").and_then(Value::as_str).map(|name| {
                named(
                    &vocab::local(name, "xsd", vocab::XSD)
                        .map_or_else(|| name.to_owned(), |local| format!("{}{local}", vocab::XSD)),
                )
            });
            vec![match datatype {
                Some(datatype) => Literal::new_typed_literal(value, datatype).into(),
                None => plain(&value).into(),
            }]
        }
        Some(other) => vec![plain(&other.to_string()).into()],
    }
}
