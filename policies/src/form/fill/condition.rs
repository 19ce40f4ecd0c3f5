//! Constraints as fields and rows.

use ontology::odrl::LEFT_OPERANDS;
use ontology::vocab;

use super::short;
use crate::form::{Condition, Rule, TypedValue, Valued};
use crate::model::{Atomic, Constraint};
use crate::rdf::Term;

/// The type of values that are names.
pub(in crate::form) const NAME: &str = "name";

/// Adds constraints, those that are usual to their fields.
pub(super) fn rows(list: &[Constraint], mut usual: Option<&mut Rule>, into: &mut Vec<Condition>) {
    for one in list {
        let taken = match (one, usual.as_deref_mut()) {
            (Constraint::Atomic(atomic), Some(usual)) => take(atomic, usual),
            _ => false,
        };
        if !taken {
            row(one, None, into);
        }
    }
}

/// Whether a field of its own says it.
fn take(atomic: &Atomic, usual: &mut Rule) -> bool {
    let (Some(test), None, None) = (&atomic.test, &atomic.unit, &atomic.datatype) else { return false };
    let values: Option<Vec<String>> = atomic.right.iter().map(text).collect();
    values.is_some_and(|values| usual.take(test.operand, test.operator, &values))
}

fn text(term: &Term) -> Option<String> {
    match term {
        Term::NamedNode(node) => Some(node.as_str().to_owned()),
        Term::Literal(literal) => Some(literal.value().to_owned()),
        Term::BlankNode(_) => None,
    }
}

fn row(one: &Constraint, part_of: Option<usize>, into: &mut Vec<Condition>) {
    match one {
        Constraint::Atomic(atomic) => into.push(Condition { part_of, ..compared(atomic) }),
        Constraint::Logical(logical) => {
            into.push(Condition { part_of, is: logical.operator.name().to_owned(), ..Condition::default() });
            let number = Some(into.len());
            logical.parts.iter().for_each(|part| row(part, number, into));
        }
        // Refused before: nobody understood it.
        Constraint::Unread(_) => {}
    }
}

fn compared(atomic: &Atomic) -> Condition {
    let mut values: Vec<Valued> = atomic.right.iter().filter_map(valued).collect();
    let kind = common(&values);
    if kind.is_some() {
        for value in &mut values {
            if let Valued::Typed(typed) = value {
                *value = Valued::Text(std::mem::take(&mut typed.value));
            }
        }
    }
    Condition {
        part_of: None,
        about: Some(about(&atomic.left)),
        is: atomic.operator.name().to_owned(),
        values,
        kind,
        unit: atomic.unit.clone(),
        datatype: atomic.datatype.clone(),
        references: atomic.references.clone(),
    }
}

/// The type that all values have, if it is one that a row can say for all of them.
fn common(values: &[Valued]) -> Option<String> {
    let kind = |value: &Valued| match value {
        Valued::Typed(TypedValue { kind, lang: None, .. }) => kind.clone(),
        _ => None,
    };
    let first = values.first().and_then(kind)?;
    values.iter().all(|value| kind(value).as_ref() == Some(&first)).then_some(first)
}

fn about(left: &str) -> String {
    match left.strip_prefix(vocab::FIDUCIE) {
        Some(local) => format!("fiducie:{local}"),
        None => short(left, &LEFT_OPERANDS),
    }
}

fn valued(term: &Term) -> Option<Valued> {
    let typed = |value: &str, kind: String| {
        Some(Valued::Typed(TypedValue { value: value.to_owned(), kind: Some(kind), lang: None }))
    };
    match term {
        Term::NamedNode(node) => typed(node.as_str(), NAME.to_owned()),
        Term::BlankNode(_) => None,
        Term::Literal(literal) => match (literal.language(), literal.datatype().as_str()) {
            (Some(lang), _) => {
                let (value, lang) = (literal.value().to_owned(), Some(lang.to_owned()));
                Some(Valued::Typed(TypedValue { value, kind: None, lang }))
            }
            (None, datatype) => match datatype.strip_prefix(vocab::XSD) {
                Some("string") => Some(Valued::Text(literal.value().to_owned())),
                Some(local) => typed(literal.value(), local.to_owned()),
                None => typed(literal.value(), datatype.to_owned()),
            },
        },
    }
}
