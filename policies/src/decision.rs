//! What a decision says: an outcome, every reason, and what to take from counters.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::facts::Attestation;
use crate::operand::{Operand, Operator};
use crate::reasons::Reasons;
use crate::view::View;

/// What was decided and why. Kept beside its request and facts: the same three give the same decision again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Decision {
    #[serde(deserialize_with = "crate::facts::version")]
    pub v: u8,
    pub outcome: Outcome,
    /// The permission that was used, as JSON pointer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    pub reasons: Reasons,
    /// To take, durably and at most once for the request, before a byte leaves; given back if none does.
    pub consumes: Vec<Take>,
    /// What of the dataset is delivered; the whole where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<View>,
}

impl Decision {
    pub fn is_permit(&self) -> bool {
        self.outcome == Outcome::Permit
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    Permit,
    Refuse,
}

/// What one condition came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    Satisfied,
    Unsatisfied,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RuleKind {
    Policy,
    Permission,
    Prohibition,
}

/// What a reason is about; with [`RuleKind`] and [`Verdict`] it selects the sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Key {
    /// The requested action is not one of ODRL 2.2.
    Action,
    /// The dataset asked for is not the one of the policy.
    Target,
    /// The recipient is not the party of the policy.
    Assignee,
    /// No permission covers the action.
    NoPermission,
    /// A rule as a whole.
    Rule,
    /// A precondition of a permission.
    Duty,
    /// `and`, `or` or `xone` among the conditions of a rule; its parts follow.
    Logic,
    /// One constraint.
    Constraint,
}

/// One step of the decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reason<'a> {
    pub kind: RuleKind,
    pub key: Key,
    /// JSON pointer of the rule, duty or constraint; empty for the policy itself.
    pub pointer: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operand: Option<Operand>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<Operator>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Attestation>,
    pub verdict: Verdict,
}

impl Reason<'_> {
    /// The same, for who keeps it longer than the decision.
    pub fn into_owned(self) -> Reason<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Reason {
            kind: self.kind,
            key: self.key,
            pointer: owned(self.pointer),
            operand: self.operand,
            operator: self.operator,
            expected: self.expected.map(owned),
            found: self.found.map(owned),
            level: self.level,
            verdict: self.verdict,
        }
    }
}

/// An amount to take from a counter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Take {
    /// Pointer of the permission, unique within the agreement.
    pub counter: String,
    pub amount: u64,
    /// The counter may not exceed this: the taking itself must check it again, atomically.
    pub limit: u64,
}
