//! Conventions of hosting: who answers for what between a host and a member that it carries.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::convention::{Answers, Measures, Processing, Side};

/// Draws up a convention with a member of this node, and signs it for the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConvention {
    /// The hosted member: its DID, or its public address.
    pub with: String,
    pub processing: Processing,
    #[serde(default)]
    pub answers: Answers,
    #[serde(default)]
    pub measures: Measures,
    /// Last instant (RFC 3339, whole seconds, UTC); without it the convention has no end but by notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConventionView {
    pub id: String,
    /// On which side this member stands.
    pub side: Side,
    pub peer: String,
    /// `proposed` until the hosted member has signed, then `signed`.
    pub standing: String,
    pub created: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The convention in words, in the language asked for.
    pub text: String,
}
