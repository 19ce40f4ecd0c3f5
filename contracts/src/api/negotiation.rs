//! Contract negotiations, in both roles, and what a person may do in them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::policy::ClauseView;

/// Asks a peer for a contract.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartNegotiation {
    /// The provider's DID, or its public address.
    pub peer: String,
    pub dataset: String,
    /// Which of the dataset's offers; may be left out when there is only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<String>,
    /// What the data are wanted for: an IRI of the purpose scheme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The offer as wanted (ODRL), when it differs from the published one: a person of the provider decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub policy: Option<serde_json::Value>,
}

/// A counter-offer or counter-request: the policy that would be accepted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Counter {
    #[schema(value_type = Object)]
    pub policy: serde_json::Value,
}

/// Ends a negotiation or a transfer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Told to the peer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NegotiationView {
    pub id: String,
    /// Our side: `provider` or `consumer`.
    pub role: String,
    pub peer: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer_id: Option<String>,
    pub dataset: String,
    pub offer: String,
    /// Name of the DSP state.
    pub state: String,
    /// Whose move it is: `nothing`, `acknowledgement`, `peer`, `node` or `person`.
    pub waits_for: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<String>,
    /// Why it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The policy on the table.
    #[schema(value_type = Object)]
    pub policy: serde_json::Value,
    /// That policy in plain words, in the language asked for, when one negotiation is shown; absent when no node would
    /// sign it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Each of its clauses with who enforces it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<ClauseView>,
    /// Why no node would sign it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<String>,
    pub created: String,
    pub updated: String,
}
