//! Policies read, filled in and made, before anything is published or asked for. Nothing of it is kept.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A policy of which the form is wanted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyGiven {
    /// JSON in the form of the Dataspace Protocol, JSON-LD with its `@context`, or Turtle as a text.
    #[schema(value_type = Object)]
    pub policy: serde_json::Value,
}

/// A form of which the policy is wanted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FormGiven {
    /// Its fields are those of `GET /policies/fields`.
    #[schema(value_type = Object)]
    pub form: serde_json::Value,
}

/// A policy with its form, and all that a signer would be shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PolicyView {
    #[schema(value_type = Object)]
    pub policy: serde_json::Value,
    #[schema(value_type = Object)]
    pub form: serde_json::Value,
    /// In plain words, in the language asked for.
    pub text: String,
    /// Each clause with who enforces it; none when the policy cannot be signed.
    pub clauses: Vec<ClauseView>,
    /// A node would sign it.
    pub signable: bool,
    /// Why not.
    pub faults: Vec<String>,
}

/// A clause with its grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClauseView {
    /// JSON pointer in the policy.
    pub clause: String,
    /// `E1` the provider's node refuses by itself; `E2` both nodes cooperate; `E3` the partner attests it; `E4` text only.
    pub grade: String,
    pub text: String,
}

/// The fields of a form, in the order in which they are filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldsView {
    pub fields: Vec<FieldView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldView {
    pub key: String,
    /// What it belongs to: `policy`, `rule` or `condition`.
    pub place: String,
    /// `text`, `texts`, `choice`, `choices`, `number`, `place` (number of a row), `date`, `duration` or `rows`.
    pub input: String,
    /// What it is called, in the language asked for.
    pub label: String,
    pub help: String,
    /// What can be chosen, where there is a list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<ChoiceView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChoiceView {
    pub value: String,
    pub label: String,
}
