//! What is wrong with a policy: where, what was found, what would be right. Sentences: [`crate::explain`].

use serde::{Deserialize, Serialize};

/// One fault of a policy. [`crate::compile`] returns all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// JSON pointer (RFC 6901) into the policy with every list written as an array.
    pub pointer: String,
    pub code: FaultCode,
    /// What was found, as JSON text, cut at 200 characters.
    pub found: String,
    /// What is accepted there: names or a form.
    pub accepted: String,
}

/// The kind of a fault; stable, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FaultCode {
    /// A member that is not understood, or whose value has a shape that is not.
    Member,
    /// A required member is absent.
    Missing,
    /// Neither permission nor prohibition.
    NoRule,
    Type,
    Profile,
    /// A conflict strategy other than "prohibitions win".
    Conflict,
    Action,
    /// A permission that a prohibition of the same policy always takes back.
    Void,
    Operand,
    /// `odrl:spatial`: territory of the rows or place of processing?
    Spatial,
    Operator,
    /// A known operator that has no meaning for this operand.
    OperatorHere,
    Datatype,
    Value,
    /// More or fewer values than the operator takes.
    Values,
    /// `andSequence`: the order of events is not observed.
    Sequence,
    /// A logical constraint without operands.
    Empty,
    /// A duty form that is not understood here.
    Duty,
    /// `count` elsewhere than among the joint conditions of a permission.
    CountHere,
    /// What is delivered, elsewhere than among the joint conditions of a permission.
    ViewHere,
    /// Columns that the dataset does not declare, or of no table that this node delivers.
    Columns,
    /// No declared column says how many are behind a row.
    Contributors,
    /// Areas that no declared column tells.
    Territory,
    /// A party or target of a rule that differs from the policy's.
    Party,
    /// Something that leads back to itself.
    Cycle,
    /// More rules, or deeper ones, than are read.
    Large,
    /// What a form has no place for.
    Form,
}

impl Fault {
    pub(crate) fn new(
        pointer: impl Into<String>,
        code: FaultCode,
        found: impl AsRef<str>,
        accepted: impl Into<String>,
    ) -> Fault {
        let found = shown(found.as_ref());
        Fault { pointer: pointer.into(), code, found, accepted: accepted.into() }
    }
}

/// Text of a stranger as it may be shown: cut, and without control characters that could forge lines on a screen.
pub(crate) fn shown(text: &str) -> String {
    let mut out: String =
        text.chars().take(200).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(200).is_some() {
        out.push('…');
    }
    out
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&crate::explain::fault(self, ontology::Lang::En))
    }
}

impl std::error::Error for Fault {}
