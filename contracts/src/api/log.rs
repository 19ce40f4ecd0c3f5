//! The member's transparency log.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// One entry. `leaf` is what the hash tree commits to; `body` is erasable and may be gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EntryView {
    pub index: u64,
    pub at: String,
    /// What happened (`delivery.opened`, …).
    pub kind: String,
    /// The exact leaf bytes, as text.
    pub leaf: String,
    /// RFC 9162 leaf hash, hexadecimal.
    pub leaf_hash: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub body: Option<serde_json::Value>,
    /// What the decision looked at, when there was one and it is not erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub facts: Option<serde_json::Value>,
}

/// One event in clear, for notifications and other programs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EventView {
    pub index: u64,
    pub at: String,
    pub kind: String,
    /// What it is about, by name; absent when erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<std::collections::BTreeMap<String, String>>,
}

/// Which events.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventsQuery {
    /// `next` of the answer before; absent to begin at the first event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// Seconds to wait for an event when there is none yet; at most 60.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<u64>,
}

/// Which entries an extract holds; give exactly one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExtractQuery {
    /// All entries of one exchange, by the reference both members share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// All entries about one contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
}

/// Which entry, in the log of how many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InclusionQuery {
    pub index: u64,
    /// Entries that the log had; absent for now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
}

/// Proof that an entry is in the log (RFC 9162, section 2.1.3).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct InclusionView {
    pub index: u64,
    pub size: u64,
    /// Hashes here are base64.
    pub leaf_hash: String,
    /// Root of the log of `size` entries.
    pub root: String,
    /// From the leaf's sibling up.
    pub proof: Vec<String>,
}

/// Of which two sizes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConsistencyQuery {
    pub first: u64,
    /// Absent for now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<u64>,
}

/// Proof that the log only grew (RFC 9162, section 2.1.4).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConsistencyView {
    pub first: u64,
    pub second: u64,
    /// Roots and hashes in base64.
    pub first_root: String,
    pub second_root: String,
    pub proof: Vec<String>,
}

/// Whose openings of which year to erase.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseOpenings {
    /// DID of a participant, or identifier of the token of who read the log; absent for the member itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    pub year: i64,
    /// Why; recorded in the log. Name nobody.
    pub ground: String,
}

/// The key is gone; entries, leaves and proofs stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ErasedView {
    pub year: i64,
    /// Whether the database has written over what it had of the key; it does so with time in any case.
    pub scrubbed: bool,
}

/// Which contract's exchanges to compare with what the peer recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompareTwins {
    pub contract: String,
}

/// Both members' entries about one contract, compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TwinsView {
    pub contract: String,
    /// `agree`, `differ` (an alarm: see `differences`), `waiting` (the peer gave nothing yet) or `unanswered` (an
    /// alarm: for longer than is tolerated).
    pub state: String,
    /// When it was last tried, and when the peer last gave its entries.
    pub tried: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<String>,
    #[serde(flatten)]
    pub report: TwinsReport,
}

/// What a comparison found. References name exchanges.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TwinsReport {
    /// Exchanges of which both say the same, among those compared this time.
    pub pairs: u64,
    /// Too young to be missed.
    pub awaited: Vec<String>,
    /// Cut before their end, and unknown to the consumer.
    pub unheard: Vec<String>,
    pub differences: Vec<TwinDifference>,
    /// Why the peer gave no entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TwinDifference {
    pub reference: String,
    pub what: String,
}
