//! How a constraint compares its operand with its value.

use ontology::vocab;
use serde::{Deserialize, Serialize};

/// How a constraint compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Operator {
    Eq,
    Neq,
    Lt,
    Lteq,
    Gt,
    Gteq,
    IsA,
    IsPartOf,
    IsAnyOf,
    IsNoneOf,
    IsAllOf,
    HasPart,
}

impl Operator {
    pub const ALL: [Operator; 12] = [
        Operator::Eq,
        Operator::Neq,
        Operator::Lt,
        Operator::Lteq,
        Operator::Gt,
        Operator::Gteq,
        Operator::IsA,
        Operator::IsPartOf,
        Operator::IsAnyOf,
        Operator::IsNoneOf,
        Operator::IsAllOf,
        Operator::HasPart,
    ];

    /// Reads a compact name, a prefixed name or an IRI of ODRL.
    pub fn parse(name: &str) -> Option<Operator> {
        let local = vocab::odrl(name)?;
        Self::ALL.into_iter().find(|own| own.name() == local)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Operator::Eq => "eq",
            Operator::Neq => "neq",
            Operator::Lt => "lt",
            Operator::Lteq => "lteq",
            Operator::Gt => "gt",
            Operator::Gteq => "gteq",
            Operator::IsA => "isA",
            Operator::IsPartOf => "isPartOf",
            Operator::IsAnyOf => "isAnyOf",
            Operator::IsNoneOf => "isNoneOf",
            Operator::IsAllOf => "isAllOf",
            Operator::HasPart => "hasPart",
        }
    }

    /// Takes a list of values; the others take one.
    pub const fn takes_many(self) -> bool {
        matches!(self, Operator::IsAnyOf | Operator::IsNoneOf | Operator::IsAllOf)
    }

    /// Holds when the value is none of those given.
    pub const fn negated(self) -> bool {
        matches!(self, Operator::Neq | Operator::IsNoneOf)
    }
}
