//! Clauses as findings name them.

use super::formula::{Atom, Literal};
use crate::fault::shown;
use crate::model::Atomic;
use crate::operand::Operator;
use crate::policy::Test;
use crate::rdf::Term;

/// Clauses of both policies on one thing; the side that is silent has none.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    pub key: FindingKey,
    pub first: Option<Clause>,
    pub second: Option<Clause>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum FindingKey {
    /// They never hold together.
    Apart,
    /// One permits more than the other.
    Beyond,
    /// It cannot be told.
    Open,
    /// Only one says anything of this.
    Silent,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// Where it stands: JSON pointer.
    pub pointer: String,
    pub said: Said,
}

/// What a clause says.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// A condition on an operand of this program: shown in its words.
    Test {
        operand: crate::Operand,
        operator: Operator,
        expected: String,
    },
    /// Any other condition: operand and values as they are written.
    Condition {
        left: String,
        operator: Operator,
        right: String,
    },
    Action(String),
    Target(String),
    Party(String),
    /// A duty, or what is not understood.
    Other,
}

impl Clause {
    pub(super) fn of_constraint(atomic: &Atomic) -> Clause {
        let said = match &atomic.test {
            Some(Test { operand, operator, expected, .. }) => {
                Said::Test { operand: *operand, operator: *operator, expected: expected.to_string() }
            }
            None => Said::Condition {
                left: shown(&atomic.left),
                operator: atomic.operator,
                right: shown(&atomic.right.iter().map(text).collect::<Vec<_>>().join(", ")),
            },
        };
        Clause { pointer: atomic.pointer.clone(), said }
    }
}

impl Literal<'_> {
    pub(super) fn clause(&self) -> Clause {
        let pointer = self.rule.to_owned();
        match &self.atom {
            Atom::Constraint(atomic, _) => Clause::of_constraint(atomic),
            Atom::Action { action, .. } => Clause { pointer, said: Said::Action(shown(&action.name)) },
            Atom::Target(scope) => Clause { pointer, said: Said::Target(shown(&scope.id)) },
            Atom::Party(scope) => Clause { pointer, said: Said::Party(shown(&scope.id)) },
            Atom::Opaque(_) => Clause { pointer, said: Said::Other },
        }
    }
}

/// A value without its datatype.
fn text(term: &Term) -> String {
    match term {
        Term::NamedNode(node) => node.as_str().to_owned(),
        Term::BlankNode(node) => format!("_:{}", node.as_str()),
        Term::Literal(literal) => literal.value().to_owned(),
    }
}
